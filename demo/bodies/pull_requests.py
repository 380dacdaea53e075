"""Pull requests, in full and in the lists' shorter form."""

from collections.abc import Mapping

from demo.bodies.accounts import account_body
from demo.bodies.links import Json, Links, node_id, stamp, stamp_or_none
from demo.bodies.repositories import label_body, repository_body
from demo.state.repository import PullRequest, Repository
from demo.state.world import World

# GitHub's words for how an author stands to a repository, by permission.
ASSOCIATIONS: Mapping[str, str] = {"admin": "OWNER", "write": "COLLABORATOR"}


def pull_request_body(
    links: Links, world: World, repository: Repository, pull: PullRequest
) -> Json:
    """`pull-request`."""
    return {
        **short_pull_request_body(links, world, repository, pull),
        "merged": pull.merged_at is not None,
        "mergeable": None if pull.merged_at else True,
        "rebaseable": None if pull.merged_at else True,
        "mergeable_state": "draft" if pull.draft else "unknown" if pull.merged_at else "clean",
        "merged_by": None,
        "comments": _count(repository.issue_comments, pull.number),
        "review_comments": _count(repository.review_comments, pull.number),
        "maintainer_can_modify": False,
        "commits": len(pull.commits),
        "additions": sum(file.additions for file in pull.files),
        "deletions": sum(file.deletions for file in pull.files),
        "changed_files": len(pull.files),
    }


def short_pull_request_body(
    links: Links, world: World, repository: Repository, pull: PullRequest
) -> Json:
    """`pull-request-simple`."""
    issue = pull.issue
    page = links.page(f"{repository.full_name}/pull/{pull.number}")
    addresses = _addresses(links, repository, pull)
    head = world.repositories[pull.head_repository_id]
    return {
        "id": issue.id,
        "node_id": node_id("PR", issue.id),
        "number": pull.number,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{f"{name}_url" if name != "self" else "url": url for name, url in addresses.items()},
        "_links": {name: {"href": url} for name, url in {**addresses, "html": page}.items()},
        "head": _end(links, head, pull.head_ref, pull.head_sha),
        "base": _end(links, repository, pull.base_ref, pull.base_sha),
        "draft": pull.draft,
        "labels": [label_body(links, repository, label) for label in issue.labels],
        "merged_at": stamp_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        **_conversation(links, world, repository, pull),
    }


def short_reference_body(
    links: Links, world: World, repository: Repository, pull: PullRequest
) -> Json:
    """`pull-request-minimal`, as check runs list them."""
    head = world.repositories[pull.head_repository_id]
    return {
        "id": pull.issue.id,
        "number": pull.number,
        "url": links.api(f"repos/{repository.full_name}/pulls/{pull.number}"),
        "head": {
            "ref": pull.head_ref,
            "sha": pull.head_sha,
            "repo": _reference(links, head),
        },
        "base": {
            "ref": pull.base_ref,
            "sha": pull.base_sha,
            "repo": _reference(links, repository),
        },
    }


def association(world: World, repository: Repository, login: str) -> str:
    """How an account stands to the repository; says nothing about rights."""
    account = world.account(login)
    known = account.id == repository.owner.id or account.id in repository.roles
    return ASSOCIATIONS.get(world.role(repository, account).permission, "NONE") if known else "NONE"


def _addresses(links: Links, repository: Repository, pull: PullRequest) -> dict[str, str]:
    url = links.api(f"repos/{repository.full_name}")
    one = f"{url}/pulls/{pull.number}"
    return {
        "self": one,
        "issue": f"{url}/issues/{pull.number}",
        "commits": f"{one}/commits",
        "review_comments": f"{one}/comments",
        "review_comment": f"{url}/pulls/comments{{/number}}",
        "comments": f"{url}/issues/{pull.number}/comments",
        "statuses": f"{url}/statuses/{pull.head_sha}",
    }


def _end(links: Links, repository: Repository, ref: str, sha: str) -> Json:
    return {
        "label": f"{repository.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": account_body(links, repository.owner),
        "repo": repository_body(links, repository),
    }


def _reference(links: Links, repository: Repository) -> Json:
    return {
        "id": repository.id,
        "url": links.api(f"repos/{repository.full_name}"),
        "name": repository.name,
    }


def _conversation(links: Links, world: World, repository: Repository, pull: PullRequest) -> Json:
    issue = pull.issue
    return {
        "state": issue.state,
        "locked": False,
        "title": issue.title,
        "body": issue.body,
        "user": account_body(links, issue.user),
        "created_at": stamp(issue.created_at),
        "updated_at": stamp(issue.updated_at),
        "closed_at": stamp_or_none(issue.closed_at),
        "assignee": account_body(links, issue.assignees[0]) if issue.assignees else None,
        "assignees": [account_body(links, user) for user in issue.assignees],
        "requested_reviewers": [],
        "requested_teams": [],
        "milestone": None,
        "author_association": association(world, repository, issue.user.login),
        "auto_merge": None,
    }


def _count(comments: Mapping[int, object], number: int) -> int:
    return sum(1 for comment in comments.values() if getattr(comment, "number", None) == number)
