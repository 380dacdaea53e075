import urllib.parse
import urllib.request

import httpx
import requests
from flask import Flask, request

app = Flask(__name__)
HOSTS = {"eu": "https://eu.example.com", "us": "https://us.example.com"}


@app.post("/preview")
def preview():
    address = request.form["url"]
    # ruleid: python-ssrf
    return requests.get(address, timeout=5).text


@app.get("/fetch")
async def fetch(target: str):
    # ruleid: python-ssrf
    urllib.request.urlopen("http://" + target)
    async with httpx.AsyncClient() as client:
        # ruleid: python-ssrf
        return await client.get(f"https://{target}/status")


def webhook(request):
    # ruleid: python-ssrf
    requests.post(url=request.POST["callback"], json={}, timeout=5)


@app.get("/safe")
def safe():
    # ok: python-ssrf
    requests.get(HOSTS[request.args["region"]], timeout=5)
    # ok: python-ssrf
    requests.get("https://api.example.com/items/" + request.args["item"], timeout=5)
    # ok: python-ssrf
    requests.get(f"https://api.example.com/items/{request.args['item']}", timeout=5)
    # ok: python-ssrf
    requests.get("https://api.example.com", params={"q": request.args["q"]}, timeout=5)
    # ok: python-ssrf
    return request.args.get("url")
