"""Pictures that the tests share. Where they are from is told in vertex-markers/tests/data/SOURCES.md."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vertex_ar

ROOT = Path(__file__).parents[2]
DATA = ROOT / "vertex-markers" / "tests" / "data"


@pytest.fixture(scope="session")
def chelsea() -> bytes:
    return (DATA / "chelsea.png").read_bytes()


@pytest.fixture(scope="session")
def rgb() -> vertex_ar._arguments.Pixels:
    return np.asarray(Image.open(DATA / "chelsea.png").convert("RGB"))


@pytest.fixture(scope="session")
def markers(chelsea: bytes) -> vertex_ar.MarkerSet:
    return vertex_ar.compile(chelsea)


def needed(found: object, what: str) -> None:
    """Skips a test for want of something, which continuous integration must have."""
    if not found:
        message = f"{what} is not there"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
