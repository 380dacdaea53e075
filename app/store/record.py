"""An audit as bytes and back: everything its verdict rests on, compressed JSON."""

import json
import zlib

from pydantic import TypeAdapter

from app.domain.audit import Audit

_AUDIT = TypeAdapter(Audit)


def to_record(audit: Audit) -> bytes:
    """The audit as zlib-compressed ASCII JSON (lone surrogates of odd file names survive)."""
    document = json.dumps(_AUDIT.dump_python(audit, mode="json"), separators=(",", ":"))
    return zlib.compress(document.encode("ascii"), level=6)


def from_record(record: bytes) -> Audit:
    """The audit behind ``record``; raises pydantic's ValidationError if it is not one."""
    return _AUDIT.validate_python(json.loads(zlib.decompress(record)))
