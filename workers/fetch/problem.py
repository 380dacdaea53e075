"""How a fetch can fail; each message is one sentence without URL, token or text of the remote."""


class FetchError(Exception):
    """A change could not be read."""


class Unreachable(FetchError):  # noqa: N818 - the names are the vocabulary of the callers
    """The remote did not answer as it should; trying again may help."""


class Hostile(FetchError):  # noqa: N818
    """Objects that git's checks refuse; trying again does not help."""


class Missing(FetchError):  # noqa: N818
    """A commit, reference or repository that was asked for is not there."""


class TooLarge(FetchError):  # noqa: N818
    """More than the limits of one fetch allow."""


class Broken(FetchError):  # noqa: N818
    """Git failed on the copy on this machine; a fresh one may help."""
