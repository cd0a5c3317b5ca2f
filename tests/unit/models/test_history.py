import torch

from adgan.models.history import History
from adgan.system.seeding import generator


def batch(*values):
    return torch.tensor(values, dtype=torch.float32).view(-1, 1, 1, 1)


def test_fills_up_before_it_exchanges():
    history = History(4)
    for values in ((1, 2), (3, 4)):
        assert history.exchange(generator(0), batch(*values)).equal(batch(*values))
    assert history.state().equal(batch(1, 2, 3, 4))


def test_about_half_of_the_samples_are_swapped_for_earlier_ones():
    history, rng = History(50), generator(0)
    history.exchange(rng, batch(*range(50)))
    later = torch.cat([history.exchange(rng, batch(100 + k)) for k in range(400)]).flatten()
    swapped = later != torch.arange(100, 500)
    assert 0.4 < swapped.float().mean() < 0.6
    assert (later[swapped] < torch.arange(100, 500)[swapped]).all()
    # Nothing is lost or doubled: what did not come out is still there.
    together = torch.cat([later, history.state().flatten()])
    assert sorted(together.tolist()) == [*range(50), *range(100, 500)]


def test_size_nought_passes_everything_through():
    history = History(0)
    assert history.exchange(generator(0), batch(1, 2)).equal(batch(1, 2))
    assert history.state() is None


def test_restored_it_goes_on_alike():
    one, other = History(3), History(3)
    one.exchange(generator(0), batch(1, 2, 3))
    other.restore(one.state())
    later = batch(4, 5, 6, 7)
    assert one.exchange(generator(1), later).equal(other.exchange(generator(1), later))
    other.restore(None)
    assert other.state() is None
