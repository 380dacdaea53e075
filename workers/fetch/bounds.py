"""Limits of one fetch: sizes in bytes, times in seconds."""

from typing import Final

MAX_COMMITS: Final = 250
"""Commits of a change that are read one by one, as many as GitHub lists; the rest is counted."""

MAX_PACK: Final = 128 << 20
"""One file that git writes while it fetches (a pack, compressed)."""

MAX_BLOB: Final = 16 << 20
"""The largest blob that is read: the limit of the most generous reader (lock files)."""

MAX_ENTRIES: Final = 100_000
"""Entries of one tree or difference that are read."""

MAX_WANTED: Final = 20_000
"""Blobs that are fetched for one change."""

MAX_FETCHES: Final = 24
"""Requests spent on finding the blobs that do not fit, before what is left counts as too large."""

MAX_TARGETS: Final = 40_000
"""Files of one material."""

MAX_MATERIAL: Final = 512 << 20
"""Bytes of one material."""

BATCH: Final = 16 << 20
"""Bytes of blobs or of difference that the worker holds at a time (one blob more at most)."""

GIT_OUTPUT: Final = 64 << 20
"""What one git command may print."""

READ_WALL_S: Final = 60.0
FETCH_WALL_S: Final = 180.0
GIT_CPU_S: Final = 120

LOW_SPEED_BYTES: Final = 1000
LOW_SPEED_S: Final = 20
"""A transfer slower than LOW_SPEED_BYTES a second for so long is given up."""
