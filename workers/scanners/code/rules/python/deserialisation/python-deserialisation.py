import base64
import json
import pickle

import yaml
from flask import Flask, request

app = Flask(__name__)


@app.post("/restore")
def restore():
    raw = base64.b64decode(request.cookies["session"])
    # ruleid: python-deserialisation
    session = pickle.loads(raw)
    # ruleid: python-deserialisation
    settings = yaml.load(request.data, Loader=yaml.Loader)
    return {"session": session, "settings": settings}


async def import_settings(request):
    body = await request.body()
    # ruleid: python-deserialisation
    return yaml.unsafe_load(body)


@app.post("/safe")
def safe():
    # ok: python-deserialisation
    json.loads(request.data)
    # ok: python-deserialisation
    yaml.safe_load(request.data)
    # ok: python-deserialisation
    yaml.load(request.data, Loader=yaml.SafeLoader)
    # ok: python-deserialisation
    return pickle.loads(pickle.dumps({"a": 1}))
