import shutil

from adgan.checkpoint import RUN, read_run, write_json
from adgan.cli.page import run_content


def test_a_page_tells_where_sizes_came_from(run_folder, tmp_path):
    assert run_content(run_folder)["facts"]["sizes"] == "radius 10 to 15 px"
    run = shutil.copytree(run_folder, tmp_path / "run")
    refined = {"step": 50, "before": {"radius": [14, 22]}}
    write_json(run / RUN, read_run(run) | {"refined": refined})
    sizes = run_content(run)["facts"]["sizes"]
    assert sizes == "radius 10 to 15 px, by the masks of step 50; 14 to 22 before"
