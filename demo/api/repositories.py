"""Repositories, who may do what in them, branches and their rules."""

from demo.api.call import Answer, ByInstallation, Call, Endpoint, listing, reads
from demo.bodies.accounts import permission_body, public_account_body
from demo.bodies.commits import commit_body
from demo.bodies.repositories import branch_body, repository_body, rule_body
from demo.git.commits import read_commit, reference
from demo.refusal import RefusalError, not_found
from demo.state.accounts import Account, AccountKind


async def get_repository(call: Call) -> Answer:
    """One repository."""
    return Answer(200, repository_body(call.links, call.repository))


async def get_permission(call: Call) -> Answer:
    """A person's permission: admin, write, read or none; the exact role in `role_name`."""
    login = call.parameters["username"]
    account = call.world.find_account(login)
    if account is None or account.kind is not AccountKind.USER:
        raise RefusalError(404, f"{login} is not a user")
    role = call.world.role(call.repository, account)
    return Answer(200, permission_body(call.links, account, role))


async def check_collaborator(call: Call) -> Answer:
    """204 for a collaborator, 404 for anyone else."""
    account = _account(call)
    known = account.id == call.repository.owner.id or account.id in call.repository.roles
    if not known:
        raise not_found()
    return Answer(204)


async def get_user(call: Call) -> Answer:
    """An account's public face."""
    return Answer(200, public_account_body(call.links, call.world, _account(call)))


async def get_branch(call: Call) -> Answer:
    """A branch and whether it is protected."""
    name = call.parameters["branch"]
    sha = await reference(call.repository.path, f"refs/heads/{name}")
    if sha is None:
        raise RefusalError(404, "Branch not found")
    commit = await read_commit(call.repository.path, sha)
    body = commit_body(call.links, call.world, call.repository, commit)
    return Answer(200, branch_body(call.links, call.repository, name, body))


async def list_rules(call: Call) -> Answer:
    """The rules of a branch; the box knows required checks only."""
    name = call.parameters["branch"]
    checks = [check for check in call.repository.required_checks if check.branch == name]
    rules = [checks] if checks else []
    return listing(call, rules, lambda found: rule_body(call.repository, found))


def _account(call: Call) -> Account:
    found = call.world.find_account(call.parameters["username"])
    if found is None:
        raise not_found()
    return found


_REPO = "/repos/{owner}/{repo}"
_METADATA = reads("metadata")
ENDPOINTS = (
    Endpoint(f"GET {_REPO}", _METADATA, get_repository),
    Endpoint(f"GET {_REPO}/collaborators/{{username}}/permission", _METADATA, get_permission),
    Endpoint(f"GET {_REPO}/collaborators/{{username}}", _METADATA, check_collaborator),
    Endpoint(f"GET {_REPO}/branches/{{branch}}", reads("contents"), get_branch),
    Endpoint(f"GET {_REPO}/rules/branches/{{branch}}", _METADATA, list_rules),
    Endpoint("GET /users/{username}", ByInstallation(), get_user),
)
