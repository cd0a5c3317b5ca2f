"""What is printed as the next step runs as it is printed."""

import shlex

import numpy as np
import tifffile

from adgan.io import read_labels


def following(text, verb):
    """Return the words of the printed command of a verb, without the program's name."""
    (line,) = [line for line in text.splitlines() if f"adgan {verb} " in line]
    start = line.index(f"adgan {verb} ")
    words = shlex.split(line[start:].replace(", or ", " ; ").replace(", which", " ; "))
    return words[1 : words.index(";") if ";" in words else None]


def test_every_step_after_the_first_is_the_one_that_was_printed(run, data, tmp_path, monkeypatch):
    folder = tmp_path / "my images" / "A 01"
    folder.mkdir(parents=True)
    for path in (data / "images").iterdir():
        pixels = tifffile.imread(path)
        both = np.stack([0 * pixels + 7, pixels])
        both[0, 0, 0] = 1
        tifffile.imwrite(folder / path.name, both, ome=True, metadata={"axes": "CYX"})
        tifffile.imwrite(folder / f"{path.stem}_mask.tif", (pixels > 300).astype(np.uint8))
    monkeypatch.chdir(tmp_path)
    options = ("--channel", 1, "--exclude", "*_mask.tif")
    _, out, _ = run("inspect", "my images", *options)
    training = [*following(out, "train"), "--config", data / "recipe.yaml", "--steps", 1]
    code, out, err = run(*["my RUN" if word == "RUN" else word for word in training])
    assert code == 0, err
    segmenting = following(out, "segment")
    assert segmenting[:3] == ["segment", "my RUN", "my images"]
    code, out, err = run(*segmenting)
    assert code == 0, err
    labels = tmp_path / "OUT" / "A 01" / "cell_0.tif"
    assert labels.is_file() and read_labels(labels).pixels.shape == (64, 64)
    code, _, err = run(*following(out, "measure"))
    assert code == 0, err
    header = (tmp_path / "TABLE.csv").read_text().splitlines()[0]
    assert header.startswith("image,label,") and "intensity_1_mean" in header
    code, _, err = run(*["OUT" if word == "TRUTH" else word for word in following(out, "evaluate")])
    assert code == 0, err


def test_the_step_after_a_stack_is_one_of_a_stack(run, data, tmp_path, monkeypatch):
    from adgan.synth.samples import simulated_sample

    ((volume, _, _),) = simulated_sample("nuclei3d", images=1)
    (tmp_path / "deep").mkdir()
    for number, plane in enumerate(volume[:, :64, :64]):
        tifffile.imwrite(tmp_path / "deep" / f"z_{number:02d}.tif", plane)
    config = tmp_path / "recipe.yaml"
    config.write_text(
        "network: {width: 2, discriminator_width: 2, blocks: 0}\n"
        "data: {ndim: 3, crop: [32, 32, 32], batch: 2, working_radius: 5, elongation: 2}\n"
        "scene: {radius: [10, 15], count: [12, 18]}\n"
    )
    monkeypatch.chdir(tmp_path)
    words = ("train", "deep", "-o", "RUN", "--stack", "--config", config, "--steps", 1)
    code, out, err = run(*words, "--spacing", 2, 0.5, 0.5)
    assert code == 0, err
    code, out, err = run(*following(out, "segment"))
    assert code == 0, err
    measuring = following(out, "measure")
    assert "--stack" in measuring
    code, _, err = run(*measuring)
    assert code == 0, err
    assert "volume_um3" in (tmp_path / "TABLE.csv").read_text()
