import time

import numpy as np

from adgan.peak import Peak, held


def test_what_was_held_in_between_is_seen():
    before = held()
    with Peak() as peak:
        array = np.ones(2**25, np.uint8)  # 32 MiB, every page touched
        assert array.sum() == 2**25
        time.sleep(0.5)  # a busy machine looks late
        del array
    assert before > 2**20
    assert peak.most >= before + 2**25 * 0.9


def test_nothing_done_holds_little_more():
    with Peak() as peak:
        pass
    assert peak.most < held() + 2**24
