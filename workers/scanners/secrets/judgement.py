"""Candidates of all detectors → one secret a place, with its kind, its shape and its context."""

import hashlib
import hmac
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from app.domain.facts import SecretKind, SecretShape
from workers.scanners.secrets.candidate import Candidate, Lines
from workers.scanners.secrets.kinds import public_prefix, type_of
from workers.scanners.secrets.own import NEAR
from workers.scanners.secrets.wire import FoundSecret

PLACEHOLDER: Final = re.compile(
    r"(?i)example|placeholder|change[-_ ]?me|dummy|sample|redacted|your[-_ ]?[a-z]|insert[-_ ]"
    r"|x{6,}|\*{3,}|\.{3,}|0{10,}|1234567890|abcdefgh|<[^>]*>|\$\{|\$\(|\{\{|%\(|%s|\$[A-Z_]+\b"
    r"|os\.environ|process\.env|getenv|ENV\["
)
"""What stands where a secret would: documented examples, templates, look-ups."""

COMMON: Final = frozenset(
    "password passwd passw0rd pass secret postgres postgresql mysql root admin administrator test"
    " testing guest user username changeme change-me letmein hunter2 foobar foo bar baz qwerty"
    " 123456 12345678 1234 rabbitmq redis mongo mongodb docker development dev token key pwd"
    " app db default local none null true false string".split()
)
OWN_MACHINE: Final = re.compile(
    r"(?i)localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal"
    r"|([\w-]+\.)*example(\.(com|org|net))?|([\w-]+\.)*(test|invalid|localhost)"
)
LOOK_ALIKE_BEFORE: Final = re.compile(
    r"(?i)(sha(1|224|256|384|512)|md5|integrity|checksum|digest|fingerprint|etag|revision|commit"
    r"|uuid|guid|nonce|sourcemap|public[-_ ]?key|blake2\w*|crc32|hash)[\"'\w-]{0,12}[-:=\s\"'>]*$"
)
UUID: Final = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ALLOWED: Final = re.compile(
    r"(?i)pragma:\s*(allow|white)list|gitleaks:allow|betterleaks:allow|kingfisher:ignore"
    r"|trufflehog:ignore|nosecret|noseclint"
)
ALLOWED_NEXT: Final = re.compile(r"(?i)pragma:\s*(allow|white)list\s+nextline")
KEY_BEFORE: Final = re.compile(r"[\"']?([A-Za-z_][\w.-]{0,80})[\"']?\s*[:=]\s*[|>]?[+-]?\s*$")
LONG_WORD: Final = re.compile(r"(?=[\w+/=.~-]*\d)(?=[\w+/=.~-]*[A-Za-z])[\w+/=.~-]{16,}")
SECRET_MARK: Final = "§"
AROUND: Final = 120
"""Characters of a line kept on each side of a secret."""

FAR: Final = 4000
STRONG_URL_PASSWORD: Final = 12


def judged(candidates: Iterable[Candidate], lines: Lines, key: bytes) -> Iterator[FoundSecret]:
    """The secrets among ``candidates``, each place once, in order."""
    everything = sorted(candidates, key=lambda candidate: (candidate.start, candidate.end))
    kept = [each for each in everything if not is_look_alike(each, lines)]
    spans = merged(everything)
    for group in _groups(_paired(kept)):
        chosen = max(group, key=_weight)
        by = tuple(sorted({each.by for each in group}))
        yield _secret(chosen, by, lines, spans, key)


def merged(candidates: Iterable[Candidate]) -> list[tuple[int, int]]:
    """The stretches that any candidate (in order of place) covers, none of them overlapping."""
    spans: list[tuple[int, int]] = []
    for each in candidates:
        if spans and each.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], each.end))
        else:
            spans.append((each.start, each.end))
    return spans


def is_look_alike(candidate: Candidate, lines: Lines) -> bool:
    """Whether an untyped candidate is a hash, an id, a placeholder or a look-up."""
    if candidate.type == "twilio-key" and candidate.value.startswith("AC"):
        return True  # the account's id, which is no secret
    if candidate.typed:
        return False
    line = lines.number(candidate.start)
    before = lines.text[max(lines.start(line), candidate.start - 60) : candidate.start]
    return bool(
        UUID.fullmatch(candidate.value)
        or LOOK_ALIKE_BEFORE.search(before)
        or is_placeholder(candidate.value)
    )


def is_placeholder(value: str) -> bool:
    """Whether ``value`` is one that stands in for a secret."""
    plain = value.strip("\"'").lower()
    return plain in COMMON or len(set(plain)) <= 3 or PLACEHOLDER.search(value) is not None


def shape_of(candidate: Candidate, lines: Lines) -> SecretShape:
    """How sure the form makes us."""
    if is_placeholder_of_type(candidate, lines):
        return SecretShape.PLACEHOLDER
    if not candidate.typed:
        return SecretShape.GENERIC
    is_valid = type_of(candidate.type).is_valid(candidate.value)
    return SecretShape.VALID if is_valid else SecretShape.TYPED


def is_placeholder_of_type(candidate: Candidate, lines: Lines) -> bool:
    """Whether a candidate is an example, judged by what its type allows."""
    match type_of(candidate.type).kind:
        case SecretKind.PRIVATE_KEY:
            return "EXAMPLE" in candidate.value
        case SecretKind.URL_PASSWORD:
            return is_placeholder(candidate.value) or _is_harmless_url(candidate, lines)
        case SecretKind.GENERIC if candidate.type == "jwt":
            # The payload of the example that the format's own site shows, {"sub":"1234567890", …
            return "eyJzdWIiOiIxMjM0NTY3ODkwI" in candidate.value
        case _:
            # A checksum that is right outweighs an "xxxxxx" that chance made.
            is_valid = type_of(candidate.type).is_valid(candidate.value)
            said = candidate.value.upper()
            return "EXAMPLE" in said or (not is_valid and is_placeholder(candidate.value))


def _is_harmless_url(candidate: Candidate, lines: Lines) -> bool:
    """Whether the host of a URL is this machine or reserved for examples, or its user the password.

    A long mixed password is a secret also beside a host reserved for examples by its last label.
    """
    text = lines.text
    begin = max(text.rfind(stop, 0, candidate.start) for stop in " \t\n\"'<>(=,`") + 1
    user = text[begin : candidate.start].rpartition("//")[2].rstrip(":")
    host = re.split(r"[\s/?#\"'<>,;)]", text[candidate.end + 1 : candidate.end + 200], maxsplit=1)[
        0
    ]
    name = re.sub(r":\d*$", "", host)
    if user == candidate.value or not name or PLACEHOLDER.search(name.replace("example", "")):
        return True
    if OWN_MACHINE.fullmatch(name) is None:
        return False
    strong = len(candidate.value) >= STRONG_URL_PASSWORD and _is_mixed(candidate.value)
    return not (strong and urlsplit(f"//{name}").netloc.endswith(".example"))


def _is_mixed(value: str) -> bool:
    return all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d"))


def _paired(candidates: Sequence[Candidate]) -> list[Candidate]:
    """An AWS secret beside a key id is a pair, and that id is then a part of it."""
    ids = [each for each in candidates if each.type == "aws-access-key-id"]
    secrets = [each for each in candidates if each.type == "aws-secret-key"]
    taken = {each for each in ids if any(_is_near(each, secret) for secret in secrets)}
    paired = [secret for secret in secrets if any(_is_near(each, secret) for each in taken)]
    return [
        replace(each, type="aws-key-pair") if each in paired else each
        for each in candidates
        if each not in taken
    ]


def _is_near(one: Candidate, other: Candidate) -> bool:
    is_close = abs(one.start - other.end) <= NEAR or abs(other.start - one.end) <= NEAR
    return is_close and not is_placeholder(one.value) and not is_placeholder(other.value)


def _groups(candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
    """Candidates that share characters, with those that share characters with them."""
    group: list[Candidate] = []
    end = -1
    for candidate in sorted(candidates, key=lambda each: (each.start, each.end)):
        if group and candidate.start >= end:
            yield group
            group, end = [], -1
        group.append(candidate)
        end = max(end, candidate.end)
    if group:
        yield group


def _weight(candidate: Candidate) -> tuple[object, ...]:
    """The surest and most specific word about a place: typed, valid, a type we know, the longest."""
    known = type_of(candidate.type)
    is_valid = candidate.typed and known.is_valid(candidate.value)
    is_url = known.kind is SecretKind.URL_PASSWORD
    length = candidate.end - candidate.start
    return (candidate.typed, is_valid, not is_url, known.prefix is not None, length, candidate.type)


def _secret(
    candidate: Candidate,
    by: tuple[str, ...],
    lines: Lines,
    spans: Sequence[tuple[int, int]],
    key: bytes,
) -> FoundSecret:
    known = type_of(candidate.type)
    line = lines.number(candidate.start)
    digest = hmac.new(key, candidate.value.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return FoundSecret(
        type=candidate.type,
        title=known.title,
        kind=known.kind,
        shape=shape_of(candidate, lines),
        line=line,
        end_line=lines.number(max(candidate.start, candidate.end - 1)),
        digest=digest.hexdigest(),
        prefix=public_prefix(candidate.type, candidate.value),
        context=context_of(candidate, lines, spans),
        allowed=is_allowed(lines, line),
        by=by,
    )


def is_allowed(lines: Lines, line: int) -> bool:
    """Whether a comment asks detectors to look away from ``line``."""
    marked = ALLOWED.search(lines.line(line)) is not None
    return marked or ALLOWED_NEXT.search(lines.line(line - 1)) is not None


def context_of(candidate: Candidate, lines: Lines, spans: Sequence[tuple[int, int]]) -> str:
    """The line around a secret with no secret in it, and the key it stands under if that is above.

    Long words of letters and digits are masked too: what no detector knows may still be a secret.
    """
    line = lines.number(candidate.start)
    first, last = lines.start(line), lines.end(line)
    # Masked before it is cut: half of a secret would no longer look like one.
    before = _masked(lines.text, max(first, candidate.start - FAR), candidate.start, spans)[
        -AROUND:
    ]
    after = _masked(lines.text, candidate.end, min(last, candidate.end + FAR), spans)[:AROUND]
    shown = " ".join(f"{before}{SECRET_MARK}{after}".split())
    above = (
        KEY_BEFORE.search(_masked(lines.text, lines.start(line - 1), first, spans))
        if (line > 1 and not before.strip())
        else None
    )
    return f"{above[1]}: {shown}" if above is not None else shown


def _masked(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
    """``text[start:end]`` with what any detector saw in it replaced."""
    if start >= end:
        return ""
    shown = list(text[start:end])
    known = bisect_left(spans, (start, start))
    for first, last in spans[max(known - 1, 0) : bisect_left(spans, (end, end))]:
        for at in range(max(first, start), min(last, end)):
            shown[at - start] = SECRET_MARK
    joined = re.sub(f"{SECRET_MARK}+", SECRET_MARK, "".join(shown))
    return LONG_WORD.sub(SECRET_MARK, joined)
