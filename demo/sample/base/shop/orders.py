"""What was bought."""

from flask import Blueprint, jsonify

from shop.database import connect
from shop.formatting import price

pages = Blueprint("orders", __name__)
NEWEST = 50


@pages.get("/orders/<int:customer>")
def orders(customer: int):
    """The newest orders of a customer."""
    with connect() as database:
        rows = database.execute(
            "SELECT id, cents FROM orders WHERE customer = ? ORDER BY id DESC LIMIT ?",
            (customer, NEWEST),
        ).fetchall()
    return jsonify([{"id": row["id"], "total": price(row["cents"])} for row in rows])
