import ast
import importlib
import json

from flask import Flask, request

app = Flask(__name__)
PLUGINS = {"csv": "plugins.csv", "xml": "plugins.xml"}


@app.post("/calculate")
def calculate():
    formula = request.get_json()["formula"]
    # ruleid: python-code-injection
    return str(eval(formula))


def run(request):
    source = "result = " + request.POST["expression"]
    # ruleid: python-code-injection
    exec(source)
    # ruleid: python-code-injection
    return importlib.import_module(request.POST["plugin"])


@app.post("/safe")
def safe():
    text = request.form["value"]
    # ok: python-code-injection
    json.loads(text)
    # ok: python-code-injection
    ast.literal_eval(text)
    # ok: python-code-injection
    importlib.import_module(PLUGINS[request.form["plugin"]])
    # ok: python-code-injection
    return str(eval("1 + 1"))
