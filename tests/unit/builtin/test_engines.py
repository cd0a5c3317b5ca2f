"""Other engines than torch say the same of an image."""

import pickle
import sys
from dataclasses import replace

import numpy as np
import pytest

from adgan.builtin.engines import make_engine
from adgan.builtin.network import builtin_network
from adgan.builtin.targets import HEADS
from adgan.errors import AdganError
from adgan.metrics import count_overlap, f1
from adgan.segmentation import untrained as module
from adgan.segmentation.segment import segment
from adgan.segmentation.untrained import built_in
from adgan.synth.samples import simulated_sample
from adgan.system.extras import need

NEEDS = {"onnx": ("onnxscript", "onnxruntime"), "openvino": ("openvino",)}


@pytest.fixture(params=NEEDS)
def name(request):
    for library in NEEDS[request.param]:
        try:
            need(library, "export", "this test")
        except AdganError as error:
            pytest.skip(str(error))
    return request.param


@pytest.mark.parametrize("ndim", [2, 3])
def test_networks_of_either_rank_run_in_tiles(name, ndim, small_network):
    network = small_network(ndim)
    engine = make_engine(name, network.module, ndim, network.stride)
    image = np.random.default_rng(0).normal(0, 1, (21, 24, 27)[-ndim:]).astype(np.float32)
    plain, quick = (n.maps(image) for n in (network, replace(network, engine=engine)))
    for one in (*HEADS, "offset"):
        assert np.abs(getattr(quick, one) - getattr(plain, one)).max() < 1e-4


def test_an_engine_travels_to_the_workers_that_do_blocks(name, small_network):
    network = small_network(2)
    engine = make_engine(name, network.module, 2, network.stride)
    part = np.random.default_rng(0).normal(0, 1, (32, 48)).astype(np.float32)
    # Dask moves what a task needs between processes as pickles.
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(engine))(part), engine(part))


def test_labels_are_those_of_torch(name):
    ((image, _, _),) = simulated_sample(images=1, seed=5)
    image = image[:160, :180]
    (plain,), (quick,) = (
        segment(built_in(engine, "float32"), [image], device="cpu") for engine in ("torch", name)
    )
    assert plain.count > 10 and f1(count_overlap(quick.labels, plain.labels), 0.9) >= 0.995
    assert builtin_network().engine is None  # others go on with torch


def test_what_is_not_installed_is_said_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    module._engine.cache_clear()
    with pytest.raises(AdganError, match=r"pip install 'adgan\[export\]'") as told:
        built_in("openvino").network(2)
    assert "\n" not in str(told.value)


def test_openvino_reports_nothing_to_its_makers(name):
    if name == "openvino":
        built_in(name).network(2)
        assert sys.modules["openvino_telemetry"] is None
