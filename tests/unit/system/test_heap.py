import os
import subprocess
import sys

import pytest

from adgan.system.heap import CACHE_CAPACITY_VARIABLE, KEPT_PIXELS_MIN, kept

PROGRAM = """
import resource
import numpy as np
from adgan.system.heap import KEPT_PIXELS_MIN, kept
from adgan.system.peak import held

def work():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(8):
        np.ones(KEPT_PIXELS_MIN, np.float32).view(np.uint8)[::4096] += 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

work()
start, fresh = held(), work()
with kept(KEPT_PIXELS_MIN):
    work()
    again, holding = work(), held()
print(fresh, again, holding - start, held() - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="pages are asked of Linux alone")
def test_large_arrays_use_pages_again_and_give_them_back_at_the_end():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    fresh, again, holding, after = map(int, done.stdout.split())
    if holding < 4 * KEPT_PIXELS_MIN / 2:
        pytest.skip("another C library")
    assert again < fresh / 4
    assert after < holding / 4


def test_nothing_is_asked_of_small_images(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda *_: pytest.fail("no call is due"))
    with kept(KEPT_PIXELS_MIN - 1):
        pass


TRIMMED = """
import resource, sys
import numpy as np
from adgan.system.heap import release_late

if sys.argv[1] == "late":
    release_late()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    np.ones(2**18, np.float32)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="pages are asked of Linux alone")
def test_a_worker_of_dask_uses_pages_again():
    def faults(when):
        environ = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "65536"}
        command = [sys.executable, "-c", TRIMMED, when]
        return int(subprocess.run(command, capture_output=True, text=True, env=environ).stdout)

    if (soon := faults("soon")) < 100 * 2**20 / 4096 / 2:
        pytest.skip("another C library, or larger pages")
    assert faults("late") < soon / 4


CONVOLUTIONS = """
import torch
from adgan.system.heap import PREPARED_CONVOLUTIONS, few_kernels

few_kernels()
kernel = torch.zeros(32, 32, 3, 3)
with torch.inference_mode():
    for side in (*range(60, 61 + PREPARED_CONVOLUTIONS), 60):
        torch.conv2d(torch.zeros(4, 32, side, side), kernel)
"""


@pytest.mark.parametrize("asked, again", [({}, True), ({CACHE_CAPACITY_VARIABLE: "100"}, False)])
def test_few_convolutions_stay_prepared_unless_more_are_asked_for(asked, again):
    """The first one is prepared anew after as many others."""
    environment = {k: v for k, v in os.environ.items() if k != CACHE_CAPACITY_VARIABLE}
    environment |= {"ONEDNN_VERBOSE": "2", **asked}
    done = subprocess.run(
        [sys.executable, "-c", CONVOLUTIONS],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    first = [
        line
        for line in done.stdout.splitlines()
        if "create" in line and "convolution" in line and "ih60" in line
    ]
    if not first:
        pytest.skip("convolutions of another library")
    assert "cache_miss" in first[0]
    assert ("cache_miss" in first[-1]) is again
