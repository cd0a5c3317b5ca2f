"""Fetching from a server on this machine."""

import hashlib
import io
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import PIL.Image
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import read_labels
from adgan_bench.catalogue import PUBLIC, Archive
from adgan_bench.data import read_data
from adgan_bench.download import download
from adgan_bench.fetch import fetch


class Server(ThreadingHTTPServer):
    """Serves files from memory; knows ranges, and can break off after some bytes."""

    files: dict[str, bytes]
    breaks_after: int | None = None
    ranges: list[str | None]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        content = server.files.get(self.path.lstrip("/"))
        asked = self.headers.get("Range")
        server.ranges.append(asked)
        if content is None:
            return self.send_error(404)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if asked and start >= len(content):
            return self.send_error(416)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:][: server.breaks_after])
        return None

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    running = Server(("127.0.0.1", 0), Handler)
    running.files, running.ranges = {}, []
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    running.url = f"http://127.0.0.1:{running.server_address[1]}"
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def tiff(array):
    held = io.BytesIO()
    tifffile.imwrite(held, array)
    return held.getvalue()


def zipped(members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


@pytest.fixture
def challenge(server, monkeypatch):
    """A data set in the layout of the Cell Tracking Challenge, on the server."""
    image = np.random.default_rng(0).integers(0, 900, (32, 40)).astype(np.uint16)
    labels = np.zeros(image.shape, np.uint16)
    labels[4:12, 5:15] = 7
    content = zipped(
        {
            "Fluo-N2DL-HeLa/01/t000.tif": tiff(image),
            "Fluo-N2DL-HeLa/01/t001.tif": tiff(image),
            "Fluo-N2DL-HeLa/02/t000.tif": tiff(image),
            "Fluo-N2DL-HeLa/01_ST/SEG/man_seg000.tif": tiff(labels),
            "Fluo-N2DL-HeLa/02_ST/SEG/man_seg000.tif": tiff(labels),
            "Fluo-N2DL-HeLa/01_GT/TRA/man_track000.tif": tiff(labels),
        }
    )
    server.files["Fluo-N2DL-HeLa.zip"] = content
    known = Archive("http://elsewhere/Fluo-N2DL-HeLa.zip", hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(PUBLIC, "hela", replace(PUBLIC["hela"], archives=(known,)))
    return labels


def test_a_set_comes_with_its_data_file(server, challenge, tmp_path):
    seen = []
    path = fetch("hela", tmp_path, mirror=server.url, watch=lambda *row: seen.append(row))
    (found,) = read_data(path)
    assert len(found.images) == 3
    assert [image.name for image in (*found.seen, *found.held)] == ["01_000", "02_000"]
    assert np.array_equal(found.seen[0].truth, challenge)
    assert found.settings.ignore_border == 25
    assert "Cell Tracking Challenge" in (tmp_path / "hela" / "TERMS.txt").read_text()
    assert seen[-1][0] == seen[-1][1] == len(server.files["Fluo-N2DL-HeLa.zip"])
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".zip", ".part")]


def test_classes_become_labels(server, monkeypatch, tmp_path):
    mask = np.zeros((20, 30, 4), np.uint8)
    mask[2:8, 2:8, 0], mask[2:8, 8:14, 0], mask[12:18, 20:28, 0] = 1, 2, 1
    held = io.BytesIO()
    PIL.Image.fromarray(mask).save(held, "PNG")
    server.files["images.zip"] = zipped({"images/a.tif": tiff(mask[..., 0].astype(np.uint16))})
    server.files["masks.zip"] = zipped({"masks/a.png": held.getvalue(), "masks/b.png": b""})
    archives = tuple(replace(archive, sha256=None) for archive in PUBLIC["bbbc039"].archives)
    monkeypatch.setitem(PUBLIC, "bbbc039", replace(PUBLIC["bbbc039"], archives=archives))
    fetch("bbbc039", tmp_path, mirror=server.url)
    labels = read_labels(tmp_path / "bbbc039" / "labels" / "a.tif").pixels
    assert len(np.unique(labels)) == 4
    assert (labels > 0).sum() == (mask[..., 0] > 0).sum()


def test_a_broken_download_goes_on(server, tmp_path):
    server.files["a"] = bytes(range(256)) * 40
    server.breaks_after = 1000
    known = hashlib.sha256(server.files["a"]).hexdigest()
    with pytest.raises(AdganError, match="run the same command again, which continues"):
        download(f"{server.url}/a", tmp_path / "a", known)
    assert not (tmp_path / "a").exists()
    server.breaks_after = None
    download(f"{server.url}/a", tmp_path / "a", known)
    assert (tmp_path / "a").read_bytes() == server.files["a"]
    assert server.ranges == [None, "bytes=1000-"]


def test_nothing_is_downloaded_twice(server, tmp_path):
    (tmp_path / "a").write_bytes(b"here")
    download(f"{server.url}/a", tmp_path / "a", hashlib.sha256(b"here").hexdigest())
    assert server.ranges == []


def test_a_whole_part_is_found_whole(server, tmp_path):
    server.files["a"] = b"here"
    (tmp_path / "a.part").write_bytes(b"here")
    download(f"{server.url}/a", tmp_path / "a", hashlib.sha256(b"here").hexdigest())
    assert (tmp_path / "a").read_bytes() == b"here"


def test_another_file_than_expected_is_removed(server, tmp_path):
    server.files["a"] = b"something else"
    with pytest.raises(AdganError, match="is not the expected file"):
        download(f"{server.url}/a", tmp_path / "a", "0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_and_a_missing_server_are_told(server, tmp_path):
    with pytest.raises(AdganError, match="404"):
        download(f"{server.url}/nothing", tmp_path / "a")
    with pytest.raises(AdganError, match="put the file at .*a yourself"):
        download("http://127.0.0.1:1/a", tmp_path / "a")


def test_an_unknown_name_offers_the_nearest(tmp_path):
    with pytest.raises(AdganError, match="did you mean hela"):
        fetch("hella", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_of_another_layout_is_refused(server, challenge, monkeypatch, tmp_path):
    server.files["Fluo-N2DL-HeLa.zip"] = zipped({"other/file.tif": b""})
    free = Archive("http://elsewhere/Fluo-N2DL-HeLa.zip")
    monkeypatch.setitem(PUBLIC, "hela", replace(PUBLIC["hela"], archives=(free,)))
    with pytest.raises(AdganError, match="has the data set changed"):
        fetch("hela", tmp_path, mirror=server.url)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_set_says_terms_and_citation(name):
    about = PUBLIC[name]
    assert about.terms
    assert "doi:" in about.citation
    assert all(archive.url.startswith("https://") for archive in about.archives)


def encrypted(content):
    """Say of every member that it is encrypted, in both of its headers."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            changed[start + place] |= 1
    return bytes(changed)


def bomb(content):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Fluo-N2DL-HeLa/01/t000.tif", bytes(2**27))
    return held.getvalue()


def method(content):
    """A compression that nobody knows, in both headers."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            changed[start + place] = 77
    return bytes(changed)


def nameless(content):
    """A file whose name has no letters, in both headers."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        start = content.find(mark)
        changed[start + place : start + place + 2] = b"\0\0"
    return bytes(changed)


def flipped(content):
    middle = content.index(b"t000.tif") + 200
    return content[:middle] + b"\xff\xff\xff" + content[middle + 3 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"<html>not found</html>",
        lambda content: content[: len(content) // 2],
        lambda content: content[100:],
        encrypted,
        bomb,
        method,
        nameless,
        flipped,
    ],
)
def test_a_bad_archive_is_removed_and_a_rerun_works(
    server, challenge, monkeypatch, tmp_path, damage
):
    whole = server.files["Fluo-N2DL-HeLa.zip"]
    free = Archive("http://elsewhere/Fluo-N2DL-HeLa.zip")
    monkeypatch.setitem(PUBLIC, "hela", replace(PUBLIC["hela"], archives=(free,)))
    server.files["Fluo-N2DL-HeLa.zip"] = damage(whole)
    with pytest.raises(AdganError, match="was removed") as caught:
        fetch("hela", tmp_path, mirror=server.url)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.rglob("*.zip"))
    server.files["Fluo-N2DL-HeLa.zip"] = whole
    assert fetch("hela", tmp_path, mirror=server.url, overwrite=True).exists()


def test_names_in_an_archive_lead_nowhere_else(server, monkeypatch, tmp_path):
    pixels = tiff(np.random.default_rng(0).integers(0, 9, (8, 9)).astype(np.uint16))
    server.files["dataset.zip"] = zipped(
        {f"{part}/../../../escaped.tif": pixels for part in ("rawimages", "groundtruth")}
    )
    free = Archive("http://elsewhere/dataset.zip")
    monkeypatch.setitem(PUBLIC, "hacat", replace(PUBLIC["hacat"], archives=(free,)))
    fetch("hacat", tmp_path / "deep", mirror=server.url)
    assert [p.name for p in tmp_path.iterdir()] == ["deep"]
    assert len(list((tmp_path / "deep" / "hacat" / "images").iterdir())) == 1


def test_more_than_expected_is_broken_off(server, tmp_path):
    server.files["a"] = bytes(2**20)
    with pytest.raises(AdganError, match="more than 0 MB"):
        download(f"{server.url}/a", tmp_path / "a", most=1000)
    assert list(tmp_path.iterdir()) == []


def test_files_of_the_users_are_kept(server, challenge, tmp_path):
    fetch("hela", tmp_path, mirror=server.url)
    mine = tmp_path / "hela" / "images" / "mine.tif"
    mine.touch()
    with pytest.raises(AdganError, match="mine.tif, which is not of this data set"):
        fetch("hela", tmp_path, mirror=server.url, overwrite=True)
    assert mine.exists() and (tmp_path / "hela" / "labels" / "01_000.tif").exists()
    mine.unlink()
    fetch("hela", tmp_path, mirror=server.url, overwrite=True)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "",
        "file:///etc",
        "http://",
        "https:///x",
        "http://[::1",
        "ftp://a/b",
        "http://a b/c",
    ],
)
def test_addresses_that_are_none(tmp_path, url):
    with pytest.raises(AdganError):
        download(f"{url}/a.zip", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()
