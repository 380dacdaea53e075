"""What tests of several folders share: a PostgreSQL, started when the first of them asks for it.

Laws are searched without a clock, since machines differ. Sockets to anything but loopback are off by
the options in pyproject.toml.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.app.store.postgres import PostgresServer


settings.register_profile(
    "laws", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("laws")


@pytest.fixture(scope="session")
def postgres() -> "Iterator[PostgresServer]":
    """The server; where it cannot run a test is skipped, or fails when REQUIRE_POSTGRES is 1."""
    # Imported here: most runs need neither the server nor what it imports.
    from tests.app.store.postgres import CannotRunHereError, running_postgres

    try:
        with running_postgres() as server:
            yield server
    except CannotRunHereError as error:
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            raise
        pytest.skip(str(error))
