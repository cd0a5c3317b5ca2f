import pytest

from adgan.errors import AdganError
from adgan.io import find_images, find_named
from adgan.io.describe_files import likely_beside


@pytest.fixture
def folder(tmp_path):
    for name in [
        "img10.tif",
        "img2.TIFF",
        "b.png",
        "c.jpeg",
        "notes.csv",
        ".hidden.tif",
        "._a.tif",
    ]:
        (tmp_path / name).touch()
    (tmp_path / "sub.tif").mkdir()
    (tmp_path / "sub.tif" / "deep.tif").touch()
    return tmp_path


def names(paths):
    return [p.name for p in paths]


def test_a_folder_gives_its_images_in_natural_order(folder):
    assert names(find_images(folder)) == ["b.png", "c.jpeg", "img2.TIFF", "img10.tif"]


def test_globs_files_and_folders_give_each_file_once(folder):
    sources = [folder, str(folder / "img*"), str(folder / "." / "b.png"), folder / "notes.csv"]
    expected = ["b.png", "c.jpeg", "img2.TIFF", "img10.tif", "notes.csv"]
    assert names(find_images(sources)) == expected


def test_a_name_with_brackets_is_a_name_first(tmp_path):
    (tmp_path / "a[1].tif").touch()
    assert names(find_images(str(tmp_path / "a[1].tif"))) == ["a[1].tif"]


def test_a_folder_without_images_says_what_it_has(tmp_path):
    with pytest.raises(AdganError, match=r"no image found \(content: nothing\)"):
        find_images(tmp_path)
    for name in ["a.dcm", "b.dcm", "README"]:
        (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    with pytest.raises(AdganError, match=r"2 \.dcm, 1 (no suffix|folder), 1 .*name a folder"):
        find_images(tmp_path)


def test_what_is_not_there(tmp_path):
    with pytest.raises(AdganError, match="gone does not exist"):
        find_images(tmp_path / "gone")
    with pytest.raises(AdganError, match=r"\*\.tif: no image found"):
        find_images(str(tmp_path / "*.tif"))
    with pytest.raises(AdganError, match="no images given"):
        find_images([])


@pytest.fixture
def plate(tmp_path):
    for place in ["A01/img.tif", "A01/img_mask.tif", "A02/img.tif", "A02/w1/img.tif"]:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    return tmp_path


def places(found):
    return [one.name for one in found]


def test_sub_folders_are_mirrored_where_the_folder_holds_no_image(plate):
    expected = ["A01/img", "A01/img_mask", "A02/img", "A02/w1/img"]
    assert places(find_named(plate)) == expected
    (plate / "top.tif").touch()
    assert places(find_named(plate)) == ["top"]
    assert places(find_named(plate, include=["*/*.tif"])) == expected


def test_patterns_choose_by_name_and_by_place(plate):
    assert places(find_named(plate, exclude=["*_mask.*"])) == ["A01/img", "A02/img", "A02/w1/img"]
    assert places(find_named(plate, include=["*/w1/*"])) == ["A02/w1/img"]
    with pytest.raises(AdganError, match=r"none of 4 images matches `include=\*.czi`"):
        find_named(plate, include=["*.czi"])


def test_globs_and_files_are_named_so_that_they_differ(plate):
    assert places(find_named(str(plate / "*" / "img.tif"))) == ["A01/img", "A02/img"]
    files = [plate / "A01" / "img.tif", plate / "A02" / "img.tif"]
    assert places(find_named(files)) == ["A01/img", "A02/img"]
    assert places(find_named(files[0])) == ["img"]


def test_results_of_this_program_are_no_inputs(plate):
    (plate / "out" / "probability").mkdir(parents=True)
    (plate / "out" / "segment.json").touch()
    (plate / "out" / "deep").mkdir()
    for place in ["deep/img.tif", "probability/img.tif"]:
        (plate / "out" / place).touch()
    assert not [name for name in places(find_named(plate)) if "out" in name]
    assert places(find_named(plate / "out")) == ["deep/img"]  # asked for: its label maps alone


def test_masks_and_thumbnails_beside_images_are_noticed(plate):
    (line,) = likely_beside(find_named(plate))
    assert "1 of 4 files look like masks or thumbnails" in line and "img_mask.tif" in line
    assert line.endswith("`exclude='*_mask.*'`")
    assert likely_beside(find_named(plate, exclude=["*_mask.*"])) == []
    assert likely_beside(find_named(plate, include=["*_mask.*"])) == []
    (plate / "A01" / "img_mask.tif").rename(plate / "A01" / "other.tif")
    (plate / "A02" / "w1").rename(plate / "Labels")
    (line,) = likely_beside(find_named(plate))
    assert line.endswith("`exclude='*Labels/*'`")
    assert likely_beside(find_named(plate, exclude=["*Labels/*"])) == []


def test_numbers_come_before_letters_and_count(tmp_path):
    for name in ("a.tif", "10.tif", "9.tif", "a10b.tif", "a9c.tif"):
        (tmp_path / name).touch()
    expected = ["9.tif", "10.tif", "a9c.tif", "a10b.tif", "a.tif"]
    assert names(find_images(tmp_path)) == expected


def test_a_folder_without_rights_is_named(tmp_path, monkeypatch):
    def refuse(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(
        AdganError, match=r"cannot be read \(Permission denied\): check its permissions"
    ):
        find_images(tmp_path)


def test_a_user_who_is_not_there():
    with pytest.raises(AdganError, match="this machine has no such user"):
        find_images("~nosuchuser/images")


def test_an_empty_name_is_no_folder():
    # A variable of a script that was never set would otherwise stand for this folder.
    with pytest.raises(AdganError, match="name of the images is empty"):
        find_images("")
