"""The user's own cache folder, for local runs."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """``$XDG_CACHE_HOME/pragmatic-audit`` (XDG Base Directory specification)."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "pragmatic-audit"


def fetched_advisories() -> Path | None:
    """What `audit advisories update` fetched, if it ever did."""
    folder = cache_folder() / "advisories"
    return folder if folder.is_dir() else None
