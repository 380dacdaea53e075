"""Accounts, the app, its installations and tokens."""

from demo.bodies.links import Json, Links, node_id, stamp, stamp_or_none
from demo.state.accounts import Account, App, Installation, Role
from demo.state.world import World

# Path below `users/LOGIN` for each address of an account.
ACCOUNT_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def account_body(links: Links, account: Account) -> Json:
    """`simple-user`."""
    url = links.api(f"users/{account.login.replace('[', '%5B').replace(']', '%5D')}")
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("U", account.id),
        "avatar_url": links.page(f"avatars/u/{account.id}"),
        "gravatar_id": "",
        "url": url,
        "html_url": links.page(account.login.removesuffix("[bot]")),
        **{name: url + path for name, path in ACCOUNT_LINKS.items()},
        "type": account.kind.value,
        "site_admin": False,
    }


def public_account_body(links: Links, world: World, account: Account) -> Json:
    """`public-user`."""
    owned = sum(1 for r in world.repositories.values() if r.owner == account and not r.private)
    unknown = ("name", "company", "blog", "location", "email", "hireable", "bio")
    return {
        **account_body(links, account),
        **dict.fromkeys(unknown),
        "public_repos": owned,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(world.app.created_at),
        "updated_at": stamp(world.app.created_at),
    }


def app_body(links: Links, app: App) -> Json:
    """`integration`."""
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "node_id": node_id("A", app.id),
        "owner": account_body(links, app.owner),
        "name": app.name,
        "description": "",
        "external_url": links.page(f"apps/{app.slug}"),
        "html_url": links.page(f"apps/{app.slug}"),
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def installation_body(links: Links, world: World, installation: Installation) -> Json:
    """`installation`."""
    suspended = installation.suspended_at
    return {
        "id": installation.id,
        "account": account_body(links, installation.account),
        "repository_selection": "selected",
        "access_tokens_url": links.api(f"app/installations/{installation.id}/access_tokens"),
        "repositories_url": links.api("installation/repositories"),
        "html_url": links.page(f"settings/installations/{installation.id}"),
        "app_id": world.app.id,
        "client_id": world.app.client_id,
        "app_slug": world.app.slug,
        "target_id": installation.account.id,
        "target_type": installation.account.kind.value,
        "permissions": dict(installation.permissions),
        "events": list(installation.events),
        "created_at": stamp(installation.created_at),
        "updated_at": stamp(suspended or installation.created_at),
        "single_file_name": None,
        "suspended_by": account_body(links, installation.account) if suspended else None,
        "suspended_at": stamp_or_none(suspended),
    }


def permission_body(links: Links, account: Account, role: Role) -> Json:
    """`repository-collaborator-permission`."""
    return {
        "permission": role.permission,
        "role_name": role.name,
        "user": {
            **account_body(links, account),
            "role_name": role.name,
            "permissions": {
                "pull": role.permission != "none",
                "triage": role.name in ("triage", "maintain")
                or role.permission in ("write", "admin"),
                "push": role.permission in ("write", "admin"),
                "maintain": role.name == "maintain" or role.permission == "admin",
                "admin": role.permission == "admin",
            },
        },
    }
