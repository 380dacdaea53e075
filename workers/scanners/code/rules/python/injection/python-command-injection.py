import os
import shlex
import subprocess

from django.http import HttpResponse
from flask import Flask, request

app = Flask(__name__)
FORMATS = ["png", "jpeg"]


@app.post("/ping")
def ping():
    host = request.form["host"]
    # ruleid: python-command-injection
    os.system("ping -c 1 " + host)
    # ruleid: python-command-injection
    return subprocess.check_output(f"dig {host}", shell=True)


def convert(request):
    size = request.GET.get("size")
    command = "convert in.png -resize {} out.png".format(size)
    # ruleid: python-command-injection
    subprocess.run(["sh", "-c", command], check=True)
    # ruleid: python-command-injection
    subprocess.Popen([request.GET["tool"], "--version"])
    return HttpResponse("done")


@app.get("/logs/{name}")
async def logs(name: str):
    # ruleid: python-command-injection
    return os.popen("tail /var/log/" + name).read()


@app.post("/safe")
def safe():
    host = request.form["host"]
    # ok: python-command-injection
    subprocess.run(["ping", "-c", "1", host], check=True)
    # ok: python-command-injection
    os.system("ping -c 1 " + shlex.quote(host))
    # ok: python-command-injection
    os.system("uptime")
    # ok: python-command-injection
    os.system("sleep " + str(int(request.form["seconds"])))
    if request.form["format"] in FORMATS:
        # ok: python-command-injection
        os.system("convert a.svg a." + request.form["format"])
    return "done"
