"""Repositories, branches, rules, labels."""

from collections.abc import Mapping
from typing import Any

from demo.bodies.accounts import account_body
from demo.bodies.links import Json, Links, node_id, stamp
from demo.state.discussion import Label
from demo.state.repository import Repository, RequiredCheck

# Path below `repos/OWNER/NAME` for each address of a repository.
REPOSITORY_LINKS: Mapping[str, str] = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
# What the box has none of.
COUNTS = (
    "forks_count",
    "stargazers_count",
    "watchers_count",
    "forks",
    "watchers",
    "size",
    "subscribers_count",
    "network_count",
)


def repository_body(links: Links, repository: Repository) -> Json:
    """`full-repository`, which is also every smaller shape of a repository."""
    url = links.api(f"repos/{repository.full_name}")
    page = links.page(repository.full_name)
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "owner": account_body(links, repository.owner),
        "html_url": page,
        "description": None,
        "fork": repository.fork_of is not None,
        "url": url,
        **{name: url + path for name, path in REPOSITORY_LINKS.items()},
        "clone_url": f"{page}.git",
        "git_url": f"{page}.git",
        "ssh_url": f"{page}.git",
        "svn_url": page,
        **_facts(repository),
    }


def _facts(repository: Repository) -> Json:
    open_issues = sum(1 for issue in repository.issues.values() if issue.state == "open")
    return {
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        **dict.fromkeys(COUNTS, 0),
        "default_branch": repository.default_branch,
        "open_issues_count": open_issues,
        "open_issues": open_issues,
        "has_issues": True,
        **dict.fromkeys(("has_projects", "has_wiki", "has_pages"), False),
        **dict.fromkeys(("has_downloads", "has_discussions", "disabled"), False),
        "archived": repository.archived,
        "pushed_at": stamp(repository.pushed_at),
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.pushed_at),
    }


def short_repository_body(repository: Repository) -> Json:
    """The shape that installation events list."""
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
    }


def label_body(links: Links, repository: Repository, label: Label) -> Json:
    """`label`."""
    return {
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": links.api(f"repos/{repository.full_name}/labels/{label.id}"),
        "name": label.name,
        "description": "",
        "color": label.color,
        "default": False,
    }


def rule_body(repository: Repository, checks: list[RequiredCheck]) -> Json:
    """`repository-rule-detailed` of the kind that requires status checks."""
    required: list[dict[str, Any]] = [
        {"context": check.name} | ({} if check.app_id is None else {"integration_id": check.app_id})
        for check in checks
    ]
    return {
        "type": "required_status_checks",
        "ruleset_source_type": "Repository",
        "ruleset_source": repository.full_name,
        "ruleset_id": repository.id,
        "parameters": {
            "required_status_checks": required,
            "strict_required_status_checks_policy": False,
        },
    }


def branch_body(links: Links, repository: Repository, branch: str, commit: Json) -> Json:
    """`branch-with-protection`."""
    url = links.api(f"repos/{repository.full_name}/branches/{branch}")
    names = [c.name for c in repository.required_checks if c.branch == branch]
    return {
        "name": branch,
        "commit": commit,
        "_links": {"self": url, "html": links.page(f"{repository.full_name}/tree/{branch}")},
        "protected": bool(names),
        "protection": {"enabled": bool(names)},
        "protection_url": f"{url}/protection",
    }
