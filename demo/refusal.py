"""The errors GitHub answers with, as values to raise and as bodies to send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of a validation error."""

    resource: str
    field: str
    code: str
    message: str = ""

    def body(self) -> dict[str, str]:
        """As it is sent; an empty message is left out."""
        named = {"resource": self.resource, "field": self.field, "code": self.code}
        return named | ({"message": self.message} if self.message else {})


@dataclass(eq=False)
class RefusalError(Exception):
    """The request is refused: status, message, and headers beyond the usual ones."""

    status: int
    message: str
    errors: tuple[FieldError | str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, plain: bool = False) -> dict[str, Any]:
        """The JSON that GitHub sends with it; `plain` for the operations that list errors as texts."""
        listed = [_text(e) if plain else _entry(e) for e in self.errors]
        body: dict[str, Any] = {"message": self.message}
        if listed:
            body["errors"] = listed
        return body | {"documentation_url": DOCUMENTATION, "status": str(self.status)}


def _text(error: FieldError | str) -> str:
    return error if isinstance(error, str) else error.message or f"{error.field} {error.code}"


def _entry(error: FieldError | str) -> dict[str, str]:
    return {"code": "custom", "message": error} if isinstance(error, str) else error.body()


def not_found() -> RefusalError:
    """404: also the answer for what the caller may not know of."""
    return RefusalError(404, "Not Found")


def bad_credentials() -> RefusalError:
    """401 for a token that is unknown, expired or revoked."""
    return RefusalError(401, "Bad credentials")


def forbidden() -> RefusalError:
    """403 for a token that lacks a permission."""
    return RefusalError(403, "Resource not accessible by integration")


def invalid(message: str) -> RefusalError:
    """422 with a plain message."""
    return RefusalError(422, message)


def invalid_field(resource: str, name: str, code: str, message: str = "") -> RefusalError:
    """422 that names a field; `code` is one of GitHub's: missing_field, invalid, custom, …"""
    return RefusalError(422, "Validation Failed", (FieldError(resource, name, code, message),))
