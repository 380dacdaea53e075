"""What there is to buy."""

from flask import Blueprint, abort, jsonify

from shop.database import connect
from shop.formatting import price

pages = Blueprint("catalogue", __name__)


@pages.get("/products/<int:number>")
def product(number: int):
    """One product."""
    with connect() as database:
        row = database.execute(
            "SELECT name, cents FROM products WHERE id = ?", (number,)
        ).fetchone()
    if row is None:
        abort(404)
    return jsonify(name=row["name"], price=price(row["cents"]))
