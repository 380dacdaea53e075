"""Whether a caller may do what an operation does, and which repository it is about."""

from dataclasses import dataclass
from typing import assert_never

from demo.api.call import Access, ByApp, ByInstallation, Needs, Open
from demo.api.checks import forbidden_to_people
from demo.auth import AppCaller, Caller, InstallationCaller, UserCaller
from demo.refusal import RefusalError, forbidden, not_found
from demo.state.repository import Repository
from demo.state.world import World


@dataclass(eq=False)
class MovedError(Exception):
    """The repository has another name now."""

    repository: Repository


def find_repository(world: World, owner: str, name: str) -> Repository:
    """The repository of a path. Raises MovedError, or RefusalError 404."""
    full_name = f"{owner}/{name}"
    found = world.find_repository(full_name)
    if found is not None:
        return found
    moved = world.moved(full_name)
    if moved is not None:
        raise MovedError(moved)
    raise not_found()


def check_caller(access: Access, caller: Caller) -> None:
    """Whether this kind of caller may use the operation at all. Raises RefusalError."""
    match access:
        case Open():
            return
        case ByApp():
            if not isinstance(caller, AppCaller):
                raise RefusalError(401, "A JSON web token could not be decoded")
        case ByInstallation():
            if not isinstance(caller, InstallationCaller):
                raise RefusalError(403, "Resource not accessible by integration")
        case Needs():
            if isinstance(caller, AppCaller):
                raise RefusalError(401, "A JSON web token can't be used for this resource")
        case _:
            assert_never(access)


def check_repository(world: World, access: Access, caller: Caller, found: Repository) -> None:
    """Whether the caller may do this to this repository. Raises RefusalError 403 or 404."""
    if isinstance(access, ByApp):
        return
    if not may_see(world, caller, found):
        raise not_found()
    writing = isinstance(access, Needs) and any(level != "read" for _, level in access.any_of)
    if writing and found.archived:
        raise RefusalError(403, "Repository was archived so is read-only.")
    if isinstance(access, Needs) and not _granted(world, access, caller, found, writing):
        raise forbidden()


def may_see(world: World, caller: Caller, found: Repository) -> bool:
    """Whether the repository exists for this caller."""
    if not found.private:
        return True
    match caller:
        case InstallationCaller():
            return caller.covers(found.id)
        case UserCaller(account):
            return world.role(found, account).permission != "none"
        case _:
            return False


def _granted(world: World, access: Needs, caller: Caller, found: Repository, writing: bool) -> bool:
    match caller:
        case InstallationCaller():
            covered = caller.covers(found.id) or not writing
            return covered and any(caller.may(name, level) for name, level in access.any_of)
        case UserCaller(account):
            if access.app_only:
                raise forbidden_to_people()
            return not writing or world.role(found, account).permission in ("write", "admin")
        case _:
            if writing:
                raise RefusalError(401, "Requires authentication")
            return True
