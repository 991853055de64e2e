#!/usr/bin/env python3
"""Lays siege to a service of its own and measures what another tenant notices: siege/run.py [ATTACKERS [SECONDS]]

Every attacker has a loopback address of its own and does one thing that once starved everybody: holds idle or half-open
connections, reads public videos without reading, sends forms without end, pictures and videos that cost far more than
their bytes, or queues work for many contents. Meanwhile a user of another company signs in, uploads a picture and waits
for its marker, again and again: a small picture and a photo of a phone by turns. Needs `target/debug/vertex` (or
VERTEX_BIN), ffmpeg and nothing outside the standard library.
"""

import http.client
import itertools
import json
import os
import re
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
PASSWORD = "siege of a quiet castle 42"
PICTURE = (REPOSITORY / "vertex-markers/tests/data/astronaut.png").read_bytes()
CLIP = (REPOSITORY / "vertex-http/tests/data/clip.mp4").read_bytes()

SIGN_IN_SECONDS = 1.0
MARKER_SECONDS = 5.0
MEMORY_BYTES = 400_000_000
STOP_SECONDS = 10.0

# Of the video that says each of its frames many times.
FRAMES = 600


class Service:
    def __init__(self, folder: str):
        binary = os.environ.get("VERTEX_BIN", REPOSITORY / "target/debug/vertex")
        settings = {
            "VERTEX_LISTEN": "127.0.0.1:0",
            "VERTEX_DATA_DIR": folder,
            "VERTEX_ADMIN_PASSWORD": PASSWORD,
            "VERTEX_WORKERS": "2",
            "VERTEX_LOG": "error",
        }
        self.log = open(Path(folder) / "log", "wb")
        self.process = subprocess.Popen(
            [binary, "serve"], env={**os.environ, **settings}, cwd=folder, stdout=subprocess.PIPE, stderr=self.log
        )
        for line in self.process.stdout:
            if found := re.search(rb"listening on http://[^:]+:(\d+)", line):
                self.port = int(found[1])
                return
        raise SystemExit("the service did not come up: " + (Path(folder) / "log").read_text())

    def resident(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024


class Client:
    """Somebody at an address of their own."""

    def __init__(self, service: Service, number: int, token: str = ""):
        self.service, self.token = service, token
        self.address = f"127.{1 + number // 60000}.{number // 250 % 240}.{1 + number % 250}"

    def connect(self, seconds: float = 60.0) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            "127.0.0.1", self.service.port, timeout=seconds, source_address=(self.address, 0)
        )

    def socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.service.port), 10, (self.address, 0))

    def headers(self) -> dict[str, str]:
        agent = {"user-agent": "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile"}
        return agent | ({"authorization": f"Bearer {self.token}"} if self.token else {})

    def ask(self, method: str, path: str, body=None, kind="application/json", seconds=60.0):
        connection = self.connect(seconds)
        try:
            data = json.dumps(body).encode() if isinstance(body, dict) else body
            headers = self.headers() | ({"content-type": kind} if data is not None else {})
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            text = response.read()
            try:
                return response.status, json.loads(text or b"null")
            except ValueError:
                return response.status, None
        finally:
            connection.close()

    def sign_in(self, name: str):
        status, tokens = self.ask("POST", "/api/auth/login", {"username": name, "password": PASSWORD})
        if status == 200:
            self.token = tokens["access_token"]
        return status

    def upload(self, path: str, field: str, name: str, data: bytes, **texts: str):
        body, kind = form(field, name, data, **texts)
        return self.ask("POST", path, body, kind)


BOUNDARY = "siege-boundary"


def part(field: str, name: str | None = None) -> bytes:
    file = f'; filename="{name}"' if name else ""
    return f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{field}"{file}\r\n\r\n'.encode()


def form(field: str, name: str, data: bytes, **texts: str):
    body = b"".join(part(key) + value.encode() + b"\r\n" for key, value in texts.items())
    body += part(field, name) + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"


# What costs more than its bytes.


def png_bomb() -> bytes:
    """A black PNG of 7071 x 7071 pixels of 16-bit RGBA: 400 MB in 400 kB."""
    side = 7071
    rows = zlib.compressobj(9)
    data = b"".join(rows.compress(bytes(1 + 8 * side)) for _ in range(side)) + rows.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def video_bomb(folder: str, repeats: int = 300) -> bytes:
    """Frames of 4096 x 2304 whose sample tables say them `repeats` times, in a sample entry of 1 x 1."""
    plain = Path(folder) / "plain.mp4"
    source = "color=black:s=4096x2304:r=30"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-frames:v", str(FRAMES), "-c:v", "libx264", "-preset", "ultrafast",
         "-pix_fmt", "yuv420p", "-g", str(FRAMES), "-bf", "0", "-movflags", "+faststart", str(plain)],
        check=True,
    )
    file = plain.read_bytes()
    moov = next(content for kind, content in boxes(file) if kind == b"moov")
    mdat = next(content for kind, content in boxes(file) if kind == b"mdat")
    ftyp = next(content for kind, content in boxes(file) if kind == b"ftyp")
    first = len(box(b"ftyp", ftyp)) + 8
    tables = box(b"moov", repeated(moov, repeats, first))
    return box(b"ftyp", ftyp) + box(b"mdat", mdat) + tables


def boxes(data: bytes):
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + size]
        at += size


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def repeated(parent: bytes, repeats: int, first: int) -> bytes:
    """The boxes of a container with the sample tables of its video repeated."""
    out = b""
    for kind, content in boxes(parent):
        if kind in (b"trak", b"mdia", b"minf", b"stbl"):
            content = repeated(content, repeats, first)
        elif kind == b"stts":
            _, _, count, delta = struct.unpack(">IIII", content[:16])
            content = struct.pack(">IIII", 0, 1, count * repeats, delta)
        elif kind == b"stsz":
            count = struct.unpack_from(">I", content, 8)[0]
            content = struct.pack(">III", 0, 0, count * repeats) + content[12:] * repeats
        elif kind == b"stsc":
            content = struct.pack(">IIIII", 0, 1, 1, FRAMES, 1)
        elif kind in (b"stco", b"co64"):
            kind, content = b"stco", struct.pack(">II", 0, repeats) + struct.pack(">I", first) * repeats
        elif kind == b"stsd":
            content = content[: 8 + 8 + 24] + struct.pack(">HH", 1, 1) + content[8 + 8 + 28 :]
        out += box(kind, content)
    return out


# The attackers. Each runs until `over` is set.


def hold_connections(client: Client, over: threading.Event, opening: bytes):
    held = []
    while not over.wait(0.05):
        try:
            held.append(client.socket())
            held[-1].sendall(opening)
        except OSError:
            over.wait(0.5)
        held = held[-100:]


def read_nothing(client: Client, over: threading.Event, link: str):
    held = []
    while not over.wait(0.2):
        try:
            held.append(client.socket())
            held[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            held[-1].sendall(f"GET {link} HTTP/1.1\r\nhost: siege\r\n\r\n".encode())
        except OSError:
            over.wait(0.5)
        held = held[-15:]


def send_without_end(client: Client, over: threading.Event, opening: bytes, more: bytes):
    while not over.is_set():
        try:
            with client.socket() as line:
                head = (
                    f"POST /api/ar-content HTTP/1.1\r\nhost: siege\r\nauthorization: Bearer {client.token}\r\n"
                    f"content-type: multipart/form-data; boundary={BOUNDARY}\r\ncontent-length: 2000000000\r\n\r\n"
                )
                line.sendall(head.encode() + opening)
                while not over.is_set():
                    line.sendall(more)
        except OSError:
            over.wait(0.2)


def stop_before_the_end(client: Client, over: threading.Event):
    """Sends 40 MB of a picture, then nothing more."""
    held = []
    while not over.is_set():
        try:
            line = client.socket()
            head = (
                f"POST /api/ar-content HTTP/1.1\r\nhost: siege\r\nauthorization: Bearer {client.token}\r\n"
                f"content-type: multipart/form-data; boundary={BOUNDARY}\r\ncontent-length: 41000000\r\n\r\n"
            )
            line.sendall(head.encode() + part("image", "a.png") + PICTURE[:1000])
            for _ in range(40):
                line.sendall(bytes(1_000_000))
            held.append(line)
        except OSError:
            pass
        over.wait(1.0)
        held = held[-5:]


def upload_again_and_again(client: Client, over: threading.Event, path, field, name, data, **texts):
    while not over.is_set():
        try:
            client.upload(path() if callable(path) else path, field, name, data, **texts)
        except OSError:
            pass
        over.wait(0.3)


def queue_markers(client: Client, over: threading.Event, contents: list[str]):
    variants = ["mind", "nft", "mind,nft", "nft,mind"]
    while not over.is_set():
        for content in contents:
            for formats in variants:
                try:
                    client.ask("POST", f"/api/ar-content/{content}/generate-marker?formats={formats}", seconds=5)
                except OSError:
                    pass
                if over.is_set():
                    return
        over.wait(1.0)


def photo(folder: str) -> bytes:
    """What a phone takes: a JPEG of 12 megapixels."""
    file = Path(folder) / "photo.jpg"
    source = "mandelbrot=s=4032x3024"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-frames:v", "1", str(file)], check=True)
    return file.read_bytes()


def victim(client: Client, name: str, pictures: list[bytes], seconds: float, sign_ins: list[float], markers: list[float]):
    end = time.monotonic() + seconds
    for picture in itertools.cycle(pictures):
        if time.monotonic() >= end:
            return
        begun = time.monotonic()
        status = client.sign_in(name)
        sign_ins.append(time.monotonic() - begun if status == 200 else float("inf"))
        begun = time.monotonic()
        status, content = client.upload("/api/ar-content", "image", "a", picture, title="mine")
        if status != 201:
            markers.append(float("inf"))
            print("the victim's upload was refused:", status, content, file=sys.stderr)
        else:
            path = f"/api/ar-content/{content['id']}"
            state = "pending"
            while state not in ("ready", "failed") and time.monotonic() - begun < 60:
                time.sleep(0.1)
                state = client.ask("GET", path)[1]["marker_status"]
            markers.append(time.monotonic() - begun if state == "ready" else float("inf"))
        time.sleep(max(0.0, begun + 13.0 - time.monotonic()))  # five sign-ins a minute are allowed


def besiege(threads: list[threading.Thread], over: threading.Event):
    """Attacks until it is killed, at the lowest priority: others' machines take none of this one's time."""
    os.nice(19)
    for thread in threads:
        thread.start()
    over.wait()


def prepare(service: Service, attackers: int):
    """Two companies; the attackers' users, contents and a published video."""
    boss = Client(service, 0)
    assert boss.sign_in("admin") == 200
    people = {}
    for company in ("victim", "attacker"):
        status, made = boss.ask("POST", "/api/companies", {"name": company, "slug": company})
        assert status == 201, made
    command = [os.environ.get("VERTEX_BIN", REPOSITORY / "target/debug/vertex"), "user", "create"]
    for name in ["victim", *(f"attacker{number}" for number in range(min(attackers, 4)))]:
        company = name.rstrip("0123456789")
        environment = {**os.environ, "VERTEX_DATA_DIR": service.log.name[:-4], "VERTEX_USER_PASSWORD": PASSWORD}
        made = subprocess.run([*command, name, "--role", "user", "--company", company], env=environment, capture_output=True)
        assert made.returncode == 0, made.stderr
        people[name] = Client(service, 1000 + len(people))
    attacker = people["attacker0"]
    assert attacker.sign_in("attacker0") == 200
    contents = []
    for number in range(8):
        status, content = Client(service, 2000 + number, attacker.token).upload(
            "/api/ar-content", "image", "a.png", PICTURE, title=f"content {number}"
        )
        assert status == 201, content
        contents.append(content)
    status, video = attacker.upload(f"/api/ar-content/{contents[0]['id']}/videos", "video", "a.mp4", CLIP * 1)
    assert status == 201, video
    status, playing = attacker.ask("GET", f"/api/ar/{contents[0]['unique_id']}/active-video")
    link = re.sub(r"^https?://[^/]+", "", playing["video"]["url"])
    return people["victim"], attacker.token, [content["id"] for content in contents], link


def main():
    attackers = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 120.0
    with tempfile.TemporaryDirectory() as folder:
        service = Service(folder)
        quiet, token, contents, link = prepare(service, attackers)
        png, video, snapshot = png_bomb(), video_bomb(folder), photo(folder)
        over, threads = threading.Event(), []

        def attack(kind: int, target, *arguments, **more):
            for number in range(attackers):
                client = Client(service, 5000 + 1000 * kind + number, token)
                threads.append(threading.Thread(target=target, args=(client, over, *arguments), kwargs=more, daemon=True))

        attack(0, hold_connections, b"")
        attack(1, hold_connections, b"GET / HTTP/1.1\r\nhost: sie")
        attack(2, read_nothing, link)
        attack(3, send_without_end, f"--{BOUNDARY}\r\nx-endless: ".encode(), b"x" * 65536)
        attack(4, stop_before_the_end)
        attack(5, upload_again_and_again, "/api/ar-content", "image", "a.png", png, title="bomb")
        attack(6, upload_again_and_again, f"/api/ar-content/{contents[1]}/videos", "video", "a.mp4", video)
        attack(7, queue_markers, contents)
        besiegers = os.fork()
        if besiegers == 0:
            besiege(threads, over)

        sign_ins, markers, peak = [], [], 0
        watched = threading.Thread(target=victim, args=(quiet, "victim", [PICTURE, snapshot], seconds, sign_ins, markers))
        watched.start()
        while watched.is_alive():
            peak = max(peak, service.resident())
            time.sleep(0.1)
        begun = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        try:
            service.process.wait(60)
        except subprocess.TimeoutExpired:
            service.process.kill()
        stopped = time.monotonic() - begun
        os.kill(besiegers, signal.SIGKILL)
        os.waitpid(besiegers, 0)

        p95 = lambda values: sorted(values)[max(0, -(-95 * len(values) // 100) - 1)]
        figures = [
            ("sign-in, longest, s", max(sign_ins), SIGN_IN_SECONDS),
            ("picture to marker, p95, s", p95(markers), MARKER_SECONDS),
            ("memory, peak, MB", peak / 1e6, MEMORY_BYTES / 1e6),
            ("SIGTERM to the end, s", stopped, STOP_SECONDS),
        ]
        print(f"{attackers} attackers of each of 8 kinds, {seconds:.0f} s, {len(sign_ins)} rounds;"
              f" sign-in median {statistics.median(sign_ins):.2f} s; markers, small and large by turns:"
              f" {' '.join(f'{seconds:.1f}' for seconds in markers)} s")
        for name, value, most in figures:
            print(f"{'held  ' if value <= most else 'MISSED'} {name}: {value:.2f} (at most {most:g})")
        return 0 if all(value <= most for _, value, most in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
