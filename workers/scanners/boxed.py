"""The one entry of our own readers, run boxed: a request on stdin, one JSON answer on stdout.

Run as ``python -s -P -m workers.scanners.boxed READER``. A reader is a function
``read(request) -> answer`` of JSON values; trouble with one file is part of its answer. Readers use
the standard library, `app.domain` and the scanners' own environment, and are imported only when
asked for: starting costs about 40 ms.
"""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

READERS: Final = {
    "code": "workers.scanners.code.boxed_reader",
    "secrets": "workers.scanners.secrets.boxed_reader",
    "dependencies": "workers.scanners.dependencies.boxed_reader",
    "workflows": "workers.scanners.workflows.boxed_reader",
}
"""Every reader by name; nothing else can be started here."""

MAX_REQUEST: Final = 64 << 20
MAX_ANSWER: Final = 128 << 20
"""Bytes of an answer, below what any box reads of stdout."""

Read = Callable[[dict[str, Any]], dict[str, Any]]


class RequestError(ValueError):
    """What was asked for is not a request; the message says why."""


def reader(name: str) -> Read:
    """The function of the reader called ``name``. Raises `RequestError` when there is none."""
    if name not in READERS:
        raise RequestError(f"no reader is called {name!r}")
    read: Read = import_module(READERS[name]).read
    return read


def answer(name: str, data: bytes) -> bytes:
    """The answer of reader ``name`` to the request ``data``, both JSON objects."""
    if len(data) > MAX_REQUEST:
        raise RequestError(f"a request of more than {MAX_REQUEST >> 20} MiB")
    request = json.loads(data)
    if not isinstance(request, dict):
        raise RequestError("a request is a JSON object")
    document = json.dumps(reader(name)(request), ensure_ascii=True).encode("ascii")
    if len(document) > MAX_ANSWER:
        raise RequestError(f"an answer of more than {MAX_ANSWER >> 20} MiB")
    return document


def main() -> None:
    """Answer one request. A fault of ours ends with code 1 and its kind, without its text.

    A traceback's last line can quote a file, and what a file holds may be a secret.
    """
    try:
        document = answer(sys.argv[1] if len(sys.argv) > 1 else "", sys.stdin.buffer.read())
    except RequestError as error:
        sys.exit(str(error))
    except Exception as error:
        sys.exit(f"the reader failed: {type(error).__name__} {place_of(error)}")
    sys.stdout.buffer.write(document)


def place_of(error: BaseException) -> str:
    """Module and line where ``error`` was raised, for the log."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "nowhere known"
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return f"in {module} line {trace.tb_lineno}"


if __name__ == "__main__":
    main()
