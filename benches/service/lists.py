#!/usr/bin/env python3
"""How long lists and reports take with a million sessions, and whether any statement walks a whole table.

`cargo build --release -p vertex-http`, then `benches/service/lists.py` and
`.ci/with-postgres benches/service/lists.py --database postgres` (Debian: apt-get install postgresql).
"""

import argparse
import datetime
import json
import pathlib
import random
import re
import sqlite3
import time

from service import Service

LARGE = (
    "contents|videos|view_sessions\\w*|daily_views|daily_content_views|daily_video_views|clients|orders|users|audit_log"
)

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
options.add_argument("--contents", type=int, default=10_000)
options.add_argument("--sessions", type=int, default=1_000_000)
options.add_argument("--requests", type=int, default=100, help="of each kind")
options.add_argument("--limit", type=float, default=150.0, help="milliseconds at the 95th percentile")
options = options.parse_args()

random.seed(1)
service = Service(options.database)
service.start()
service.stop()
begun = time.monotonic()
service.seed(options.contents, options.sessions)
counted = service.query("SELECT COUNT(*) FROM view_sessions")
print(f"{options.database}: {counted} sessions seeded in {time.monotonic() - begun:.0f} s")


def content_id() -> str:
    return row_id(1 + int(random.random() ** 3 * options.contents))


def client_id() -> str:
    return row_id(random.randrange(1, options.contents // 2), "c" if service.postgres else "k")


def row_id(number: int, prefix: str = "") -> str:
    """The id that the seed gives the row of this number."""
    length = 32 if service.postgres else 16
    digits = prefix + f"{number:0{length - len(prefix)}d}"
    digits = digits if service.postgres else digits.encode().hex()
    return re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", digits)


def days() -> str:
    last = datetime.date.today() - datetime.timedelta(days=random.randrange(15))
    return f"from={last - datetime.timedelta(days=random.randrange(15))}&to={last}"


KINDS = {
    "analytics overview, 30 days": lambda: "/api/analytics/overview",
    "analytics overview, some days": lambda: f"/api/analytics/overview?{days()}",
    "analytics of a content": lambda: f"/api/analytics/content/{content_id()}",
    "sessions": lambda: "/api/analytics/sessions?per_page=100",
    "sessions, deep page": lambda: f"/api/analytics/sessions?per_page=100&page={random.randrange(1, 100)}",
    "sessions on a device": lambda: f"/api/analytics/sessions?device_type=desktop&{days()}",
    "sessions of a content": lambda: f"/api/analytics/sessions?content_id={content_id()}",
    "contents": lambda: "/api/ar-content?per_page=100",
    "contents, deep page": lambda: f"/api/ar-content?per_page=100&page={random.randrange(1, options.contents // 100)}",
    "contents, searched": lambda: f"/api/ar-content?search=portrait%20{random.randrange(options.contents)}",
    "videos of a content": lambda: f"/api/ar-content/{content_id()}/videos",
    "contents in another order": lambda: f"/api/ar-content?sort={random.choice(('title', '-view_count', 'expiry_date'))}",
    "portraits of a client": lambda: f"/api/clients/{client_id()}/portraits",
    "clients": lambda: "/api/clients?per_page=100&sort=name",
    "clients, deep page": lambda: f"/api/clients?per_page=100&page={random.randrange(1, options.contents // 200)}",
    "clients, by a part of the name": lambda: f"/api/clients/search?name={random.randrange(options.contents // 2)}",
    "clients, by a part of the phone": lambda: f"/api/clients/search?phone={random.randrange(options.contents // 2)}",
    "orders": lambda: "/api/orders?per_page=100",
    "orders of a status": lambda: "/api/orders?status=completed&per_page=100",
    "orders of a client": lambda: f"/api/orders?client_id={client_id()}",
    "users": lambda: "/api/users?per_page=100",
    "users, searched": lambda: f"/api/users?search=user%20{random.randrange(options.contents // 20)}",
    "audit": lambda: "/api/admin/audit?per_page=100",
    "audit, deep page": lambda: f"/api/admin/audit?per_page=100&page={random.randrange(1, options.contents // 10)}",
    "audit of a content": lambda: f"/api/admin/audit?entity_id={content_id()}",
    "audit of a user": lambda: f"/api/admin/audit?user_id={row_id(7, 'e' if service.postgres else 'u')}",
    "dashboard": lambda: "/api/admin/dashboard",
    "figures": lambda: "/api/admin/stats",
    "projects": lambda: "/api/projects",
    "companies": lambda: "/api/companies",
}


def measure() -> bool:
    service.start()
    headers = {"authorization": f"Bearer {service.login()}"}
    fast = True
    print(f"{'':32} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8}")
    for name, path in KINDS.items():
        took = []
        for _ in range(options.requests):
            begun = time.perf_counter()
            service.request("GET", path(), headers=headers)
            took.append((time.perf_counter() - begun) * 1000)
        took.sort()
        p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
        fast &= p95 <= options.limit
        print(f"{name:32} {p50:8.1f} {p95:8.1f} {took[-1]:8.1f}")
    service.stop()
    return fast


def plans() -> list[tuple[str, str]]:
    """Every plan of every statement that the same requests run, once each."""
    service.log.write_text("")
    log = "warn,sqlx::query=debug"
    if service.postgres:
        # The server says how it carries every statement out.
        service.query(f"ALTER DATABASE {service.postgres.rsplit('/', 1)[1]} "
                      "SET session_preload_libraries = 'auto_explain'")
        # One company has nearly every row here, so that walking whole tables would often be the quickest way:
        # whether an index is there for it shows when that way is closed.
        settings = {
            "auto_explain.log_min_duration": "0",
            "auto_explain.log_level": "notice",
            "enable_seqscan": "off",
        }
        for name, value in settings.items():
            service.query(f"ALTER DATABASE {service.postgres.rsplit('/', 1)[1]} SET {name} = '{value}'")
        log = "warn,sqlx::postgres::notice=info"
    service.start(VERTEX_LOG=log)
    headers = {"authorization": f"Bearer {service.login()}"}
    for path in KINDS.values():
        service.request("GET", path(), headers=headers)
    service.stop()
    lines = [json.loads(line) for line in service.log.read_text().splitlines() if line.startswith("{")]
    if service.postgres:
        return [(line["message"], line["message"]) for line in lines if "plan:" in line.get("message", "")]
    statements = {line.get("db.statement") or line.get("summary") for line in lines} - {None, ""}
    statements = {statement.strip() for statement in statements if re.match(r"\s*SELECT", statement)}
    with sqlite3.connect(pathlib.Path(service.folder.name) / "vertex.db") as connection:
        values = {str(number): None for number in range(1, 20)}
        return [
            (statement, "\n".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)))
            for statement in statements
        ]


fast = measure()
# A scan is one without an index; SQLite says SCAN ... USING INDEX of a walk along one, too.
scan = rf"Seq Scan on ({LARGE})" if service.postgres else rf"SCAN ({LARGE})(?! USING)"
explained = plans()
walked = [(statement, plan) for statement, plan in explained if re.search(scan, plan)]
for statement, plan in walked:
    print(f"walks a whole table:\n{statement}\n{plan}")
print(f"{len(explained)} plans looked at, {len(walked)} walk a whole table")
if not fast or walked or not explained:
    raise SystemExit(1)
