#!/usr/bin/env python3
"""What a call from Python costs over the Rust function, and what a second Python thread gains.

cargo build --release --package vertex-markers --example measure
pip install ./vertex-py
benches/python/speed.py --measure target/release/examples/measure
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import PIL.Image

import vertex_ar

if TYPE_CHECKING:
    from vertex_ar._arguments import Image

PICTURE = Path(__file__).parents[2] / "vertex-markers/tests/data/astronaut.png"
SIDE = 1000

Kind = Literal["mind", "nft"]
KINDS: tuple[Kind, ...] = ("mind", "nft")


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def rust_seconds(measure: Path, kind: Kind, picture: Path, threads: int, runs: int) -> float:
    """Median time of decoding, compiling and encoding in a process of Rust's own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(measure), kind, str(picture), f"{folder}/out", str(runs)]
        environment = {**os.environ, "RAYON_NUM_THREADS": str(threads)}
        said = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
    return float(json.loads(said)["totalMs"]) / 1000


def python_seconds(image: Image, kind: Kind, threads: int | None, runs: int) -> float:
    """Median time of the call."""
    calls = (seconds(lambda: vertex_ar.compile(image, kind, threads=threads)) for _ in range(runs))
    return statistics.median(calls)


def overhead(measure: Path, picture: Path, rounds: int, runs: int) -> None:
    """Compare the call with the function, by turns, each on one thread and on all."""
    data, pixels = picture.read_bytes(), np.asarray(PIL.Image.open(picture))
    for kind, threads in itertools.product(KINDS, (1, len(os.sched_getaffinity(0)))):
        own = 1 if threads == 1 else None
        times = [
            (
                rust_seconds(measure, kind, picture, threads, runs),
                python_seconds(data, kind, own, runs),
                python_seconds(pixels, kind, own, runs),
            )
            for _ in range(rounds)
        ]
        rust, python, array = (statistics.median(column) for column in zip(*times, strict=True))
        print(
            f"{kind} on {threads} thread(s): Rust {1000 * rust:.1f} ms, Python {1000 * python:.1f} ms "
            f"({100 * (python / rust - 1):+.1f} %), from an array {1000 * array:.1f} ms"
        )


CALLS = 8


def together_seconds(data: bytes, workers: int, threads: int | None) -> float:
    """How long so many Python threads take for some calls."""
    with ThreadPoolExecutor(workers) as executor:
        calls = [data] * CALLS
        return seconds(lambda: list(executor.map(lambda it: vertex_ar.compile(it, threads=threads), calls)))


def gain(data: bytes, rounds: int) -> None:
    """Compare two Python threads with one, by turns."""
    for threads, words in ((1, "one processor for each call"), (None, "all processors for each call")):
        ratios = [
            together_seconds(data, 1, threads) / together_seconds(data, 2, threads) for _ in range(rounds)
        ]
        print(f"two Python threads, {words}: {statistics.median(ratios):.2f} times as fast as one")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--measure", type=Path, required=True, help="the engine's example, built in release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=5, help="calls in a round")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        scaled = PIL.Image.open(PICTURE).convert("RGB").resize((SIDE, SIDE), PIL.Image.Resampling.BICUBIC)
        scaled.save(picture)
        overhead(given.measure, picture, given.rounds, given.runs)
        gain(picture.read_bytes(), given.rounds)


if __name__ == "__main__":
    main()
