"""Compiles every picture of a folder, saves the markers and writes a table of scores: `folder.py PICTURES MARKERS`."""

import sys
from pathlib import Path

import pandas as pd

import vertex_ar

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


def main(pictures: Path, markers: Path) -> None:
    """Leave the markers and `scores.csv` in a folder."""
    found = sorted(path for path in pictures.iterdir() if path.suffix.lower() in SUFFIXES)
    rows = []
    for path, outcome in zip(found, vertex_ar.compile_many(found, quality=True), strict=True):
        if outcome.markers is None:
            print(f"{path.name}: {outcome.error}", file=sys.stderr)
            continue
        outcome.markers.save(markers, path.stem)
        rows.append({"picture": path.name, **outcome.markers.quality.record()})
    scores = pd.DataFrame(rows).sort_values("score")
    scores.to_csv(markers / "scores.csv", index=False)
    print(scores[["picture", "score", "worst", "findings"]].to_string(index=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
