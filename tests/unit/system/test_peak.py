import mmap
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from adgan.errors import AdganError
from adgan.system import peak as module
from adgan.system.peak import Peak, ask, available, held


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


def test_a_limit_of_the_shell_counts(monkeypatch, tmp_path):
    size = int(module._PAGES.read_text().split()[0]) * mmap.PAGESIZE
    limits = tmp_path / "limits"
    monkeypatch.setattr(module, "_LIMITS", limits)
    line = "Max address space         {}           unlimited            bytes\n"
    limits.write_text(line.format(size + 2**30))
    assert available() <= 2**30 + 2**27
    limits.write_text(line.format(1))
    assert available() == 0
    limits.write_text(line.format("unlimited"))
    assert available() > 0


def test_a_real_limit_of_the_shell_is_read():
    words = f"{sys.executable} -c 'from adgan.system.peak import available; print(available())'"
    done = subprocess.run(
        ["sh", "-c", f"ulimit -v 2000000; {words}"], capture_output=True, text=True
    )
    assert 0 < float(done.stdout) < 2_000_000 * 1024


def test_elsewhere_psutil_says_it(monkeypatch, tmp_path):
    asked = SimpleNamespace(
        Process=lambda: SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=7)),
        virtual_memory=lambda: SimpleNamespace(available=9),
    )
    monkeypatch.setitem(sys.modules, "psutil", asked)
    monkeypatch.setattr(sys, "platform", "win32")
    for name in ("_PAGES", "_MEMORY", "_LIMITS", "_GROUP"):
        monkeypatch.setattr(module, name, tmp_path / "none")
    assert (held(), available()) == (7, 9)


def test_what_is_not_free_is_refused_with_a_way_to_need_less(monkeypatch):
    monkeypatch.setattr(module, "available", lambda: 2.0**31)
    ask(2**31, "a.tif", "cut it")
    with pytest.raises(
        AdganError, match=r"a.tif needs 3.0 GiB of memory, but only 2.0 are free: cut it"
    ):
        ask(3 * 2**30, "a.tif", "cut it")
