from sqlalchemy import text


def find(cursor, name):
    # ruleid: python-sql-built-from-text
    cursor.execute(f"SELECT id FROM users WHERE name = '{name}'")
    # ruleid: python-sql-built-from-text
    cursor.execute("SELECT id FROM users WHERE name = '%s'" % name)
    # ruleid: python-sql-built-from-text
    cursor.execute("DELETE FROM users WHERE name = '" + name + "'")
    # ruleid: python-sql-built-from-text
    return cursor.execute(text("UPDATE users SET seen = 1 WHERE name = '{}'".format(name)))


def safe(cursor, name, job):
    # ok: python-sql-built-from-text
    cursor.execute("SELECT id FROM users WHERE name = ?", (name,))
    # ok: python-sql-built-from-text
    cursor.execute("SELECT id FROM users " "WHERE id = 1")
    # ok: python-sql-built-from-text
    cursor.execute("SELECT id " + "FROM users")
    # ok: python-sql-built-from-text
    job.execute(f"resize image {name}")
