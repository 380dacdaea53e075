import time

from flask import Flask

app = Flask(__name__)


@app.get("/report")
def report():
    # ruleid: python-sleep-in-handler
    time.sleep(2)
    return "ready"


def view(request):
    # ruleid: python-sleep-in-handler
    time.sleep(1)


def worker():
    # ok: python-sleep-in-handler
    time.sleep(2)


@app.get("/now")
def now():
    # ok: python-sleep-in-handler
    return str(time.time())
