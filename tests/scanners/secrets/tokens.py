"""Made-up credentials of the right structure, put together at run time: no token stands in a file."""

import random
import string
import zlib

ALPHANUMERIC = string.ascii_letters + string.digits
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


class Tokens:
    """A source of tokens; equal seeds give equal ones."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)

    def text(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """Random characters, small, capital and digit among the first three where there is room."""
        rest = "".join(self._random.choice(alphabet) for _ in range(length))
        return "aB3" + rest[3:] if alphabet == ALPHANUMERIC and length > 3 else rest

    def github(self, prefix: str = "p") -> str:
        """A classic token with its checksum."""
        body = self.text(30)
        number, digits = zlib.crc32(body.encode()), ""
        while number:
            number, digit = divmod(number, 62)
            digits = BASE62[digit] + digits
        return f"gh{prefix}_{body}{digits.rjust(6, '0')}"

    def aws_id(self) -> str:
        """An access key id."""
        return "AK" + "IA" + self.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    def aws_secret(self) -> str:
        """A secret access key."""
        return self.text(40)

    def anthropic(self) -> str:
        """An API key."""
        return "sk-" + "ant-api03-" + self.text(93) + "AA"

    def azure(self) -> str:
        """A client secret."""
        return self.text(3, string.ascii_letters) + "8" + "Q~" + self.text(34)

    def stripe(self) -> str:
        """A live key."""
        return "sk" + "_live_" + self.text(40)

    def slack_webhook(self) -> str:
        """An incoming webhook's address."""
        capitals = string.ascii_uppercase + string.digits
        place = f"T{self.text(10, capitals)}/B{self.text(10, capitals)}/{self.text(24)}"
        return "https://hooks." + "slack.com/services/" + place

    def private_key(self) -> str:
        """A PEM block with a random body."""
        dashes = "-" * 5
        body = "\n".join(self.text(64) for _ in range(12))
        return f"{dashes}BEGIN RSA PRIVATE KEY{dashes}\n{body}\n{dashes}END RSA PRIVATE KEY{dashes}"
