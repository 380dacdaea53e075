from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from fastapi.responses import RedirectResponse
from flask import Flask, redirect, request, url_for

app = Flask(__name__)


@app.get("/login")
def login():
    # ruleid: python-open-redirect
    return redirect(request.args.get("next"))


def leave(request):
    target = request.GET["to"]
    # ruleid: python-open-redirect
    return HttpResponseRedirect(target)


@app.get("/out")
async def out(to: str):
    # ruleid: python-open-redirect
    return RedirectResponse(url=to)


@app.get("/safe")
def safe():
    target = request.args["next"]
    if url_has_allowed_host_and_scheme(target, allowed_hosts={"example.com"}):
        # ok: python-open-redirect
        return redirect(target)
    # ok: python-open-redirect
    redirect("/items/" + request.args["item"])
    # ok: python-open-redirect
    return redirect(url_for("index", page=request.args["page"]))
