"""A service of its own, and somebody signed in at it."""

import http.client
import json
import os
import re
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
PASSWORD = "all kinds of media 42"
BOUNDARY = "media-boundary"


class Service:
    def __init__(self, folder: Path):
        folder.mkdir()
        unlimited = ("PER_MINUTE", "AUTH_PER_MINUTE", "UPLOADS_PER_MINUTE", "USER_PER_MINUTE", "COMPANY_PER_MINUTE")
        settings = {
            "VERTEX_LISTEN": "127.0.0.1:0",
            "VERTEX_DATA_DIR": str(folder),
            "VERTEX_ADMIN_PASSWORD": PASSWORD,
            # Previews are looked at; copies would only take time.
            "VERTEX_VIDEO_COPIES": "never",
            # So that a deleted content is gone, and no more is done for it.
            "VERTEX_PURGE_DAYS": "0",
            "VERTEX_LOG": "warn",
        } | {f"VERTEX_LIMIT_{limit}": "0" for limit in unlimited}
        binary = os.environ.get("VERTEX_BIN", str(REPOSITORY / "target/debug/vertex"))
        self.log = folder / "log"
        self.process = subprocess.Popen(
            [binary, "serve"],
            env={**os.environ, **settings},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=self.log.open("wb"),
        )
        self.port = next(
            (int(found[1]) for line in self.process.stdout if (found := re.search(rb"listening on http://[^:]+:(\d+)", line))),
            None,
        )
        if self.port is None:
            raise SystemExit("the service did not come up: " + self.log.read_text())
        self.token = ""
        login = {"username": "admin", "password": PASSWORD}
        _, tokens = self.json("POST", "/api/auth/login", json.dumps(login).encode(), "application/json")
        self.token = tokens["access_token"]
        _, companies = self.json("GET", "/api/companies")
        less = json.dumps({"marker_formats": "mind"}).encode()
        self.json("PUT", f"/api/companies/{companies['items'][0]['id']}", less, "application/json")

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
            headers |= {"content-type": kind} if kind else {}
            connection.request(method, re.sub(r"^https?://[^/]+", "", path), body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, body: bytes | None = None, kind: str = ""):
        status, answer = self.ask(method, path, body, kind)
        return status, json.loads(answer or b"null")

    def upload(self, path: str, field: str, file: bytes, title: str):
        def part(name: str, more: str, content: bytes) -> bytes:
            head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"{more}\r\n\r\n'
            return head.encode() + content + b"\r\n"

        body = part("title", "", title.encode()) + part(field, '; filename="file"', file)
        body += f"--{BOUNDARY}--\r\n".encode()
        return self.json("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
