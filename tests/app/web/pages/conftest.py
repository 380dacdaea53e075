"""Pages are tested without a database, and in a browser whose driver holds the event loop."""

import pytest


@pytest.fixture(autouse=True)
def drivers_ended() -> None:
    """In place of the one that waits, on the test's loop, for drivers that no page has."""
