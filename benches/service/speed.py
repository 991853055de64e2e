#!/usr/bin/env python3
"""How many viewers one process serves: `cargo build --release -p vertex-http`, then `benches/service/speed.py`.

Needs wrk (Debian: apt-get install wrk). wrk runs on the same machine and takes its share of it.
"""

import argparse
import os
import re
import subprocess

from service import HERE, Service

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
options.add_argument("--seconds", type=int, default=15)
options.add_argument("--connections", type=int, default=64)
options.add_argument("--contents", type=int, default=1000)
options = options.parse_args()


def wrk(service: Service, script: str) -> str:
    command = ["wrk", "--threads", "1", "--connections", str(options.connections), "--latency"]
    command += ["--duration", f"{options.seconds}s", "--timeout", "10s", "--script", str(HERE / script)]
    environment = os.environ | {"CONTENTS": str(options.contents)}
    command.append(f"http://127.0.0.1:{service.port}")
    report = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    print(report)
    return report


service = Service(options.database)
service.start()
service.stop()
service.seed(options.contents, 1)
service.start()
before = int(service.query("SELECT SUM(view_count) FROM contents"))
print(f"== {options.database}, {options.contents} contents: GET active-video")
wrk(service, "active-video.lua")
print("== POST track-session")
report = wrk(service, "track-session.lua")
taken = int(re.search(r"taken in: (\d+)", report).group(1))
memory = service.resident_megabytes()
service.stop()
recorded = int(service.query("SELECT SUM(view_count) FROM contents")) - before
rows = int(service.query("SELECT COUNT(*) FROM view_sessions")) - 1
print(f"resident memory after both: {memory:.1f} MB")
print(f"answered with 202: {taken}; recorded after SIGTERM: {recorded} counted, {rows} rows")
# wrk leaves when its time is over: what was then on its way was taken in, but wrk did not see the answer.
if not taken <= recorded <= taken + options.connections or recorded != rows:
    raise SystemExit("view sessions were lost or counted twice")
