"""`python -m vertex_ar`, and the same bytes as those of `vertex marker`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import vertex_ar
from conftest import DATA, ROOT, needed

VERTEX = Path(os.environ.get("VERTEX_BIN", ROOT / "target" / "debug" / "vertex"))
PICTURES = ["chelsea.png", "card.png", "gravel.png"]


def ran(*arguments) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vertex_ar", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("options", "vertex_options"),
    [
        ({}, []),
        (
            {"layout": "compact", "density": "high", "levels": 2, "width_mm": 297.5},
            ["--compact", "--density", "high", "--levels", "2", "--width", "297.5"],
        ),
    ],
    ids=["usual", "other"],
)
def test_python_and_the_console_make_the_same_bytes(options, vertex_options, tmp_path) -> None:
    needed(VERTEX.exists(), f"{VERTEX} (cargo build -p vertex-http)")
    pictures = [DATA / name for name in PICTURES]
    console = [VERTEX, "marker", "compile", *pictures, "-o", tmp_path, "--no-score"]
    console += ["--format", "mind,nft", *vertex_options]
    subprocess.run(console, check=True, capture_output=True)
    for picture in pictures:
        for extension, data in vertex_ar.compile(picture, **options).files.items():
            assert data == (tmp_path / f"{picture.stem}.{extension}").read_bytes(), (picture, extension)


def test_pictures_are_compiled_without_code(markers, tmp_path) -> None:
    result = ran("compile", DATA / "chelsea.png", "-o", tmp_path / "markers", "--score")
    assert result.returncode == 0, result.stderr
    assert f"trackability {markers.quality.score}" in result.stdout
    written = {path.name: path.read_bytes() for path in (tmp_path / "markers").iterdir()}
    assert written == {f"chelsea.{extension}": data for extension, data in markers.files.items()}


def test_one_bad_picture_does_not_stop_the_rest(tmp_path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    twin = tmp_path / "chelsea.png"
    twin.write_bytes((DATA / "card.png").read_bytes())
    arguments = [bad, DATA / "chelsea.png", twin, "--format", "mind", "-o", tmp_path / "out"]
    result = ran("compile", *arguments)
    assert result.returncode == 1
    assert f"{bad}: image: the file is not a JPEG, PNG, WebP, TIFF, GIF or BMP picture" in result.stderr
    assert f"{twin}: another picture has made chelsea" in result.stderr
    made = (tmp_path / "out" / "chelsea.mind").read_bytes()
    assert made == vertex_ar.compile(DATA / "chelsea.png", "mind").mind


def test_pictures_are_measured_without_code(tmp_path) -> None:
    result = ran("analyze", DATA / "chelsea.png", tmp_path / "missing.png")
    assert result.returncode == 1
    assert "missing.png: [Errno 2] image: No such file" in result.stderr
    [line] = result.stdout.splitlines()
    measured = vertex_ar.analyze(DATA / "chelsea.png").record()
    assert json.loads(line) == {"picture": str(DATA / "chelsea.png"), **measured}


def test_a_wrong_option_ends_with_a_line() -> None:
    result = ran("compile", DATA / "chelsea.png", "--format", "zft")
    assert result.returncode == 1
    assert 'formats: "zft" is not a marker format' in result.stderr
    assert "Traceback" not in result.stderr
