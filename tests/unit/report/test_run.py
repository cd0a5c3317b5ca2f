import math
import xml.etree.ElementTree as ET

import numpy as np
import PIL.Image

from adgan.metrics.evaluate import evaluate
from adgan.report import Sample, run_page
from adgan.report.run import training_charts

FACTS = {"adgan": "0.1.0", "steps": 300, "seconds": 12.5, "gpu": None}
ROW = {"rec": 0.5, "adv": 1.0, "ctr": 0.2, "cyc": 0.7, "dis": 0.6, "rate": 2e-4, "seconds": 3.0}


def page(tmp_path, **content):
    run_page(tmp_path / "run.html", "A run", FACTS, **content)
    return (tmp_path / "run.html").read_text(encoding="utf-8")


def test_a_run_without_anything_to_show(tmp_path):
    html = page(tmp_path)
    assert "Facts and settings" in html and "<td>12.5</td>" in html and "<img" not in html


def test_everything_is_shown(tmp_path, scored):
    predicted, truth, image = scored
    PIL.Image.fromarray(np.zeros((32, 64, 3), np.uint8)).save(tmp_path / "panel.png")
    html = page(
        tmp_path,
        recipe={"task": "instance", "weights": {"rec": 20.0}, "betas": (0.5, 0.99), "tta": True},
        curve=[{"step": step, "rec": 1 / (step + 1), "adv": 0.5} for step in range(9)],
        panel=tmp_path / "panel.png",
        samples=[
            Sample("cell", image, predicted, (truth > 0) * 1.0, truth),
            Sample("b", image, truth),
        ],
        evaluation=evaluate(predicted, truth),
        subtitle="on two images",
        panel_text="real, mask",
    )
    for text in (
        "weights.rec",
        "<td>0.5, 0.99</td>",
        "<td>yes</td>",
        "on two images",
        "real, mask",
    ):
        assert text in html
    assert html.count("<svg") == 3 and html.count("<img") == 4 + 3 + 3 + 1
    titles = ["Scores", "Results", "Mistakes", "Training curves", "Network output"]
    places = [html.index(f"<h2>{title}</h2>") for title in titles]
    assert places == sorted(places)


def test_a_volume_is_shown_from_above_and_in_three_slices(tmp_path):
    labels = np.zeros((8, 20, 30), np.uint16)
    labels[2:6, 5:15, 5:25] = 3
    html = page(tmp_path, samples=[Sample("stack", labels * 5, labels, spacing=(2, 1, 1))])
    for text in ("maximum along Z", "XY, z = 4", "XZ, y = 10", "YZ, x = 15", "nuclei <em>1</em>"):
        assert text in html


def test_all_terms_are_drawn():
    charts = training_charts([{"step": step, **ROW} for step in range(5)])
    words = {t.text for svg in charts.values() for t in ET.fromstring(svg).iter("text")}
    terms = {"reconstruction", "cycle", "content", "generator", "discriminator", "learning rate"}
    assert terms <= words and len(charts) == 3


def test_what_no_row_has_is_left_out():
    rows = [{"step": 1, "rec": 0.5, "adv": math.nan}, {"step": 2, "rec": 0.4}]
    assert list(training_charts(rows)) == ["Reconstruction, cycle and content losses"]
    assert training_charts([]) == {}
