def read(cursor):
    # ruleid: python-select-star
    cursor.execute("SELECT * FROM orders")
    # ruleid: python-select-star
    cursor.execute("select * from orders order by id")


def safe(cursor, pk):
    # ok: python-select-star
    cursor.execute("SELECT id, total FROM orders")
    # ok: python-select-star
    cursor.execute("SELECT * FROM orders LIMIT 50")
    # ok: python-select-star
    cursor.execute("SELECT * FROM orders WHERE id = %s", (pk,))
    # ok: python-select-star
    cursor.execute("SELECT count(*) FROM orders")
