from django.db.models.expressions import RawSQL
from flask import Flask, request
from sqlalchemy import select, text

app = Flask(__name__)
SORTABLE = {"name": "name", "age": "created_at"}
COLUMNS = ("name", "created_at")


@app.get("/orders")
def orders_by_customer():
    name = request.args["customer"]
    query = "SELECT id, total FROM orders WHERE customer = '" + name + "'"
    # ruleid: python-sql-injection
    return cursor().execute(query).fetchall()


@app.get("/orders/<status>")
def orders_by_status(status):
    # ruleid: python-sql-injection
    db.session.execute(text(f"SELECT id FROM orders WHERE status = '{status}'"))
    parts = ["SELECT id FROM orders"]
    parts.append("WHERE status = '%s'" % status)
    # ruleid: python-sql-injection
    return connection.execute(" ".join(parts))


def customers(request):
    term = request.GET.get("term", "")
    # ruleid: python-sql-injection
    Customer.objects.raw("SELECT * FROM customer WHERE name LIKE '%{}%'".format(term))
    # ruleid: python-sql-injection
    return Customer.objects.annotate(hit=RawSQL("name = '" + term + "'", []))


@app.get("/safe")
def safe_lookups():
    name = request.args["customer"]
    # ok: python-sql-injection
    cursor().execute("SELECT id FROM orders WHERE customer = %s", (name,))
    # ok: python-sql-injection
    db.session.execute(text("SELECT id FROM orders WHERE customer = :n"), {"n": name})
    # ok: python-sql-injection
    db.session.execute(select(Order).where(Order.customer == name))
    # ok: python-sql-injection
    cursor().execute(f"SELECT id FROM orders LIMIT {int(request.args['n'])}")
    # ok: python-sql-injection
    cursor().execute("SELECT id FROM orders ORDER BY " + SORTABLE[request.args["sort"]])
    column = request.args["column"]
    if column not in COLUMNS:
        raise ValueError("unknown column")
    # ok: python-sql-injection
    return cursor().execute("SELECT id FROM orders ORDER BY " + column)


def constant_table():
    table = "orders"
    # ok: python-sql-injection
    return cursor().execute(f"SELECT count(*) FROM {table}")
