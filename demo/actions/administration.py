"""Making repositories, giving roles, installing, suspending, renaming."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from demo.actions.stage import Stage
from demo.bodies.commits import no_reply_address
from demo.git.program import git_line
from demo.git.writing import Author, commit_files, copy_branches, create_bare, set_reference
from demo.state.accounts import ROLES, Account, AccountKind, Installation, Role
from demo.state.repository import Repository


@dataclass(frozen=True, slots=True)
class NewRepository:
    """What a repository starts with: another's branches, or a first commit of these files."""

    name: str
    source: Path | None = None
    private: bool = False
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
    owner_kind: AccountKind = AccountKind.ORGANIZATION
    installed: bool = True


async def create_repository(stage: Stage, wanted: NewRepository) -> Repository:
    """A repository `owner/name`, with the app installed on it unless told otherwise."""
    login, _, name = wanted.name.partition("/")
    owner = stage.world.account(login, wanted.owner_kind)
    repository = await _new(stage, owner, name, wanted)
    if wanted.source is not None:
        await copy_branches(wanted.source, repository.path)
    elif wanted.files:
        author = Author(owner.login, no_reply_address(owner))
        sha = await commit_files(repository.path, None, wanted.files, "Begin", author)
        await set_reference(repository.path, f"refs/heads/{repository.default_branch}", sha)
    if wanted.installed:
        install(stage, repository)
    return repository


async def fork(stage: Stage, name: str, login: str) -> Repository:
    """A person's fork, on which the app is not installed."""
    origin = stage.world.repository(name)
    wanted = NewRepository(f"{login}/{origin.name}", origin.path, origin.private)
    copy = await _new(stage, stage.person(login), origin.name, wanted)
    copy.fork_of = origin.id
    await copy_branches(origin.path, copy.path)
    return copy


def install(stage: Stage, repository: Repository) -> Installation:
    """Give the app a repository; the first of an account makes the installation."""
    world = stage.world
    for installation in world.installations.values():
        if installation.account.id == repository.owner.id and not installation.removed:
            installation.repository_ids.add(repository.id)
            stage.events.installation_repositories(installation, [repository], [])
            return installation
    new = Installation(
        id=world.next_id(),
        account=repository.owner,
        permissions={**world.app.permissions},
        events=world.app.events,
        created_at=world.now(),
        repository_ids={repository.id},
    )
    world.installations[new.id] = new
    stage.events.installation(new, "created", repository.owner)
    return new


def take_away(stage: Stage, repository: Repository) -> None:
    """Take a repository from the app."""
    installation = stage.world.installation_of(repository)
    if installation is not None:
        installation.repository_ids.discard(repository.id)
        stage.events.installation_repositories(installation, [], [repository])


def suspend(stage: Stage, installation: Installation) -> None:
    """The owner suspends the app."""
    installation.suspended_at = stage.world.now()
    stage.events.installation(installation, "suspend", installation.account)


def unsuspend(stage: Stage, installation: Installation) -> None:
    """The owner lets the app work again."""
    installation.suspended_at = None
    stage.events.installation(installation, "unsuspend", installation.account)


def uninstall(stage: Stage, installation: Installation) -> None:
    """The owner removes the app."""
    installation.removed = True
    stage.events.installation(installation, "deleted", installation.account)


def set_role(stage: Stage, name: str, login: str, role: str | Role) -> Account:
    """Give a person a role: a built-in one by its name, or a custom one."""
    account = stage.person(login)
    given = ROLES[role] if isinstance(role, str) else role
    stage.world.repository(name).roles[account.id] = given
    return account


def rename(stage: Stage, name: str, new_name: str) -> Repository:
    """Another name for a repository, the owner staying; the old one redirects from now on."""
    repository = stage.world.repository(name)
    stage.world.former_names[repository.full_name.lower()] = repository.id
    old, repository.name = repository.name, new_name
    stage.world.former_names.pop(repository.full_name.lower(), None)
    stage.events.repository_renamed(repository, old, repository.owner)
    return repository


async def _new(stage: Stage, owner: Account, name: str, wanted: NewRepository) -> Repository:
    world = stage.world
    if world.find_repository(f"{owner.login}/{name}") is not None:
        raise ValueError(f"{owner.login}/{name} exists already")
    identity = world.next_id()
    repository = Repository(
        id=identity,
        owner=owner,
        name=name,
        private=wanted.private,
        default_branch=await _default_branch(wanted.source),
        path=world.root / "repositories" / f"{identity}.git",
        created_at=world.now(),
        pushed_at=world.now(),
    )
    await create_bare(repository.path, repository.default_branch)
    world.repositories[identity] = repository
    return repository


async def _default_branch(source: Path | None) -> str:
    if source is None:
        return "main"
    return await git_line(source, "symbolic-ref", "--short", "HEAD")
