"""Who is calling: the app by its JWT, an installation or a person by a token, or nobody.

Rules as documented: RS256, an expiry at most ten minutes ahead, an issue time not in the future;
installation tokens live one hour and look like `ghs_<app id>_<JWT>` of about 520 characters.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import jwt

from demo.refusal import RefusalError, bad_credentials, invalid, not_found
from demo.state.accounts import Account, App, Installation, InstallationToken
from demo.state.world import World

JWT_LIFETIME: Final = timedelta(minutes=10)
TOKEN_LIFETIME: Final = timedelta(hours=1)
TOKEN_LENGTH: Final = 520
RANK: Final[Mapping[str, int]] = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class AppCaller:
    """The app itself."""

    app: App


@dataclass(frozen=True, slots=True)
class InstallationCaller:
    """An installation of the app, within what its token allows."""

    installation: Installation
    token: InstallationToken

    def may(self, permission: str, level: str) -> bool:
        """Whether the token grants the permission at that level; every app may read metadata."""
        granted = self.token.permissions.get(permission, "read" if permission == "metadata" else "")
        return RANK.get(granted, 0) >= RANK[level]

    def covers(self, repository_id: int) -> bool:
        """Whether the repository is among the token's."""
        narrowed = self.token.repository_ids
        return repository_id in self.installation.repository_ids and (
            narrowed is None or repository_id in narrowed
        )


@dataclass(frozen=True, slots=True)
class UserCaller:
    """A person."""

    account: Account


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody."""


Caller = AppCaller | InstallationCaller | UserCaller | Anonymous


def kind(caller: Caller) -> str:
    """What the journal says of the caller."""
    match caller:
        case AppCaller():
            return "jwt"
        case InstallationCaller():
            return "installation"
        case UserCaller():
            return "user"
        case Anonymous():
            return "anonymous"


def identify(world: World, authorization: str) -> Caller:
    """The caller by the Authorization header. Raises RefusalError 401, or 403 when suspended."""
    if not authorization:
        return Anonymous()
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() == "basic":
        return identify_token(world, password(credential))
    if scheme.lower() not in ("bearer", "token"):
        raise bad_credentials()
    if credential.count(".") == 2 and not credential.startswith(("ghs_", "ghu_")):
        return AppCaller(_verified(world, credential))
    return identify_token(world, credential)


def identify_token(world: World, token: str) -> Caller:
    """The caller by a token. Raises RefusalError."""
    person = world.user_tokens.get(fingerprint(token))
    if person is not None:
        return UserCaller(person)
    known = world.tokens.get(fingerprint(token))
    if known is None or known.expires_at <= world.now():
        raise bad_credentials()
    installation = world.installations[known.installation_id]
    if installation.removed:
        raise bad_credentials()
    if installation.suspended_at is not None:
        raise suspended()
    return InstallationCaller(installation, known)


def password(basic: str) -> str:
    """The password of a Basic credential. Raises RefusalError 401."""
    try:
        return base64.b64decode(basic, validate=True).decode().partition(":")[2]
    except ValueError as error:
        raise bad_credentials() from error


def suspended() -> RefusalError:
    """403, in GitHub's words."""
    return RefusalError(403, "This installation has been suspended")


def fingerprint(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(
    world: World, installation_id: int, wanted: Mapping[str, Any], stateless: bool = True
) -> tuple[str, InstallationToken]:
    """A token for an installation, narrowed as asked. Raises RefusalError 403, 404 or 422."""
    installation = world.installations.get(installation_id)
    if installation is None or installation.removed:
        raise not_found()
    if installation.suspended_at is not None:
        raise suspended()
    token = InstallationToken(
        installation_id=installation_id,
        permissions=_permissions(installation, wanted.get("permissions")),
        repository_ids=_repositories(world, installation, wanted),
        expires_at=world.now() + TOKEN_LIFETIME,
    )
    value = _stateless(world.app.id) if stateless else f"ghs_{secrets.token_hex(18)}"
    world.tokens[fingerprint(value)] = token
    return value, token


def _verified(world: World, encoded: str) -> App:
    try:
        claims = jwt.decode(
            encoded,
            world.app.public_key,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_iss": False},
        )
    except jwt.PyJWTError as error:
        raise RefusalError(401, "A JSON web token could not be decoded") from error
    _check_times(world, claims)
    if str(claims.get("iss")) not in (str(world.app.id), world.app.client_id):
        raise RefusalError(401, "Integration not found")
    return world.app


def _check_times(world: World, claims: Mapping[str, Any]) -> None:
    now, issued, expires = world.clock().timestamp(), claims.get("iat"), claims.get("exp")
    if not isinstance(expires, int) or expires <= now:
        raise RefusalError(
            401, "'Expiration time' claim ('exp') must be a numeric value in the future"
        )
    if expires - now > JWT_LIFETIME.total_seconds():
        raise RefusalError(401, "'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int) or issued > now:
        raise RefusalError(401, "'Issued at' claim ('iat') must be an Integer in the past")


def _permissions(installation: Installation, wanted: Mapping[str, str] | None) -> dict[str, str]:
    if not wanted:
        return dict(installation.permissions)
    for name, level in wanted.items():
        granted = installation.permissions.get(name, "read" if name == "metadata" else "")
        if RANK.get(level, 9) > RANK.get(granted, 0):
            raise invalid("The permissions requested are not granted to this installation.")
    return {"metadata": "read", **wanted}


def _repositories(
    world: World, installation: Installation, wanted: Mapping[str, Any]
) -> frozenset[int] | None:
    if not wanted.get("repository_ids") and not wanted.get("repositories"):
        return None
    available = {
        r.name.lower(): r.id
        for r in world.repositories.values()
        if r.id in installation.repository_ids
    }
    named = {available.get(name.lower()) for name in wanted.get("repositories", ())}
    chosen = named | set(wanted.get("repository_ids", ()))
    if not chosen <= installation.repository_ids:
        raise invalid(
            "There is at least one repository that does not exist or is not accessible "
            "to the parent installation."
        )
    return frozenset(i for i in chosen if i is not None)


def _stateless(app_id: int) -> str:
    """The form of tokens since 2026: opaque to clients, so the JWT's parts are random."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "ES256", "typ": "JWT"}).encode())
    start = f"ghs_{app_id}_{header.decode().rstrip('=')}."
    rest = secrets.token_urlsafe(TOKEN_LENGTH)[: TOKEN_LENGTH - len(start) - 1]
    return f"{start}{rest[:-86]}.{rest[-86:]}"
