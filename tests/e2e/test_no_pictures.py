"""What can be given away: results without a piece of the images."""


def held(folder):
    """What the files of a folder hold, as one."""
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_a_run_without_pictures_holds_none_also_after_it_went_on(run, data, config, tmp_path):
    out = tmp_path / "run"
    words = ("train", data / "images", "-o", out, *config, "--steps", 3, "--no-pictures")
    assert run(*words)[0] == 0
    assert not (out / "panels").exists()
    assert b"data:image" not in held(out) and b"\x89PNG" not in held(out)
    assert run("train", data / "images", "--resume", out)[0] == 0
    assert b"data:image" not in held(out)


def test_a_run_has_pictures_otherwise(trained):
    assert b"data:image/png" in (trained / "report.html").read_bytes()
    assert b"\x89PNG" in held(trained / "panels")


def test_confidence_can_be_told_without_pictures(run, data, trained, tmp_path):
    words = ("segment", trained, data / "images", "--confidence", "-o")
    assert run(*words, tmp_path / "with")[0] == 0
    assert run(*words, tmp_path / "without", "--no-pictures")[0] == 0
    page = (tmp_path / "without" / "confidence" / "report.html").read_bytes()
    assert b"data:image" not in page and b"cell_0" in page
    assert b"data:image" in (tmp_path / "with" / "confidence" / "report.html").read_bytes()


def test_overlays_without_pictures_are_refused(run, data, trained, tmp_path):
    words = ("segment", trained, data / "images", "-o", tmp_path / "out", "--overlay")
    code, _, err = run(*words, "--no-pictures")
    assert code == 2 and "overlays show the images" in err and not (tmp_path / "out").exists()
