import os
from pathlib import Path

from flask import Flask, request, send_file
from werkzeug.utils import secure_filename

app = Flask(__name__)
ROOT = Path("/srv/files")
REPORTS = {"year": "year.pdf", "month": "month.pdf"}


@app.get("/download")
def download():
    name = request.args["name"]
    # ruleid: python-path-traversal
    return send_file(os.path.join("/srv/files", name))


@app.get("/read/{name:path}")
def read(name: str):
    # ruleid: python-path-traversal
    with open("/srv/files/" + name) as handle:
        handle.read()
    # ruleid: python-path-traversal
    return (ROOT / name).read_text()


def upload(request):
    upload = request.FILES["file"]
    # ruleid: python-path-traversal
    with open(f"/srv/uploads/{upload.name}", "wb") as target:
        target.write(upload.read())


@app.get("/safe")
def safe():
    name = request.args["name"]
    # ok: python-path-traversal
    open(os.path.join("/srv/files", secure_filename(name)))
    # ok: python-path-traversal
    open("/srv/files/" + os.path.basename(name))
    # ok: python-path-traversal
    send_file("/srv/files/" + REPORTS[name])
    target = (ROOT / name).resolve()
    if not target.is_relative_to(ROOT):
        return "no"
    # ok: python-path-traversal
    return target.read_text()
