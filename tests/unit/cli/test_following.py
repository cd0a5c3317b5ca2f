import shlex

from adgan.cli.following import command, reading
from adgan.io import ReadOptions


def test_a_command_is_quoted_where_a_shell_needs_it():
    line = command("segment", "my run", "plate/*.tif", "-o", "OUT")
    assert line == "adgan segment 'my run' 'plate/*.tif' -o OUT"
    assert shlex.split(line)[2:4] == ["my run", "plate/*.tif"]


def test_options_that_say_how_images_are_read_are_carried_along():
    assert reading(ReadOptions()) == []
    given = ReadOptions(
        channel=2, frames=True, spacing=(2.0, 0.5), stack=True, axes="TYX", scene="all",
        include=("*_DAPI.tif",), exclude=("a b", "c"),
    )  # fmt: skip
    words = reading(given)
    assert shlex.join(words) == (
        "--channel 2 --frames --spacing 2 0.5 --stack --axes TYX --scene all "
        "--include '*_DAPI.tif' --exclude 'a b' --exclude c"
    )
    assert reading(ReadOptions(channel=0, scene=0)) == ["--channel", "0", "--scene", "0"]
