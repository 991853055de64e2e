"""Counts the points that two pictures have in common, as MindAR sees them: `matches.py FIRST SECOND`."""

import sys

import numpy as np

import vertex_ar

RATIO = 0.7


def matches(first: vertex_ar.Keypoints, second: vertex_ar.Keypoints) -> int:
    """Points of the first whose nearest descriptor in the second is much nearer than the next."""
    differing = first.descriptors[:, None] ^ second.descriptors[None]
    distances = np.unpackbits(differing, axis=2).sum(axis=2, dtype=np.int64)
    distances[first.maxima[:, None] != second.maxima[None]] = 8 * first.descriptors.shape[1]
    nearest = np.sort(distances, axis=1)
    return int((nearest[:, 0] < RATIO * nearest[:, 1]).sum())


if __name__ == "__main__":
    ours, theirs = (vertex_ar.detect(path) for path in sys.argv[1:3])
    print(f"{matches(ours, theirs)} of {len(ours.points)} points")
