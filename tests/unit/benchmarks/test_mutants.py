SOURCE = '''
def first(values: tuple[int, 2], most: int = 5) -> 3:
    """Return one, of 7."""
    for one, _ in zip(values, values, strict=True):
        if one > most and one.astype(int, copy=False):
            return one + 1
    return None
'''


def test_what_changes_a_result_is_changed_and_nothing_else(tmp_path):
    from mutants import mutants_of

    path = tmp_path / "module.py"
    path.write_text(SOURCE)
    found = mutants_of(path)
    said = {mutant.said for mutant in found}
    assert said >= {"one > most -> one >= most", "one + 1 -> one - 1", "1 -> 2", "5 -> 6"}
    assert not said & {"True -> False", "False -> True", "2 -> 3", "3 -> 4", "7 -> 8"}
    assert "return None -> return None" not in said
    assert len({mutant.source() for mutant in found}) == len(found)
    (added,) = (mutant for mutant in found if mutant.said == "one + 1 -> one - 1")
    assert "return one - 1" in added.source() and added.lines == range(6, 7)


def test_a_change_needs_the_tests_that_run_its_line(tmp_path):
    from mutants import ROOT, mutants_of, tests_for

    module = ROOT / "src" / "adgan" / "metrics" / "field.py"
    area = ["tests/unit/metrics", "tests/properties/test_metrics.py"]
    (mutant,) = (
        m for m in mutants_of(module) if m.said == "2 * ignore_border -> 2 / ignore_border"
    )
    own, other = f"{area[0]}/test_field.py::test_a", f"{area[0]}/test_ctc.py::test_b"
    runs = {module.relative_to(ROOT / "src"): {mutant.line: {other, own}, 1: {"another"}}}
    assert tests_for(mutant, area, runs) == [own, other, f"{area[0]}/test_field.py"]
    assert tests_for(mutant, area, {}) == []
