from adgan.image.sample import write_sample


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


def test_what_cannot_be_used_is_named_and_the_exit_code_says_so(run, tmp_path):
    folder = write_sample(tmp_path / "sample", images=2) / "images"
    (folder / "letter.tif").write_text("a letter")
    code, out, err = run("inspect", folder)
    assert code == 3 and "2 of 2 images inspected" in out
    assert "warning: cannot be used: " in err and "letter.tif is not a TIFF" in err
    assert run("inspect", folder, "--exclude", "letter.*")[0] == 0


def test_sub_folders_are_looked_at_and_mirrored(run, tmp_path):
    folder = write_sample(tmp_path / "sample", images=2) / "images"
    for number, path in enumerate(sorted(folder.iterdir())):
        (folder / f"A0{number}").mkdir()
        path.rename(folder / f"A0{number}" / "field.tif")
    (folder / "A00" / "field_mask.tif").write_bytes((folder / "A00" / "field.tif").read_bytes())
    code, out, err = run("inspect", folder, "-o", tmp_path / "out")
    assert code == 0 and "A00/field" in out and "look like masks" in err
    assert (tmp_path / "out" / "circles" / "A01" / "field.png").is_file()


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
