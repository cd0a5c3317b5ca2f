import subprocess
import sys

import pytest
from filelock import FileLock, Timeout

from adgan.errors import AdganError
from adgan.io import claim_output
from adgan.system import claims as module
from adgan.system.claims import claims, hold

HOLDING = """
import sys, time
from pathlib import Path
from adgan.system.claims import claims, hold
with claims():
    hold(Path(sys.argv[1]))
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """A process of its own that holds the folder."""
    words = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_folder_that_another_process_writes_is_refused_and_free_after_a_crash(holder, tmp_path):
    with claims(), pytest.raises(AdganError, match="another process is writing into"):
        claim_output(tmp_path, overwrite=True)
    holder.kill()
    holder.wait()
    with claims():
        assert claim_output(tmp_path) == tmp_path


def test_a_lock_ends_with_its_claims_and_leaves_no_file(tmp_path):
    for _ in range(2):
        with claims():
            claim_output(tmp_path)
            with pytest.raises(AdganError, match="wait until it has ended"):
                hold(tmp_path)
    assert not list(tmp_path.iterdir())


def test_folders_made_for_nothing_go_and_others_stay(tmp_path):
    (tmp_path / "mine").mkdir()

    @claims()
    def fail():
        claim_output(tmp_path / "mine")
        claim_output(tmp_path / "a" / "b")
        (claim_output(tmp_path / "c") / "result").touch()
        raise AdganError("refused")

    with pytest.raises(AdganError, match="refused"):
        fail()
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["c", "mine", "result"]


def test_without_claims_nothing_is_locked(tmp_path):
    hold(tmp_path)
    with claims():
        assert claim_output(tmp_path) == tmp_path


def test_where_folders_cannot_be_locked_a_hidden_file_is(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "fcntl", None)
    with claims():
        hold(tmp_path, shared=True)  # parts share it
        claim_output(tmp_path)
        other = FileLock(tmp_path / module.LOCK)
        with pytest.raises(Timeout):
            other.acquire(blocking=False)
        with pytest.raises(AdganError, match="another process is writing"):
            hold(tmp_path)
    with claims():
        assert claim_output(tmp_path) == tmp_path
