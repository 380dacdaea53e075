"""What each side of the box (REST, GraphQL, git) hands to the front for sending and for the journal."""

from dataclasses import dataclass

from starlette.responses import Response

from demo.auth import Caller


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer, who got it, and for which described operation."""

    response: Response
    caller: Caller
    operation: str | None = None
