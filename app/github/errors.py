"""What can go wrong in talking to GitHub, each with one clear sentence that holds no token."""

import re
from typing import Final

_TOKEN: Final = re.compile(r"(gh[a-z]_|github_pat_)[A-Za-z0-9._-]+|eyJ[A-Za-z0-9._-]{20,}")
_LONGEST: Final = 300


class GitHubError(Exception):
    """Any trouble with GitHub; `str()` is a sentence that can be shown and logged."""


class TryLater(GitHubError):  # noqa: N818 - named for what happened
    """What was asked can be had later: do the whole job again in ``seconds``."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class RateLimited(TryLater):
    """A primary or secondary rate limit; going on before ``seconds`` are over may get the app banned."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"GitHub's rate limit is reached; it ends in {seconds:.0f} s.", seconds)


class AnswerLost(TryLater):
    """No answer, or a server error: a write may or may not have taken effect.

    GitHub gives a request up after ten seconds, so after fifteen it has happened or never will.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, 15.0)


class InstallationGone(GitHubError):  # noqa: N818 - named for what happened
    """The installation is suspended or removed: drop its queued work, never retry."""

    def __init__(self, installation_id: int, why: str) -> None:
        super().__init__(f"Installation {installation_id} {why}.")
        self.installation_id = installation_id


class BadAnswer(GitHubError):  # noqa: N818 - named for what happened
    """GitHub answered with success and something else than it documents."""


class Refused(GitHubError):  # noqa: N818 - named for what happened
    """GitHub said no: nothing was done. ``said`` is its own message, shortened."""

    def __init__(self, status: int, what: str, said: str) -> None:
        super().__init__(f"GitHub refused {what} with {status}: {said}")
        self.status = status
        self.said = said


class Unauthorized(Refused):
    """401: the credentials were not accepted."""


class Forbidden(Refused):
    """403 that is no rate limit: a permission is missing or the repository is read-only."""


class NotFound(Refused):
    """404 or 410: it is not there, or not for us."""


class Invalid(Refused):
    """422: the request was understood and not accepted."""


class Moved(Refused):
    """3xx on a write: the repository has another name; nothing was done."""


def without_tokens(text: str) -> str:
    """The first line of ``text``, tokens masked, unprintable characters dropped, at most 300 long."""
    line = "".join(letter for letter in text.strip().split("\n", 1)[0] if letter.isprintable())
    return _TOKEN.sub("(token)", line)[:_LONGEST]
