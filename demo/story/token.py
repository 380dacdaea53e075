"""A provider's token that nobody ever issued, with a correct checksum, put together at run time."""

import secrets
import string
import zlib
from typing import Final

ALPHANUMERIC: Final = string.ascii_letters + string.digits
BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_LENGTH: Final = 30
CHECKSUM_LENGTH: Final = 6


def provider_token() -> str:
    """A token shaped as GitHub's classic ones: prefix, 30 characters, their CRC-32 in base 62.

    The shape is in GitHub's "Behind GitHub's new authentication token formats" (2021).
    """
    body = "".join(secrets.choice(ALPHANUMERIC) for _ in range(RANDOM_LENGTH))
    return "_".join(("ghp", body + checksum(body)))


def checksum(body: str) -> str:
    """The last six characters of a token with this body."""
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, len(BASE62))
        digits = BASE62[digit] + digits
    return digits.rjust(CHECKSUM_LENGTH, BASE62[0])
