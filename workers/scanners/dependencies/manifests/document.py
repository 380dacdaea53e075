"""Decoding text, JSON and TOML that an attacker wrote: one clear error, whatever is wrong."""

import codecs
import json
import tomllib
from typing import Any, Final, NoReturn

from app.domain.scan import GapReason
from workers.scanners.dependencies.manifests.manifest import ManifestError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""UTF-32 before UTF-16: the little-endian mark of one begins with the other's."""
MAX_DEPTH: Final = 200
"""Nesting of tables and arrays; the deepest real lock files (npm v1) stay below 50."""


def decoded(data: bytes) -> str:
    """``data`` as text by its byte order mark, else UTF-8.

    Raises:
        ManifestError: it is neither.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        why = f"not {encoding.upper()} text"
        raise ManifestError(GapReason.UNDECODABLE, why) from error
    if "\0" in text:
        raise ManifestError(GapReason.UNDECODABLE, "not text: it holds NUL characters")
    return text


def read_json(text: str) -> dict[str, Any]:
    """The JSON object in ``text``.

    Raises:
        ManifestError: it is not JSON, no object, nested too deep, or names a key twice (readers
            would disagree on which counts).
    """
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError as error:
        raise ManifestError(GapReason.PARSE_FAILURE, "nested too deep") from error
    except ManifestError:
        raise
    except ValueError as error:
        raise ManifestError(GapReason.PARSE_FAILURE, f"not JSON: {str(error)[:120]}") from error
    if not isinstance(document, dict):
        raise ManifestError(GapReason.PARSE_FAILURE, "not a JSON object")
    return document


def read_toml(text: str) -> dict[str, Any]:
    """The TOML document in ``text``.

    Raises:
        ManifestError: it is not TOML, or nested too deep.
    """
    if (
        max((line.count(".") for line in text.splitlines() if line[:1] == "["), default=0)
        > MAX_DEPTH
    ):
        raise ManifestError(GapReason.PARSE_FAILURE, "nested too deep")
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except RecursionError as error:
        raise ManifestError(GapReason.PARSE_FAILURE, "nested too deep") from error
    except ValueError as error:
        raise ManifestError(GapReason.PARSE_FAILURE, f"not TOML: {str(error)[:120]}") from error


def table(value: object, what: str) -> dict[str, Any]:
    """``value`` as a table.

    Raises:
        ManifestError: it is none.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ManifestError(GapReason.PARSE_FAILURE, f"{what} is not a table")
    return value


def tables(value: object, what: str) -> list[dict[str, Any]]:
    """``value`` as a list of tables.

    Raises:
        ManifestError: it is none.
    """
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ManifestError(GapReason.PARSE_FAILURE, f"{what} is not a list of tables")
    return value


def text_of(value: object) -> str:
    """``value`` when it is text, else ""."""
    return value if isinstance(value, str) else ""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ManifestError(GapReason.PARSE_FAILURE, "a key stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ManifestError(GapReason.PARSE_FAILURE, f"not JSON: {name}")
