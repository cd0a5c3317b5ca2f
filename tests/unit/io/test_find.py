import pytest

from adgan.errors import AdganError
from adgan.io import find_images


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
    with pytest.raises(AdganError, match=r"no image found \(there is: nothing\)"):
        find_images(tmp_path)
    for name in ["a.czi", "b.czi", "README"]:
        (tmp_path / name).touch()
    (tmp_path / "sub").mkdir()
    with pytest.raises(AdganError, match=r"2 \.czi, 1 (no suffix|folder), 1 .*name a folder"):
        find_images(tmp_path)


def test_what_is_not_there(tmp_path):
    with pytest.raises(AdganError, match="gone does not exist"):
        find_images(tmp_path / "gone")
    with pytest.raises(AdganError, match=r"\*\.tif: no image found"):
        find_images(str(tmp_path / "*.tif"))
    with pytest.raises(AdganError, match="no images given"):
        find_images([])


def test_a_user_who_is_not_there():
    with pytest.raises(AdganError, match="names no user"):
        find_images("~nosuchuser/images")
