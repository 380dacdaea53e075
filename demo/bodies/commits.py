"""Commits, changed files and comparisons."""

from typing import Any
from urllib.parse import quote

from demo.bodies.accounts import account_body
from demo.bodies.links import Json, Links, node_id
from demo.git.commits import Commit, Signature
from demo.git.diff import ChangedFile
from demo.state.accounts import Account
from demo.state.repository import Repository
from demo.state.world import World

UNSIGNED: Json = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}
# Beyond this GitHub lists the file without its patch (repository limits: 20,000 lines, 500 KB).
PATCH_LINES = 20_000
PATCH_BYTES = 500 * 1024


def commit_body(links: Links, world: World, repository: Repository, commit: Commit) -> Json:
    """`commit`."""
    url = links.api(f"repos/{repository.full_name}/commits/{commit.sha}")
    git_url = links.api(f"repos/{repository.full_name}/git/commits/{commit.sha}")
    return {
        "url": url,
        "sha": commit.sha,
        "node_id": node_id("C", commit.sha),
        "html_url": links.page(f"{repository.full_name}/commit/{commit.sha}"),
        "comments_url": f"{url}/comments",
        "commit": {
            "url": git_url,
            "author": _signature(commit.author),
            "committer": _signature(commit.committer),
            "message": commit.message,
            "comment_count": 0,
            "tree": _tree(links, repository, commit.tree),
            "verification": UNSIGNED,
        },
        "author": _account(links, world, commit.author),
        "committer": _account(links, world, commit.committer),
        "parents": [_parent(links, repository, sha) for sha in commit.parents],
    }


def git_commit_body(links: Links, repository: Repository, commit: Commit) -> Json:
    """`git-commit`."""
    return {
        "sha": commit.sha,
        "node_id": node_id("C", commit.sha),
        "url": links.api(f"repos/{repository.full_name}/git/commits/{commit.sha}"),
        "html_url": links.page(f"{repository.full_name}/commit/{commit.sha}"),
        "author": _signature(commit.author),
        "committer": _signature(commit.committer),
        "message": commit.message,
        "tree": _tree(links, repository, commit.tree),
        "parents": [_parent(links, repository, sha) for sha in commit.parents],
        "verification": UNSIGNED,
    }


def simple_commit_body(commit: Commit) -> Json:
    """`simple-commit`, as check suites and merge groups carry it."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": commit.committer.date,
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def file_body(links: Links, repository: Repository, head: str, changed: ChangedFile) -> Json:
    """`diff-entry`. The patch is missing for binary and very large files, as on GitHub."""
    path = quote(changed.path, errors="surrogateescape")
    body: dict[str, Any] = {
        "sha": changed.blob,
        "filename": changed.path.encode(errors="surrogateescape").decode(errors="replace"),
        "status": changed.status,
        "additions": changed.additions,
        "deletions": changed.deletions,
        "changes": changed.additions + changed.deletions,
        "blob_url": links.page(f"{repository.full_name}/blob/{head}/{path}"),
        "raw_url": links.page(f"{repository.full_name}/raw/{head}/{path}"),
        "contents_url": links.api(f"repos/{repository.full_name}/contents/{path}?ref={head}"),
    }
    if changed.patch is not None and _small(changed.patch):
        body["patch"] = changed.patch
    if changed.previous_path is not None:
        body["previous_filename"] = changed.previous_path
    return body


def _small(patch: str) -> bool:
    return patch.count("\n") < PATCH_LINES and len(patch.encode(errors="replace")) < PATCH_BYTES


def _signature(signature: Signature) -> Json:
    return {"name": signature.name, "email": signature.email, "date": signature.date}


def _tree(links: Links, repository: Repository, sha: str) -> Json:
    return {"sha": sha, "url": links.api(f"repos/{repository.full_name}/git/trees/{sha}")}


def _parent(links: Links, repository: Repository, sha: str) -> Json:
    return {
        "sha": sha,
        "url": links.api(f"repos/{repository.full_name}/commits/{sha}"),
        "html_url": links.page(f"{repository.full_name}/commit/{sha}"),
    }


def _account(links: Links, world: World, signature: Signature) -> Json | None:
    """The account a commit is attributed to: by its address, as GitHub does."""
    login = signature.email.removesuffix(NO_REPLY).partition("+")[2]
    found = world.find_account(login) if signature.email.endswith(NO_REPLY) else None
    return None if found is None else account_body(links, found)


NO_REPLY = "@users.noreply.github.com"


def no_reply_address(account: Account) -> str:
    """The address by which a commit is attributed to an account."""
    return f"{account.id}+{account.login}{NO_REPLY}"
