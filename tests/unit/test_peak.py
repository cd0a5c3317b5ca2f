import mmap
import time

from adgan import peak as module
from adgan.peak import Peak, available, held


def test_what_was_held_in_between_is_seen():
    size = 2**25
    before = held()
    with Peak() as peak:
        # Mapped afresh: an array might take pages that the process holds already.
        with mmap.mmap(-1, size) as fresh:
            fresh.write(b"1" * size)
            time.sleep(0.5)  # a busy machine looks late
    assert before > 2**20
    assert peak.most >= before + size * 0.9


def test_nothing_done_holds_little_more():
    with Peak() as peak:
        pass
    assert peak.most < held() + 2**24


def test_the_tighter_of_machine_and_container_decides(tmp_path, monkeypatch):
    (tmp_path / "meminfo").write_text("MemTotal: 4096 kB\nMemAvailable: 2048 kB\n")
    monkeypatch.setattr(module, "_MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(module, "_GROUP", tmp_path)
    assert available() == 2048 * 1024
    (tmp_path / "memory.max").write_text("1500000\n")
    (tmp_path / "memory.current").write_text("900000\n")
    (tmp_path / "memory.stat").write_text("anon 500000\ninactive_file 300000\n")
    assert available() == 900_000
    (tmp_path / "memory.max").write_text("max\n")
    assert available() == 2048 * 1024


def test_where_nothing_is_known_nothing_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MEMORY", tmp_path / "none")
    monkeypatch.setattr(module, "_GROUP", tmp_path)
    assert available() == float("inf")
