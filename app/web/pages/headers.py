"""The headers of every page: nothing from elsewhere loads, nothing runs, nothing leaks."""

from collections.abc import Mapping
from typing import Final

PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A verdict can be decided anew; an old page must not be shown for it.
    "Cache-Control": "private, no-cache",
}


def download_headers(name: str) -> dict[str, str]:
    """The page headers and a file name to save under; ``name`` is ours, ASCII without quotes."""
    return {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
