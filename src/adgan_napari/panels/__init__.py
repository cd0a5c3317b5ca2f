"""The windows of the napari plugin; their logic is in the modules beside this folder."""
