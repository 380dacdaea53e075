"""One machine for all tests of the command line, and the scan that most of them look at."""

import pytest

from tests.cli.shop import Ran, Shop, a_shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return a_shop(tmp_path_factory.mktemp("machine"))


@pytest.fixture(scope="session")
def blocked(shop: Shop) -> Ran:
    """The working tree against its branch, as JSON."""
    return shop.scan(shop.repository, "--base", "main", "--format", "json")
