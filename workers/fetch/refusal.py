"""What the end of a failed fetch says: which problem it was."""

import re
from typing import Final

from workers.box.job import Exited, Killed, Outcome
from workers.fetch.problem import Broken, FetchError, Hostile, Missing, TooLarge, Unreachable

CAUSES: Final[tuple[tuple[tuple[str, ...], type[FetchError], str], ...]] = (
    (
        # The process that writes the pack is ended by the kernel at the size limit, wordlessly.
        ("signal 25", "file too large", "invalid index-pack output"),
        TooLarge,
        "What was to be fetched is larger than the limit of one fetch.",
    ),
    (
        ("not our ref", "couldn't find remote ref", "unadvertised object", "not found on remote"),
        Missing,
        "The remote does not have a commit that was asked for.",
    ),
    (
        ("authentication failed", "could not read username", "error: 401", "error: 403"),
        Unreachable,
        "The remote did not accept the credentials.",
    ),
    (
        ("error: 404", "' not found"),
        Missing,
        "The remote has no such repository, or the credentials do not cover it.",
    ),
    (
        ("could not resolve", "failed to connect", "couldn't connect", "connection refused"),
        Unreachable,
        "The remote could not be reached.",
    ),
    (("ssl", "certificate"), Unreachable, "The remote's certificate was not accepted."),
    (
        ("operation too slow", "timed out", "rpc failed", "early eof", "hung up", "error: 5"),
        Unreachable,
        "The connection to the remote broke.",
    ),
    (("unable to access", "redirect"), Unreachable, "The remote did not answer as expected."),
)
"""Phrases of git and curl, lower case, in order; the sentences hold nothing of the remote."""

HARMLESS: Final = (
    # Old tools wrote commits and trees like these and honest histories hold them; we parse none
    # of it. What could mislead a reader of trees (.git, .., duplicates, order) stays an error.
    "badDate",
    "badDateOverflow",
    "badEmail",
    "badName",
    "badTimezone",
    "missingEmail",
    "missingNameBeforeEmail",
    "missingSpaceBeforeDate",
    "missingSpaceBeforeEmail",
    "multipleAuthors",
    "nulInCommit",
    "zeroPaddedDate",
    "zeroPaddedFilemode",
)
FAULT: Final = re.compile(rb"^error: object [0-9a-f]+: (\w+):", re.MULTILINE)
FSCK: Final = ("fsck error", "error in object", "error in packed object")


def problem_of(outcome: Outcome) -> FetchError:
    """The problem that a fetch ended with.

    Lines that the remote wrote (``remote: …``) are not looked at: it could otherwise choose.
    """
    match outcome:
        case Killed(why=why) if why.startswith("ran longer"):
            return Unreachable(f"The fetch {why}.")
        case Killed(why=why) if why.startswith("crashed"):
            return Broken(f"git fetch {why}.")
        case Killed(why=why):
            return TooLarge(f"The fetch was ended: it {why}.")
        case Exited(code=code, stderr=stderr):
            return problem_told(stderr.decode(errors="replace").lower(), code)


def is_harmless(outcome: Outcome) -> bool:
    """Whether the fetch was refused for nothing but faults that `HARMLESS` lists."""
    if not isinstance(outcome, Exited) or not isinstance(problem_of(outcome), Hostile):
        return False
    faults = FAULT.findall(outcome.stderr)
    return bool(faults) and all(fault.decode("ascii") in HARMLESS for fault in faults)


def problem_told(text: str, code: int) -> FetchError:
    """The problem that git's own lines of ``text`` name."""
    lines = [line for line in text.splitlines() if not line.startswith("remote:")]
    said = "\n".join(lines)
    if any(phrase in said for phrase in FSCK):
        return Hostile("The repository holds objects that git's checks refuse.")
    for phrases, problem, sentence in CAUSES:
        if any(phrase in said for phrase in phrases):
            return problem(sentence)
    return Broken(f"git fetch failed with exit code {code}.")
