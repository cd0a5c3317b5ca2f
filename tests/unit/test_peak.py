import mmap
import time

from adgan.peak import Peak, held


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
