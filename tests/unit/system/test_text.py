from hypothesis import given
from hypothesis import strategies as st

from adgan.system.text import component, count_of, printable

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=400)


@given(ANY)
def test_a_component_is_one_short_visible_part_of_a_path(name):
    safe = component(name)
    assert safe and "/" not in safe and safe not in (".", "..")
    assert len(safe.encode()) <= 180
    assert not any(ord(c) < 32 for c in safe)
    assert component(safe) == safe


@given(ANY, ANY)
def test_two_names_stay_two(one, other):
    assert (
        (component(one) == component(other)) == (one == other)
        or component(one) == other
        or (component(other) == one)
    )


def test_plain_names_stay_as_they_are():
    for name in ("cells 12:30", "Zellen ä", "a@b=c+d", "-1", "=1+1"):
        assert component(name) == name


def test_paths_lead_nowhere_else():
    assert component("../../../escaped").startswith(".._.._.._escaped-")
    assert component("..").startswith("_.-")
    assert component("a/b") != component("a_b")


def test_nothing_speaks_to_the_terminal():
    assert printable("a\x1b[2Jb\n\udc80ä  c") == r"a\x1b[2Jb\n\udc80ä  c"


def test_numbers_agree_with_their_nouns():
    told = [count_of(n, noun) for noun in ("label map", "nucleus") for n in (0, 1, 2)]
    assert told == [
        "0 label maps",
        "1 label map",
        "2 label maps",
        "0 nuclei",
        "1 nucleus",
        "2 nuclei",
    ]
