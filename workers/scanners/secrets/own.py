"""Our own patterns: what the other two detectors miss, only hint at, or can't judge."""

import re
from collections.abc import Iterator
from typing import Final

from workers.scanners.secrets.candidate import Candidate

NAME: Final = "own"
_START: Final = r"(?<![A-Za-z0-9_+/-])"
_END: Final = r"(?![A-Za-z0-9_+/-])"

PATTERNS: Final = {
    "aws-access-key-id": rf"{_START}(?:AKIA|ASIA)[A-Z0-9]{{16}}{_END}",
    "azure-client-secret": rf"{_START}[A-Za-z0-9_~.-]{{3}}\dQ~[A-Za-z0-9_~.-]{{31,34}}{_END}",
    "github-token": rf"{_START}gh[pousr]_[A-Za-z0-9]{{36,80}}{_END}",
    "github-fine-grained-token": rf"{_START}github_pat_\w{{22}}_\w{{59}}{_END}",
    "anthropic-key": rf"{_START}sk-ant-(?:api|admin)\d\d-[\w-]{{80,120}}{_END}",
    "openai-key": rf"{_START}sk-(?:proj|svcacct|admin)-[\w-]{{40,200}}{_END}",
    "npm-token": rf"{_START}npm_[A-Za-z0-9]{{36}}{_END}",
    "discord-token": rf"{_START}[MNO][\w-]{{23,27}}\.[\w-]{{6}}\.[\w-]{{27,40}}{_END}",
    "slack-webhook": r"https://hooks\.slack\.com/services/T\w{8,12}/B\w{8,12}/\w{24}",
    "jwt": rf"{_START}eyJ[\w-]{{10,2000}}\.eyJ[\w-]{{10,4000}}\.[\w-]{{20,1000}}{_END}",
    "aws-secret-key": (
        r"(?i:aws|secret)[\w .-]{0,30}(?i:key|secret|token)[\"'\s]{0,3}[:=]{1,2}>?\s{0,3}[\"']?"
        rf"(?P<value>[A-Za-z0-9/+]{{40}}){_END}"
    ),
    "url-password": (
        r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@\"'<>]{0,100}:"
        r"(?P<value>[^\s/@\"'<>]{3,200})@[\w.$\[{-]"
    ),
}
"""One pattern a type; the group ``value``, where there is one, is the secret alone."""

KEY_BLOCK: Final = (
    r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?!-----)[A-Za-z0-9+/=\s,:.()\\\"'-]){80,20000}"
    r"-----END (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
)
"""A key with a body. A header alone opens nothing: code that reads keys is full of them."""

_COMPILED: Final = tuple((name, re.compile(pattern)) for name, pattern in PATTERNS.items())
_KEY: Final = re.compile(KEY_BLOCK)
_BARE_SECRET: Final = re.compile(rf"{_START}[A-Za-z0-9/+]{{40}}{_END}")
NEAR: Final = 400
"""Characters around an AWS key id in which its secret is looked for."""


def found_in(text: str) -> Iterator[Candidate]:
    """Everything our patterns see in ``text``."""
    for name, pattern in _COMPILED:
        for match in pattern.finditer(text):
            group = "value" if "value" in pattern.groupindex else 0
            if name != "aws-secret-key" or _is_mixed(match[group]):
                yield _candidate(name, match.start(group), match.end(group), text)
    for match in _KEY.finditer(text):
        yield _candidate("private-key", match.start(), match.end(), text)
    yield from _bare_secrets(text)


def _bare_secrets(text: str) -> Iterator[Candidate]:
    """Strings of an AWS secret's form close to a key id, whatever they are called."""
    for found in dict(_COMPILED)["aws-access-key-id"].finditer(text):
        before = max(0, found.start() - NEAR)
        for match in _BARE_SECRET.finditer(text, before, found.end() + NEAR):
            if _is_mixed(match[0]):
                yield _candidate("aws-secret-key", match.start(), match.end(), text)


def _is_mixed(value: str) -> bool:
    """Whether small and capital letters and digits are all there: a hash in hex is no secret."""
    return bool(re.search("[a-z]", value) and re.search("[A-Z]", value) and re.search(r"\d", value))


def _candidate(name: str, start: int, end: int, text: str) -> Candidate:
    return Candidate(type=name, start=start, end=end, value=text[start:end], typed=True, by=NAME)
