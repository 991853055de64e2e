"""Marker files of any compiler."""

import io
import pickle

import pytest

import vertex_ar
from conftest import DATA
from vertex_ar import MindFile, NftMarker


def test_a_file_of_the_official_compiler_is_read() -> None:
    official = MindFile.load(DATA / "chelsea.mind")
    [target] = official.targets
    assert (target.width, target.height) == (451, 300)
    assert target.points == sum(it.maxima + it.minima for it in target.keyframes) > 300
    assert target.tracking_points > 0
    size = (DATA / "chelsea.mind").stat().st_size
    assert repr(official) == (f"MindFile({size} bytes, 1 target(s): 451x300 with {target.points} points)")


def test_files_are_joined_and_parted_without_loss(markers, tmp_path) -> None:
    chelsea = MindFile.load(markers.mind)
    card = MindFile.load(io.BytesIO(vertex_ar.compile(DATA / "card.png", "mind").mind))
    both = MindFile.merge(chelsea, card)
    assert len(both) == 2
    assert both.targets == chelsea.targets + card.targets
    assert both.split() == [chelsea, card]
    assert MindFile.load(both.save(tmp_path / "both.mind")) == both
    assert pickle.loads(pickle.dumps(both)) == both


def test_nothing_joined_is_an_empty_file() -> None:
    assert len(MindFile.merge()) == 0


def test_an_nft_marker_of_the_standard_generator_is_read() -> None:
    by_name = NftMarker.load(DATA / "page")
    assert by_name == NftMarker.load(DATA / "page.fset3")
    assert by_name.keypoints > 100
    assert by_name.levels
    assert repr(by_name).startswith(f"NftMarker(a print of {by_name.width_mm:.1f} x ")


def test_what_python_saves_python_loads(markers, tmp_path) -> None:
    markers.save(tmp_path, "poster.v1")
    loaded = NftMarker.load(tmp_path / "poster.v1")
    assert (loaded.iset, loaded.fset, loaded.fset3) == (markers.iset, markers.fset, markers.fset3)
    assert loaded.width_mm == pytest.approx(160, rel=0.02)
    assert MindFile.load(tmp_path / "poster.v1.mind").data == markers.mind
