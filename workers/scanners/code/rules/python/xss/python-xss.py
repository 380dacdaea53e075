import html

from django.http import HttpResponse, JsonResponse
from django.utils.safestring import mark_safe
from fastapi.responses import HTMLResponse
from flask import Flask, make_response, render_template, request
from markupsafe import Markup, escape

app = Flask(__name__)


@app.get("/hello")
def hello():
    name = request.args.get("name", "")
    # ruleid: python-xss
    return make_response("<p>Hello " + name + "</p>")


@app.route("/bye")
def bye():
    name = request.args["name"]
    # ruleid: python-xss
    return f"<p>Goodbye {name}</p>"


def greet(request):
    # ruleid: python-xss
    mark_safe("<b>%s</b>" % request.GET["name"])
    # ruleid: python-xss
    return HttpResponse(f"<h1>{request.GET['title']}</h1>")


@app.get("/page")
async def page(title: str):
    # ruleid: python-xss
    return HTMLResponse(f"<h1>{title}</h1>")


@app.get("/safe")
def safe():
    name = request.args.get("name", "")
    # ok: python-xss
    Markup("<b>%s</b>") % name
    # ok: python-xss
    make_response("<p>" + html.escape(name) + "</p>")
    # ok: python-xss
    make_response(render_template("hello.html", name=name))
    # ok: python-xss
    JsonResponse({"name": name})
    # ok: python-xss
    make_response("<p>%s</p>" % escape(name))
    # ok: python-xss
    return f"<p>Hello {escape(name)}</p>"
