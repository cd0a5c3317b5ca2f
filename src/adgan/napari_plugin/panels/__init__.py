"""The windows of the napari plugin; what they do is in plain functions beside this folder."""
