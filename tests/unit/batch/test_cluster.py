"""A real scheduler and workers, each a process of its own."""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from adgan.batch.manifest import Row
from adgan.errors import AdganError
from adgan.io import Entry

pytest.importorskip("distributed")
cloudpickle = pytest.importorskip("cloudpickle")
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers do not see the tests
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


def entry(name):
    return Entry(Path(name), name, (4, 5), np.dtype(np.uint8), None, "", list)


class Travels:
    """A function that comes to the workers as it is, as they do not see the tests.

    What is unpickled here was pickled by this very test: Dask sends tasks in no other way.
    """

    def __init__(self, function):
        self.function = function

    def __reduce__(self):
        return cloudpickle.loads, (cloudpickle.dumps(self.function),)


def work_in(folder):
    """Return what says which process did what, and kills it over images that are called so."""

    def work(one):
        (Path(folder) / f"{one.name}-{os.getpid()}").touch()
        first = len(list(Path(folder).glob(f"{one.name}-*"))) == 1
        if one.name == "deadly" or one.name == "unlucky" and first:
            os._exit(1)
        if one.name == "full":
            raise AdganError("cannot write: free some space")
        return Row(one.name, one.name, "done", details={"nuclei": 1}), os.getpid()

    return Travels(work)


@pytest.fixture(scope="module")
def client():
    from adgan.batch.cluster import cluster

    # Another program may hold the port that Dask shows its state at.
    with socket.socket() as other:
        with suppress(OSError):  # then somebody does
            other.bind(("", 8787))
            other.listen()
        with cluster(2) as made:
            yield made


def test_killed_workers_cost_their_tasks_alone_and_a_deadly_image_is_left_out(client, tmp_path):
    from adgan.batch.cluster import LIMITS, spread

    names = ["a", "unlucky", "b", "deadly", "c", "d"]
    shares = []
    rows = dict(
        (row.name, (row, result))
        for row, result in spread(
            client, work_in(str(tmp_path)), [entry(n) for n in names], None,
            lambda share, _: shares.append(share),
        )
    )  # fmt: skip
    assert set(rows) == set(names)
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)
    assert {name for name, (row, _) in rows.items() if row.state == "skipped"} == {"deadly"}
    assert "several workers died while processing it" in rows["deadly"][0].reason
    assert 1 < len(list(tmp_path.glob("deadly-*"))) <= LIMITS.deaths
    # Once more, or twice: what was done and not yet told dies with its worker as well.
    assert len(list(tmp_path.glob("unlucky-*"))) >= 2


def test_what_is_no_images_fault_ends_the_work(client, tmp_path):
    from adgan.batch.cluster import spread

    with pytest.raises(AdganError, match="free some space"):
        list(spread(client, work_in(str(tmp_path)), [entry("full")]))


def test_blocks_come_back_in_order(client, tmp_path):
    from adgan.batch.cluster import spread_blocks

    each = spread_blocks(client, entry("slide"))
    assert list(each(lambda number: number**2, range(30))) == [n**2 for n in range(30)]


def test_nobody_at_the_address(monkeypatch):
    from adgan.batch import cluster as module

    monkeypatch.setattr(module, "LIMITS", module.ClusterLimits(timeout=1))
    with pytest.raises(AdganError, match="no scheduler with workers answers at tcp"):
        with module.cluster("tcp://127.0.0.1:9"):
            pass
