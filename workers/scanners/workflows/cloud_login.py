"""Logging in to a cloud with a key that lives for years, where the run's own identity would do.

zizmor does not report this. Each provider's login action takes a short-lived token (OIDC) instead.
"""

import re
from collections.abc import Iterator
from typing import Final

import yaml

from workers.scanners.workflows.steps import Step, environments, steps
from workers.scanners.workflows.wire import Problem

RULE: Final = "long-lived-cloud-key"
DESCRIPTION: Final = "a cloud is logged in to with a stored, long-lived key"
URL: Final = "https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments"
LOGINS: Final = {
    "aws-actions/configure-aws-credentials": ("aws-secret-access-key",),
    "google-github-actions/auth": ("credentials_json",),
    "azure/login": ("creds", "client-secret"),
    "aliyun/configure-aliyun-credentials-action": ("access-key-secret",),
}
"""Actions that log in, and their inputs that hold a long-lived key."""

KEY_VARIABLE: Final = re.compile(r"aws_secret_access_key|arm_client_secret|google_credentials")
STORED: Final = re.compile(r"\$\{\{[^}]*\bsecrets\s*[.\[]")
CHECKOUT: Final = re.compile(r"(?i)^actions/checkout(@|$)")
HEAD: Final = re.compile(r"head[._](sha|ref|branch|commit)|\.head\b|merge_commit_sha|refs/pull/")


def problems(root: yaml.Node | None) -> Iterator[Problem]:
    """Every place that hands a stored cloud key over."""
    for step in steps(root):
        keys = LOGINS.get(step.uses.partition("@")[0].lower(), ())
        if any(STORED.search(step.inputs.get(key, "")) for key in keys):
            yield _problem(step)
    for variables in environments(root):
        names = [name for name in variables.inputs if KEY_VARIABLE.fullmatch(name)]
        if any(STORED.search(variables.inputs[name]) for name in names):
            yield _problem(variables)


def checks_out_head(root: yaml.Node | None) -> bool:
    """Whether a step checks out the code that a pull request proposes."""
    return any(
        CHECKOUT.match(step.uses) and any(HEAD.search(text) for text in step.inputs.values())
        for step in steps(root)
    )


def _problem(step: Step) -> Problem:
    return Problem(
        rule=RULE,
        description=DESCRIPTION,
        url=URL,
        severity="medium",
        confidence="high",
        persona="regular",
        line=step.line,
        end_line=step.end_line,
        route=step.route,
        ignored=False,
        checks_out_head=False,
    )
