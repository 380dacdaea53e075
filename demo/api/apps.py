"""The app, its installations, tokens and webhook."""

import json
from typing import Any

from demo.api.call import Answer, ByApp, ByInstallation, Call, Endpoint, Open, counted, listing
from demo.auth import InstallationCaller, fingerprint, issue_token
from demo.bodies.accounts import app_body, installation_body
from demo.bodies.links import Json, stamp
from demo.bodies.repositories import repository_body
from demo.deliveries import Attempt
from demo.refusal import RefusalError, not_found
from demo.state.accounts import Installation
from demo.state.repository import Repository


async def get_app(call: Call) -> Answer:
    """The authenticated app."""
    count = sum(1 for i in call.world.installations.values() if not i.removed)
    return Answer(200, app_body(call.links, call.world.app) | {"installations_count": count})


async def get_app_by_slug(call: Call) -> Answer:
    """An app's public face."""
    if call.parameters["app_slug"] != call.world.app.slug:
        raise not_found()
    return Answer(200, app_body(call.links, call.world.app))


async def list_installations(call: Call) -> Answer:
    """Live installations; suspended ones are listed too."""
    live = [i for i in call.world.installations.values() if not i.removed]
    return listing(call, live, lambda i: installation_body(call.links, call.world, i))


async def get_installation(call: Call) -> Answer:
    """One installation."""
    return Answer(200, installation_body(call.links, call.world, _installation(call)))


async def delete_installation(call: Call) -> Answer:
    """The app uninstalls itself."""
    installation = _installation(call)
    installation.removed = True
    call.events.installation(installation, "deleted", call.world.app.bot)
    return Answer(204)


async def get_repository_installation(call: Call) -> Answer:
    """The installation that was given a repository."""
    found = call.world.installation_of(call.repository)
    if found is None:
        raise not_found()
    return Answer(200, installation_body(call.links, call.world, found))


async def get_account_installation(call: Call) -> Answer:
    """The installation on an account."""
    login = str(call.parameters.get("org") or call.parameters.get("username")).lower()
    for installation in call.world.installations.values():
        if not installation.removed and installation.account.login.lower() == login:
            return Answer(200, installation_body(call.links, call.world, installation))
    raise not_found()


async def create_token(call: Call) -> Answer:
    """A token, narrowed to the repositories and permissions asked for."""
    stateless = call.headers.get("x-github-stateless-s2s-token", "enabled") != "disabled"
    value, token = issue_token(
        call.world, call.parameters["installation_id"], call.body or {}, stateless
    )
    body: Json = {
        "token": value,
        "expires_at": stamp(token.expires_at),
        "permissions": dict(token.permissions),
        "repository_selection": "selected",
    }
    if token.repository_ids is not None:
        chosen = [call.world.repositories[i] for i in sorted(token.repository_ids)]
        body["repositories"] = [repository_body(call.links, r) for r in chosen]
    return Answer(201, body)


async def revoke_token(call: Call) -> Answer:
    """The token that made this very request stops working."""
    value = call.headers.get("authorization", "").partition(" ")[2]
    call.world.tokens.pop(fingerprint(value), None)
    return Answer(204)


async def list_installation_repositories(call: Call) -> Answer:
    """The repositories of the token."""
    assert isinstance(call.caller, InstallationCaller)  # noqa: S101 - the endpoint's access says so
    covered = [r for r in call.world.repositories.values() if call.caller.covers(r.id)]

    def body(repository: Repository) -> Json:
        return repository_body(call.links, repository)

    return counted(call, "repositories", covered, body)


async def get_hook(call: Call) -> Answer:
    """Where events go; the secret is starred out."""
    return Answer(200, _hook_body(call))


async def update_hook(call: Call) -> Answer:
    """Change where events go."""
    hook = call.world.webhook
    hook.url = (call.body or {}).get("url", hook.url)
    hook.secret = (call.body or {}).get("secret", hook.secret)
    return Answer(200, _hook_body(call))


async def list_deliveries(call: Call) -> Answer:
    """Attempts, newest first; `cursor` is the id of the first one wanted, `status` success or failure."""
    attempts = sorted(call.events.deliveries.attempts, key=lambda a: -a.id)
    wanted = call.query.get("status")
    if wanted is not None:
        attempts = [a for a in attempts if a.succeeded == (wanted == "success")]
    cursor = call.query.get("cursor")
    if cursor is not None:
        attempts = [a for a in attempts if a.id <= _cursor(cursor)]
    size = min(max(call.query.get("per_page", 30), 1), 100)
    headers = {}
    if len(attempts) > size:
        address = f"{call.links.base}{call.path}?per_page={size}&cursor={attempts[size].id}"
        headers["Link"] = f'<{address}>; rel="next"'
    return Answer(200, [_attempt_body(a) for a in attempts[:size]], headers)


async def get_delivery(call: Call) -> Answer:
    """One attempt with what was sent and what came back."""
    attempt = call.events.deliveries.find(call.parameters["delivery_id"])
    result = attempt.result
    body = _attempt_body(attempt) | {
        "request": {
            "headers": dict(attempt.request_headers),
            "payload": json.loads(attempt.message.body),
        },
        "response": {"headers": dict(result.headers), "payload": result.body},
    }
    return Answer(200, body)


async def redeliver(call: Call) -> Answer:
    """Send the message of an attempt again, under the same guid."""
    call.events.deliveries.redeliver(call.parameters["delivery_id"])
    return Answer(202, {})


def _installation(call: Call) -> Installation:
    found = call.world.installations.get(call.parameters["installation_id"])
    if found is None or found.removed:
        raise not_found()
    return found


def _hook_body(call: Call) -> dict[str, Any]:
    hook = call.world.webhook
    starred = {"secret": "********"} if hook.secret else {}
    return {"content_type": "json", "insecure_ssl": "0", "url": hook.url} | starred


def _cursor(text: str) -> int:
    if not text.isdecimal():
        raise RefusalError(422, "Invalid cursor")
    return int(text)


def _attempt_body(attempt: Attempt) -> Json:
    message = attempt.message
    return {
        "id": attempt.id,
        "guid": message.guid,
        "delivered_at": stamp(attempt.at),
        "redelivery": attempt.redelivery,
        "duration": attempt.duration,
        "status": attempt.result.status,
        "status_code": attempt.result.code,
        "event": message.event,
        "action": message.action,
        "installation_id": message.installation_id,
        "repository_id": message.repository_id,
    }


ENDPOINTS = (
    Endpoint("GET /app", ByApp(), get_app),
    Endpoint("GET /apps/{app_slug}", Open(), get_app_by_slug),
    Endpoint("GET /app/installations", ByApp(), list_installations),
    Endpoint("GET /app/installations/{installation_id}", ByApp(), get_installation),
    Endpoint("DELETE /app/installations/{installation_id}", ByApp(), delete_installation),
    Endpoint("POST /app/installations/{installation_id}/access_tokens", ByApp(), create_token),
    Endpoint("GET /repos/{owner}/{repo}/installation", ByApp(), get_repository_installation),
    Endpoint("GET /orgs/{org}/installation", ByApp(), get_account_installation),
    Endpoint("GET /users/{username}/installation", ByApp(), get_account_installation),
    Endpoint("GET /installation/repositories", ByInstallation(), list_installation_repositories),
    Endpoint("DELETE /installation/token", ByInstallation(), revoke_token),
    Endpoint("GET /app/hook/config", ByApp(), get_hook),
    Endpoint("PATCH /app/hook/config", ByApp(), update_hook),
    Endpoint("GET /app/hook/deliveries", ByApp(), list_deliveries),
    Endpoint("GET /app/hook/deliveries/{delivery_id}", ByApp(), get_delivery),
    Endpoint("POST /app/hook/deliveries/{delivery_id}/attempts", ByApp(), redeliver),
)
