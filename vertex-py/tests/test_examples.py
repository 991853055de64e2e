"""The examples and the notebook do what they say."""

import runpy
import shutil
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from conftest import DATA, ROOT

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def example(monkeypatch, capsys):
    """Runs an example and gives what it prints."""

    def run(name, *arguments) -> str:
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out

    return run


def test_a_folder_is_compiled_and_scored(example, tmp_path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for name in ["chelsea.png", "card.png"]:
        shutil.copy(DATA / name, pictures)
    (pictures / "broken.jpg").write_bytes(b"no picture")
    example("folder.py", pictures, tmp_path / "markers")
    scores = pd.read_csv(tmp_path / "markers" / "scores.csv")
    assert sorted(scores["picture"]) == ["card.png", "chelsea.png"]
    assert scores["score"].is_monotonic_increasing
    assert (tmp_path / "markers" / "card.fset3").exists()


def test_a_week_is_planned(example) -> None:
    plan = dict(line.split("  ") for line in example("planner.py").splitlines())
    assert [day for day, name in plan.items() if name == "new year"] == ["2026-12-31", "2027-01-01"]
    assert [day for day, name in plan.items() if name == "christmas"] == ["2027-01-07"]
    assert len(plan) == 11


def test_pictures_match_themselves_only(example) -> None:
    def count(*names) -> int:
        return int(example("matches.py", *(DATA / name for name in names)).split()[0])

    assert count("chelsea.png", "chelsea.png") > 100
    assert count("chelsea.png", "gravel.png") < 15


def test_the_notebook_runs() -> None:
    notebook = nbformat.read(ROOT / "docs" / "pictures.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": ROOT / "docs"}}).execute()
    shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in data for data in shown) == 3
    assert any("trackability" in data.get("text/html", "") for data in shown)
