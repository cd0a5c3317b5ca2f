"""For tests, of this package and of those that build on it; needs ``pip install 'adgan[testing]'``.

:mod:`adgan.testing.strategies` draws what readers and writers take, for hypothesis;
:mod:`adgan.testing.faults` makes disks full, reads fail and processes die at a chosen moment.
"""
