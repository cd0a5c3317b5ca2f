import pytest

from adgan.batch.manifest import Part
from adgan.errors import AdganError


@pytest.mark.parametrize("count", [0, 1, 7, 8, 100])
@pytest.mark.parametrize("of", [1, 3, 8])
def test_parts_are_the_whole(count, of):
    items = list(range(count))
    parts = [Part.read(f"{number}/{of}").take(items) for number in range(1, of + 1)]
    assert [item for part in parts for item in part] == items
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("text", ["", "3", "0/3", "4/3", "1/x", "-1/3", "1/2/3"])
def test_what_names_no_part(text):
    with pytest.raises(AdganError, match="is not a valid part: give I/N"):
        Part.read(text)
