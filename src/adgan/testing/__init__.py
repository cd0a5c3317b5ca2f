"""Test tools for this and other packages; needs ``pip install 'adgan[testing]'``.

:mod:`adgan.testing.strategies` generates images, files and tables with hypothesis;
:mod:`adgan.testing.faults` simulates full disks, failed reads and killed processes.
"""
