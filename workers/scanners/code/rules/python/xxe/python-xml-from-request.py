import defusedxml.ElementTree
from flask import Flask, request
from lxml import etree

app = Flask(__name__)


@app.post("/orders")
def orders():
    # ruleid: python-xml-from-request
    return etree.fromstring(request.data).tag


def feed(request):
    body = request.body
    # ruleid: python-xml-from-request
    return etree.XML(body)


@app.post("/safe")
def safe():
    strict = etree.XMLParser(resolve_entities=False, no_network=True)
    # ok: python-xml-from-request
    etree.fromstring(request.data, strict)
    # ok: python-xml-from-request
    etree.fromstring("<a/>")
    # ok: python-xml-from-request
    return defusedxml.ElementTree.fromstring(request.data)
