"""The shop service."""

import os

from flask import Flask

from shop import catalogue, orders, search


def create_app() -> Flask:
    """The application; its settings come from the environment."""
    app = Flask(__name__)
    app.secret_key = os.environ["SHOP_SECRET_KEY"]
    app.register_blueprint(catalogue.pages)
    app.register_blueprint(orders.pages)
    app.register_blueprint(search.pages)
    return app
