"""Addresses, times and node ids as GitHub writes them."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses on one box. REST, pages and git live on one host, as on no real GitHub."""

    base: str

    def api(self, path: str) -> str:
        """An address of the REST API."""
        return f"{self.base}/{path}"

    def page(self, path: str) -> str:
        """An address for people."""
        return f"{self.base}/{path}"


def stamp(moment: datetime) -> str:
    """Whole seconds with Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_or_none(moment: datetime | None) -> str | None:
    """The same for what may not have happened yet."""
    return None if moment is None else stamp(moment)


def node_id(kind: str, identity: int | str) -> str:
    """An opaque id in the shape of GitHub's: `PR_kwDO…`."""
    return f"{kind}_{base64.urlsafe_b64encode(str(identity).encode()).decode().rstrip('=')}"


def number_of(node: str, kind: str) -> int | None:
    """The number inside a node id of that kind; None if it is none of ours."""
    prefix, _, encoded = node.partition("_")
    if prefix != kind:
        return None
    try:
        return int(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except ValueError:
        return None
