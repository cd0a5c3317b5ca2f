"""The napari plugin: look at images, train, segment, review, measure and export in one window.

Its logic is in functions that do not depend on windows; `panels` contains the windows. Nothing else
in the package imports the plugin, and napari imports it only through ``napari.yaml``.
"""
