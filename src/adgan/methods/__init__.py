"""Methods of unpaired translation between images and masks."""
