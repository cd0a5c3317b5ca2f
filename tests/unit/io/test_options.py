from adgan.io import ReadOptions


def test_what_is_said_replaces_what_is_usual():
    usual = ReadOptions(channel=1, frames=True, include=("*.tif",))
    assert ReadOptions().over(usual) == usual
    said = ReadOptions(channel=0, axes="TYX", scene="all")
    assert said.over(usual) == ReadOptions(
        channel=0, frames=True, axes="TYX", scene="all", include=("*.tif",)
    )


def test_nothing_said_leaves_all_to_the_files():
    options = ReadOptions()
    assert not options.frames and not options.stack and options.channel is None
