"""What Python compiled, tracked by MindAR's published runtime in Chromium."""

import shutil
import subprocess

import vertex_ar
from conftest import DATA, ROOT, needed

PEERS = ROOT / "benches" / "peers"
PICTURES = ["chelsea.png", "card.png"]
VIEWS, FRAMES = 4, 6


def test_mindar_tracks_what_python_compiled(tmp_path) -> None:
    needed(shutil.which("node"), "node")
    needed((PEERS / "node_modules").exists(), f"{PEERS / 'node_modules'} (npm ci)")
    files = []
    command = ["node", PEERS / "five.mjs", "--views", str(VIEWS), "--frames", str(FRAMES)]
    for name in PICTURES:
        file = vertex_ar.MindFile.load(vertex_ar.compile(DATA / name, "mind").mind)
        single = file.save(tmp_path / f"{name}.mind")
        command += ["--target", f"{DATA / name}={single}"]
        files.append(file)
    command += ["--mind", vertex_ar.MindFile.merge(*files).save(tmp_path / "all.mind")]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    for name in PICTURES:
        [row] = [line for line in judged.stdout.splitlines() if name.split(".")[0] in line]
        _, found, found_alone, mistaken, followed, followed_alone, *_ = row.strip("| ").split(" | ")
        assert {found, found_alone} <= {f"{VIEWS}/{VIEWS}", f"{VIEWS - 1}/{VIEWS}"}, judged.stdout
        assert (mistaken, followed, followed_alone) == ("0", str(FRAMES), str(FRAMES)), judged.stdout
