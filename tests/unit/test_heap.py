import subprocess
import sys

import pytest

from adgan.heap import LARGE, kept

PROGRAM = """
import resource
import numpy as np
from adgan.heap import LARGE, kept
from adgan.peak import held

def work():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        np.ones(LARGE, np.float32).view(np.uint8)[::4096] += 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

work()
start, fresh = held(), work()
with kept(LARGE):
    work()
    again, holding = work(), held()
print(fresh, again, holding - start, held() - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="pages are asked of Linux alone")
def test_large_arrays_use_pages_again_and_give_them_back_at_the_end():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    fresh, again, holding, after = map(int, done.stdout.split())
    if holding < 4 * LARGE / 2:
        pytest.skip("another C library")
    assert again < fresh / 4
    assert after < holding / 4


def test_nothing_is_asked_of_small_images(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda *_: pytest.fail("no call is due"))
    with kept(LARGE - 1):
        pass
