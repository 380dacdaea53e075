import jinja2
from flask import Flask, render_template_string, request

app = Flask(__name__)
environment = jinja2.Environment(autoescape=True)


@app.get("/hello")
def hello():
    name = request.args.get("name")
    # ruleid: python-template-injection
    return render_template_string("<p>Hello " + name + "</p>")


@app.post("/preview")
def preview():
    # ruleid: python-template-injection
    jinja2.Template(request.form["body"]).render()
    # ruleid: python-template-injection
    return environment.from_string(f"Dear {request.form['title']}").render()


@app.get("/safe")
def safe():
    name = request.args.get("name")
    # ok: python-template-injection
    render_template_string("<p>Hello {{ name }}</p>", name=name)
    # ok: python-template-injection
    return jinja2.Template("Hello {{ name }}").render(name=name)
