from adgan.data.sample import write_sample


def test_sizes_are_printed_and_drawn(run, tmp_path):
    folder = write_sample(tmp_path / "sample", images=2) / "images"
    code, out, _ = run("inspect", folder, "-o", tmp_path / "out")
    assert code == 0
    assert "nuclei seen" in out and "radius (semi-major axis)" in out and "adgan train" in out
    assert (tmp_path / "out" / "report.html").is_file()
    drawn = sorted(path.stem for path in (tmp_path / "out" / "circles").iterdir())
    assert drawn == sorted(path.stem for path in folder.iterdir())


def test_without_an_output_nothing_is_written(run, tmp_path):
    folder = write_sample(tmp_path / "sample", images=1) / "images"
    before = sorted(tmp_path.rglob("*"))
    assert run("inspect", folder)[0] == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_missing_folder_is_one_line(run, tmp_path):
    code, _, err = run("inspect", tmp_path / "nowhere")
    assert code == 2 and err.count("\n") == 1 and "nowhere" in err


def test_a_typed_voxel_size_is_handed_on(run, tmp_path):
    folder = write_sample(tmp_path / "sample", images=1) / "images"
    code, out, _ = run("inspect", folder, "--spacing", 0.5, 0.5)
    assert code == 0
    assert "micrometres" in out and "-o RUN --spacing 0.5 0.5" in out
    code, _, err = run("inspect", folder, "--spacing", 0.5, 0.5, 0.5)
    assert code == 2 and err.count("\n") == 1 and "spacing" in err
