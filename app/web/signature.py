"""The webhook signature: HMAC-SHA256 over the raw body (GitHub docs, *Validating webhook deliveries*)."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

SCHEME: Final = "sha256="


def is_signed(body: bytes, signature: str, secrets: Sequence[bytes]) -> bool:
    """Whether ``signature`` (``sha256=`` and 64 hex digits) was made with one of ``secrets``.

    Several, since a secret is changed at GitHub and here at different moments. Every one is tried in
    constant time, so that the time taken says nothing.
    """
    given = signature.encode("latin-1", "replace")
    matches = [hmac.compare_digest(given, _signature(body, secret)) for secret in secrets]
    return any(matches)


def _signature(body: bytes, secret: bytes) -> bytes:
    return (SCHEME + hmac.new(secret, body, hashlib.sha256).hexdigest()).encode()
