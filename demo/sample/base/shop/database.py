"""The database."""

import os
import sqlite3


def connect() -> sqlite3.Connection:
    """A connection whose rows can be read by column name."""
    connection = sqlite3.connect(os.environ.get("SHOP_DATABASE", "shop.db"))
    connection.row_factory = sqlite3.Row
    return connection
