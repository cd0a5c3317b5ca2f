import math
import xml.etree.ElementTree as ET

from adgan.report.training import training_charts

ROW = {"rec": 0.5, "adv": 1.0, "ctr": 0.2, "cyc": 0.7, "dis": 0.6, "rate": 2e-4, "seconds": 3.0}


def test_all_terms_are_drawn():
    charts = training_charts([{"step": step, **ROW} for step in range(5)])
    words = {t.text for svg in charts.values() for t in ET.fromstring(svg).iter("text")}
    terms = {"reconstruction", "cycle", "content", "generator", "discriminator", "learning rate"}
    assert terms <= words and len(charts) == 3


def test_what_no_row_has_is_left_out():
    rows = [{"step": 1, "rec": 0.5, "adv": math.nan}, {"step": 2, "rec": 0.4}]
    assert list(training_charts(rows)) == ["Reconstruction, cycle and content losses"]
    assert training_charts([]) == {}
