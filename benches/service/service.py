"""Starts the service on a database of its own, seeds it, and speaks to it. Python's standard library only."""

import http.client
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import tempfile
import uuid

HERE = pathlib.Path(__file__).parent
BINARY = pathlib.Path(os.environ.get("VERTEX_BIN", HERE.parent.parent / "target" / "release" / "vertex")).resolve()
PASSWORD = "only for measuring kettles"


class Service:
    def __init__(self, database: str, log: str = "info,poem=warn"):
        self.folder = tempfile.TemporaryDirectory(prefix="vertex-bench-")
        self.log = pathlib.Path(self.folder.name) / "log"
        self.settings = {
            "VERTEX_DATA_DIR": self.folder.name,
            "VERTEX_LISTEN": "127.0.0.1:0",
            "VERTEX_ADMIN_PASSWORD": PASSWORD,
            "VERTEX_LOG": log,
        }
        for limit in ("", "_AUTH", "_UPLOADS", "_USER", "_COMPANY"):
            self.settings[f"VERTEX_LIMIT{limit}_PER_MINUTE"] = "0"
        self.postgres = None
        if database == "postgres":
            server = os.environ.get("VERTEX_TEST_POSTGRES")
            if not server:
                raise SystemExit("run it under .ci/with-postgres")
            name = f"bench_{uuid.uuid4().hex}"
            psql(server, "--command", f"CREATE DATABASE {name}")
            self.postgres = f"{server.rsplit('/', 1)[0]}/{name}"
            self.settings["DATABASE_URL"] = self.postgres
        self.process = None

    def start(self, **settings: str):
        environment = os.environ | self.settings | settings
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve"], env=environment, stdout=subprocess.PIPE, stderr=log, cwd=self.folder.name
            )
        line = self.process.stdout.readline().decode()
        found = re.search(r"listening on http://localhost:(\d+)", line)
        if not found:
            raise SystemExit(f"the service did not start: {line}{self.log.read_text()}")
        self.port = int(found.group(1))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait() != 0:
            raise SystemExit(f"the service did not stop in peace: {self.log.read_text()[-2000:]}")

    def seed(self, contents: int, sessions: int):
        """Fills the database of the stopped service, which has been started once."""
        if self.postgres:
            numbers = ("--set", f"contents={contents}", "--set", f"sessions={sessions}")
            psql(self.postgres, *numbers, "--file", str(HERE / "seed.postgres.sql"))
            return
        with sqlite3.connect(pathlib.Path(self.folder.name) / "vertex.db") as connection:
            connection.execute("PRAGMA cache_size = -200000")
            script = (HERE / "seed.sqlite.sql").read_text()
            statement = ""
            for line in script.splitlines(keepends=True):
                statement += line
                if sqlite3.complete_statement(statement):
                    connection.execute(statement, {"contents": contents, "sessions": sessions})
                    statement = ""
        connection.close()

    def query(self, sql: str) -> str:
        """One value of the database, as text."""
        if self.postgres:
            return psql(self.postgres, "--tuples-only", "--no-align", "--command", sql).strip()
        with sqlite3.connect(pathlib.Path(self.folder.name) / "vertex.db") as connection:
            return str(connection.execute(sql).fetchone()[0])

    def login(self) -> str:
        """Signs an administrator of the measured company in, who is made if there is none yet."""
        make = [BINARY, "user", "create", "tenant", "--role", "admin", "--company", "vertex-ar"]
        environment = os.environ | self.settings | {"VERTEX_USER_PASSWORD": PASSWORD}
        subprocess.run(make, env=environment, cwd=self.folder.name, capture_output=True)
        body = json.dumps({"username": "tenant", "password": PASSWORD})
        answer = self.request("POST", "/api/auth/login", body, {"content-type": "application/json"})
        return json.loads(answer)["access_token"]

    def request(self, method: str, path: str, body: str | None = None, headers: dict | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        answer = response.read()
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status} {answer.decode()}")
        return answer

    def resident_megabytes(self) -> float:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def psql(url: str, *arguments: str) -> str:
    command = ["psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", url, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
