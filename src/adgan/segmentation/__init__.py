"""Images to label maps: whichever model, whatever their size, to memory or to files."""
