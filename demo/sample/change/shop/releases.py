"""What is new, read from the releases on GitHub."""

import requests

TOKEN = "{{provider token}}"
NEWEST = "https://api.github.com/repos/shop/storefront/releases/latest"


def newest() -> str:
    """The name of the newest release."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return requests.get(NEWEST, headers=headers, timeout=5).json()["name"]
