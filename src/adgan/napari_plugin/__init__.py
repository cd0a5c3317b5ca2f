"""The napari plugin: look at images, train, segment, review, measure and export in one window.

What it does is in plain functions that know no window; `panels` holds the windows. Nothing else
in the package imports it, and napari imports it through ``napari.yaml`` alone.
"""
