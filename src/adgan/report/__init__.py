"""Report pages, each a self-contained HTML file that needs no network."""

from adgan.report.evaluation import evaluation_page
from adgan.report.page import Chart, Figure, Legend, Picture, Section, Table, write_page
from adgan.report.run import Sample, run_page
from adgan.report.trust import Judged, trust_page, trust_picture

__all__ = [
    "Chart",
    "Figure",
    "Judged",
    "Legend",
    "Picture",
    "Sample",
    "Section",
    "Table",
    "evaluation_page",
    "run_page",
    "trust_page",
    "trust_picture",
    "write_page",
]
