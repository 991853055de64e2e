"""Pictures of all kinds become marker files."""

import io
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vertex_ar
from conftest import DATA


def test_a_picture_becomes_the_files_of_both_viewers(markers) -> None:
    # MessagePack: a map of two, its first key "v" with the format's version 2.
    assert markers.mind.startswith(b"\x82\xa1v\x02\xa8dataList\x91")
    assert list(markers.files) == ["mind", "iset", "fset", "fset3"]
    assert all(len(data) > 1000 for data in markers.files.values())
    assert repr(markers).startswith(f"MarkerSet(mind: {len(markers.mind)} bytes, iset: ")


def test_the_same_picture_gives_the_same_files_however_it_is_given(chelsea, rgb, markers) -> None:
    path = DATA / "chelsea.png"
    with path.open("rb") as file:
        given = [str(path), path, bytearray(chelsea), memoryview(chelsea), io.BytesIO(chelsea), file]
        given += [rgb, Image.open(path), np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])]
        assert all(vertex_ar.compile(image) == markers for image in given)


def test_arrays_may_be_laid_out_in_any_way(rgb) -> None:
    mirrored = rgb[:, ::-1]
    assert not mirrored.flags.c_contiguous
    expected = vertex_ar.compile(np.ascontiguousarray(mirrored), "mind")
    assert vertex_ar.compile(mirrored, "mind") == expected
    assert vertex_ar.compile(np.asfortranarray(mirrored), "mind") == expected
    locked = mirrored.copy()
    locked.flags.writeable = False
    assert vertex_ar.compile(locked, "mind") == expected


def test_grey_arrays_and_grey_pictures_are_alike(rgb) -> None:
    grey = Image.fromarray(rgb).convert("L")
    as_rgb = vertex_ar.compile(np.asarray(grey.convert("RGB")), "mind")
    assert vertex_ar.compile(np.asarray(grey), "mind") == as_rgb
    assert vertex_ar.compile(grey, "mind") == as_rgb


def test_transparency_is_laid_over_white(rgb) -> None:
    half = np.dstack([rgb, np.full(rgb.shape[:2], 128, np.uint8)])
    over_white = ((rgb.astype(int) * 128 + 255 * 127 + 127) // 255).astype(np.uint8)
    expected = vertex_ar.compile(over_white, "mind")
    assert vertex_ar.compile(half, "mind") == expected
    assert vertex_ar.compile(Image.fromarray(half), "mind") == expected


def test_a_pil_picture_is_held_upright(rgb) -> None:
    turned = Image.fromarray(np.rot90(rgb))
    exif = Image.Exif()
    exif[0x0112] = 6
    png = io.BytesIO()
    turned.save(png, "PNG", exif=exif)
    png.seek(0)
    assert vertex_ar.compile(Image.open(png), "mind") == vertex_ar.compile(rgb, "mind")


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK"])
def test_every_mode_of_pil_is_taken(rgb, mode) -> None:
    assert vertex_ar.compile(Image.fromarray(rgb).convert(mode), "mind").mind


def test_formats_and_options_are_the_engines(chelsea, markers) -> None:
    only_mind = vertex_ar.compile(chelsea, formats="mind")
    assert (only_mind.mind, only_mind.iset) == (markers.mind, None)
    only_nft = vertex_ar.compile(chelsea, formats=["nft"], density="low", levels=2, width_mm=297)
    assert only_nft.mind is None
    assert len(only_nft.fset3) < len(markers.fset3) / 1.5
    compact = vertex_ar.compile(chelsea, "mind", layout="compact")
    assert len(compact.mind) < len(markers.mind) / 2


def test_the_number_of_threads_changes_nothing(chelsea, markers) -> None:
    assert vertex_ar.compile(chelsea, threads=1) == markers
    assert vertex_ar.compile(chelsea, threads=3) == markers


def test_files_are_saved_under_one_name(markers, tmp_path: Path) -> None:
    written = markers.save(tmp_path / "new" / "folder", "poster")
    assert [path.name for path in written] == ["poster.mind", "poster.iset", "poster.fset", "poster.fset3"]
    assert written[0].read_bytes() == markers.mind
    for name in ["", "a/b", "../up", "a/"]:
        with pytest.raises(vertex_ar.InvalidOptionError, match=r"^name: "):
            markers.save(tmp_path, name)


def test_marker_sets_are_measured_when_asked_and_travel_between_processes(rgb, markers) -> None:
    pixels = rgb.copy()
    made = vertex_ar.compile(pixels, "mind")
    pixels[:] = 0
    assert made.quality.mind == markers.quality.mind
    assert made.quality.nft is None
    assert markers.quality is markers.quality
    again = pickle.loads(pickle.dumps(made))
    assert again == made
    assert again.quality == made.quality


def test_one_failure_does_not_stop_the_rest(chelsea, markers, tmp_path: Path) -> None:
    images = [chelsea, tmp_path / "missing.png", b"no picture", 7, DATA / "chelsea.png"]
    outcomes = vertex_ar.compile_many(images, threads=2, progress=False)
    assert [outcome.image for outcome in outcomes] == images
    assert [outcome.markers for outcome in outcomes] == [markers, None, None, None, markers]
    errors = [type(outcome.error) for outcome in outcomes]
    nothing = type(None)
    unsupported = vertex_ar.UnsupportedFormatError
    assert errors == [nothing, FileNotFoundError, unsupported, TypeError, nothing]


def test_many_pictures_may_be_measured_at_once(chelsea, markers) -> None:
    [outcome] = vertex_ar.compile_many(iter([chelsea]), progress=False, formats="mind", quality=True)
    assert "quality" in vars(outcome.markers)
    assert outcome.markers.quality.mind == markers.quality.mind


def test_a_bar_is_shown_if_tqdm_is_there(chelsea, capsys, monkeypatch) -> None:
    vertex_ar.compile_many([chelsea] * 2, formats="mind")
    assert "2/2" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    vertex_ar.compile_many([chelsea], formats="mind")
    assert capsys.readouterr().err == ""


def test_no_pictures_give_no_outcomes() -> None:
    assert vertex_ar.compile_many([]) == []
