"""Models written for other programs give there what they give here."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch

from adgan.builtin.network import builtin_network
from adgan.builtin.settings import TARGETS
from adgan.builtin.targets import HEADS
from adgan.errors import AdganError
from adgan.export.network import of_network
from adgan.export.run import of_run
from adgan.export.write import _subject, export
from adgan.instances.votes import Maps, find_nuclei
from adgan.metrics import count_overlap, f1
from adgan.models.planes import PlaneGenerator
from adgan.nn.convert import INPUT
from adgan.runs.checkpoint import load
from adgan.synth.samples import simulated_sample

TIGHT = 1e-4


@pytest.fixture(scope="module")
def levels():
    """A simulated image, its levels at 0 and 1, of 192 x 224 pixels."""
    ((image, _, _),) = simulated_sample(images=1, seed=3)
    image = image[:192, :224].astype(np.float32)
    low, high = np.percentile(image, (1, 99.7))
    return ((image - low) / (high - low)).astype(np.float32)


@pytest.fixture(scope="module")
def here(levels):
    """What torch says of it."""
    with torch.inference_mode():
        network = of_network(builtin_network(), "adgan").network
        return network(torch.from_numpy(levels)[None, None]).numpy()


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The built-in model as a package of the BioImage Model Zoo, which holds ONNX too."""
    return export(None, "bioimageio", tmp_path_factory.mktemp("package") / "out")


@pytest.fixture(scope="module")
def onnx(package):
    """Run the ONNX weights of the package."""
    runtime = pytest.importorskip("onnxruntime")
    with zipfile.ZipFile(package) as held:
        session = runtime.InferenceSession(held.read("model.onnx"))
    return lambda x: session.run(None, {INPUT: x})[0]


@pytest.fixture(scope="module")
def openvino(tmp_path_factory):
    """Run what is written for OpenVINO."""
    pytest.importorskip("onnxscript")
    folder = tmp_path_factory.mktemp("openvino") / "out"
    path = export(None, "openvino", folder)
    assert sorted(p.name for p in folder.iterdir()) == [
        "README.md", "description.json", "model.bin", "model.xml",
    ]  # fmt: skip
    from openvino import Core

    model = Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda x: model(x)[0]


@pytest.fixture(scope="module")
def torchscript(tmp_path_factory):
    """Run what is written as TorchScript."""
    path = export(None, "torchscript", tmp_path_factory.mktemp("script") / "out")
    return lambda x: torch.jit.load(path)(torch.from_numpy(x)).detach().numpy()


def labels_of(heads):
    named = dict(zip(HEADS, heads, strict=False))
    return find_nuclei(Maps(**named, offset=heads[len(HEADS) :], unit=TARGETS[2].unit))


@pytest.mark.parametrize("kind", ["onnx", "openvino", "torchscript"])
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_each_format_says_what_torch_says(kind, levels, here, request):
    heads = request.getfixturevalue(kind)(levels[None, None])
    assert heads.dtype == np.float32 and np.abs(heads - here).max() < TIGHT
    ours, theirs = labels_of(here[0]), labels_of(heads[0])
    assert ours.max() > 10 and f1(count_overlap(theirs, ours), 0.9) >= 0.995


@pytest.mark.parametrize("kind", ["onnx", "openvino", "torchscript"])
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_batches_and_sides_are_free(kind, levels, here, request):
    run = request.getfixturevalue(kind)
    one = run(levels[None, None, :64, :112])
    three = run(np.repeat(levels[None, None, :64, :112], 3, axis=0))
    assert three.shape == (3, 6, 64, 112) and np.abs(three - one).max() < TIGHT


def test_a_description_lies_beside(package):
    about = json.loads((package.parent / "description.json").read_text())
    assert about["file"] == package.name and about["format"] == "bioimageio"
    assert [c["name"] for c in about["output"]["channels"]][:4] == list(HEADS)
    assert about["before"][0]["diameter"] == 25 and about["after"][0]["foreground"] == 0.5
    page = (package.parent / "README.md").read_text()
    assert "`offset_x`" in page and '"percentiles"' not in page and "[1.0, 99.7]" in page


# Their test leaves files open, and loads TorchScript, which torch would rather see gone.
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_package_passes_the_test_of_its_makers(package):
    spec = pytest.importorskip("bioimageio.spec")
    core = pytest.importorskip("bioimageio.core")
    import pydantic

    if pydantic.VERSION >= "2.14" and spec.__version__ <= "0.5.12.0":
        pytest.skip("this bioimageio.spec cannot read files with pydantic 2.14")
    summary = core.test_model(package)
    assert summary.status == "passed", summary.format()


def test_a_run_is_written_as_the_way_to_its_masks(run_folder, tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    path = export(run_folder, "onnx", tmp_path / "out")
    model = load(run_folder)
    image = np.random.default_rng(0).uniform(-1, 1, (1, 1, 44, 60)).astype(np.float32)
    with torch.inference_mode():
        here = (model.generator.translate(torch.from_numpy(image), 0) + 1) / 2
    there = runtime.InferenceSession(path).run(None, {INPUT: image})[0]
    assert there.shape == image.shape and np.abs(there - here.numpy()).max() < TIGHT
    about = json.loads((tmp_path / "out" / "description.json").read_text())
    assert about["name"] == "adgan run run" and about["before"][0]["power"] == 0.5


def test_of_a_run_with_a_student_the_student_is_written(run_folder, small_network):
    student = small_network()
    subject = _subject(replace(load(run_folder), student=student))
    image = torch.rand(1, 1, 32, 48)
    with torch.inference_mode():
        seen = (image.clamp(0, 3) ** 0.5 - 0.45) / 0.3
        assert torch.equal(subject.network(image)[:, 1], student.module(seen)[:, 1])
    assert subject.name == "adgan run" and "depth" in subject.channels


def test_a_run_of_planes_is_refused_in_one_line(run_folder):
    model = load(run_folder)
    planes = type(model)(PlaneGenerator(model.generator, (0,), 1e-3), model.recipe)
    with pytest.raises(AdganError, match="from planes") as told:
        of_run(planes, "run")
    assert "\n" not in str(told.value)


def test_a_folder_that_holds_files_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(AdganError, match="already contains files"):
        export(None, "torchscript", tmp_path)
    with pytest.raises(AdganError, match="unknown format"):
        export(None, "pickle", tmp_path / "new")
