"""How well pictures will be found."""

import numpy as np
import pandas as pd
import pytest

import vertex_ar
from conftest import DATA


def test_a_picture_is_measured(chelsea) -> None:
    measured = vertex_ar.analyze(chelsea)
    assert (measured.width, measured.height) == (451, 300)
    assert 100 < measured.brightness < 135
    assert 30 < measured.contrast < 60
    assert measured.band == "fair"
    assert measured.score == measured.mind.score >= 85
    assert measured.nft is None
    assert measured.mind.worst in vars(measured.mind.breakdown)
    assert measured == vertex_ar.analyze(chelsea, threads=1)


def test_advice_names_what_is_weak_and_where(rgb) -> None:
    blank = rgb.copy()
    blank[:, : 3 * blank.shape[1] // 4] = 128
    measured = vertex_ar.analyze(blank)
    assert measured.score < vertex_ar.analyze(rgb).score
    weak = [finding for finding in measured.mind.findings if finding.zone.x < 0.1]
    assert weak
    assert all(finding.advice in measured.advice for finding in weak)
    assert {finding.kind for finding in weak} <= {"too_few_points", "empty_edge"}


def test_a_plain_picture_scores_nothing_and_has_no_print_width() -> None:
    plain = vertex_ar.analyze(np.full((300, 400), 90, np.uint8))
    assert plain.score == 0
    assert plain.band == "poor"
    assert plain.mind.print_width(2.0) is None


def test_both_viewers_eyes_are_told_and_the_worse_one_counts(markers) -> None:
    quality = markers.quality
    assert quality.score == min(quality.mind.score, quality.nft.score)
    per_metre = quality.mind.print_width_per_metre
    assert quality.mind.print_width(2.0) == 2 * per_metre
    row = pd.DataFrame([quality.record()]).iloc[0]
    assert (row["mind"], row["nft"], row["score"]) == (quality.mind.score, quality.nft.score, quality.score)


def test_an_overlay_is_a_picture(chelsea) -> None:
    drawn = vertex_ar.overlay(chelsea)
    assert drawn.shape == (665, 1000, 3)
    assert drawn.dtype == np.uint8
    yellow = np.array([255, 214, 64])
    assert (np.abs(drawn.astype(int) - yellow).max(axis=2) < 8).any()


def test_keypoints_are_arrays_of_documented_shapes(chelsea) -> None:
    for runtime in ["mind", "nft"]:
        found = vertex_ar.detect(chelsea, runtime)
        count = len(found.points)
        assert count > 100
        shapes = {name: (column.shape, column.dtype) for name, column in found._asdict().items()}
        assert shapes == {
            "points": ((count, 2), np.float32),
            "scales": ((count,), np.float32),
            "angles": ((count,), np.float32),
            "maxima": ((count,), np.bool_),
            "descriptors": ((count, 84), np.uint8),
        }
        assert all(column.flags.c_contiguous for column in found)
        assert (found.points >= -0.5).all()
        assert (found.points < [451, 300]).all()
        assert not np.unpackbits(found.descriptors, axis=1)[:, 666:].any()
        assert repr(found) == (
            f"Keypoints({count}: {found.maxima.sum()} bright, {(~found.maxima).sum()} dark)"
        )


def test_descriptors_find_their_points_again(rgb) -> None:
    first, moved = vertex_ar.detect(rgb), vertex_ar.detect(np.roll(rgb, 8, axis=1))
    differing = first.descriptors[:, None] ^ moved.descriptors[None]
    distances = np.unpackbits(differing, axis=2).sum(axis=2)
    nearest = distances.argmin(axis=1)
    sure = distances.min(axis=1) < 20
    shift = moved.points[nearest[sure]] - first.points[sure]
    assert sure.sum() > 50
    assert np.abs(np.median(shift, axis=0) - [8, 0]).max() < 0.1


def test_views_are_told_one_by_one_as_pandas_takes_them(chelsea, markers) -> None:
    mind = vertex_ar.MindFile.load(markers.mind)
    sights = vertex_ar.simulate(chelsea, mind, views=16, seed=3)
    table = pd.DataFrame(sights)
    assert list(table["view"]) == list(range(16))
    assert table["tilt"].between(0, 60).all()
    assert table["share"].between(0.25, 1).all()
    assert table["locked"].sum() >= 12
    locked = table[table["locked"]]
    assert locked["error"].median() < 3
    assert (locked["error"] < 0.1 * 640 * locked["share"]).all()
    assert table[~table["found"]]["error"].isna().all()
    assert sights == vertex_ar.simulate(chelsea, markers, views=16, seed=3, threads=1)
    assert sights != vertex_ar.simulate(chelsea, mind, views=16, seed=4)


def test_a_longer_simulation_begins_like_a_shorter_one(chelsea, markers) -> None:
    longer = vertex_ar.simulate(chelsea, markers, views=40)
    assert longer[:10] == vertex_ar.simulate(chelsea, markers, views=10)


def test_an_nft_marker_is_looked_for_as_ar_js_does(chelsea, markers) -> None:
    nft = vertex_ar.NftMarker.from_bytes(markers.iset, markers.fset, markers.fset3)
    sights = vertex_ar.simulate(chelsea, nft, views=16)
    assert sum(sight["locked"] for sight in sights) >= 8
    assert sights != vertex_ar.simulate(chelsea, markers, views=16)


def test_a_target_of_several_is_chosen_by_its_number(chelsea, markers) -> None:
    card = DATA / "card.png"
    both = vertex_ar.MindFile.merge(
        vertex_ar.MindFile.load(vertex_ar.compile(card, "mind").mind), vertex_ar.MindFile.load(markers.mind)
    )
    assert vertex_ar.simulate(chelsea, both, views=8, target=1) == vertex_ar.simulate(
        chelsea, markers, views=8
    )
    assert not any(sight["locked"] for sight in vertex_ar.simulate(chelsea, both, views=8, target=0))
    with pytest.raises(vertex_ar.NoSuchTargetError, match=r"target: there is no target 2: .* has 2"):
        vertex_ar.simulate(chelsea, both, target=2)
