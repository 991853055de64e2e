"""Fills a running service with one row of everything and prints a superadmin's access token."""

import json
import pathlib
import sys
import urllib.request
import uuid

base, password, picture, clip = sys.argv[1:5]
token = None


def call(method, path, body=None, content_type="application/json"):
    data = json.dumps(body).encode() if content_type == "application/json" and body is not None else body
    request = urllib.request.Request(base + path, data=data, method=method)
    if data is not None:
        request.add_header("content-type", content_type)
    if token:
        request.add_header("authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.loads(answer.read() or "null")


def form(path, fields, file_field, file):
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'content-disposition: form-data; name="{file_field}"; filename="{pathlib.Path(file).name}"'
    parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + pathlib.Path(file).read_bytes())
    body = b"".join(parts) + f"\r\n--{boundary}--\r\n".encode()
    return call("POST", path, body, f"multipart/form-data; boundary={boundary}")


token = call("POST", "/api/auth/login", {"username": "admin", "password": password})["access_token"]
company = call("POST", "/api/companies", {"name": "Ателье Анна", "slug": "atelier"})
call("POST", "/api/users", {"username": "worker", "password": "violet kettle marmalade", "company_id": company["id"]})
call("POST", "/api/users/invitations", {"email": "new@example.org"})
project = call("POST", "/api/projects", {"name": "Осень"})
folder = call("POST", "/api/folders", {"name": "Плакаты", "project_id": project["id"]})
client = call("POST", "/api/clients", {"name": "Анна", "phone": "+79123456789"})
call("POST", "/api/orders", {"client_id": client["id"], "notes": "30x40"})
fields = {"client_id": client["id"], "folder_id": folder["id"]}
portrait = form("/api/portraits", fields, "image", picture)
video = form("/api/videos", {"portrait_id": portrait["id"]}, "video", clip)
rule = {"rotation_type": "daily_cycle", "schedule_config": {"video_sequence": [video["id"]]}}
call("PUT", f"/api/ar-content/{portrait['id']}/rotation-rule", rule)
call("POST", "/api/admin/markers/generate", {"content_ids": [portrait["id"]]})
report = {"device_type": "mobile", "duration_seconds": 3.5, "video_id": video["id"]}
call("POST", f"/api/ar/{portrait['unique_id']}/track-session", report)
print(token)
