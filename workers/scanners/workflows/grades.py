"""How severe each workflow problem is, and what to do about it: one table, with the reasons."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.facts import Level, WorkflowFacts
from workers.scanners.workflows.wire import Problem


@dataclass(frozen=True, slots=True)
class Grade:
    """The severity at its worst, CWE ids, and what to do."""

    severity: Decimal
    cwe: tuple[str, ...]
    fix: str


GRADES: Final = {
    # Code of anyone who opens a pull request runs with the repository's token and secrets.
    "template-injection": Grade(
        Decimal("9"), ("CWE-94",), "Hand the value over in `env:` and use the variable, quoted."
    ),
    # With a checkout of the head it is the same; without one, one step away from it.
    "dangerous-triggers": Grade(
        Decimal("8.5"),
        ("CWE-829",),
        "Use `pull_request`, or split what needs secrets into a workflow that runs no proposed code.",
    ),
    # Variables written from untrusted text decide what later steps run.
    "github-env": Grade(
        Decimal("8"), ("CWE-94",), "Do not write untrusted text to GITHUB_ENV or GITHUB_PATH."
    ),
    "insecure-commands": Grade(
        Decimal("7.5"), ("CWE-94",), "Remove ACTIONS_ALLOW_UNSECURE_COMMANDS."
    ),
    # A commit that only looks like the action's: someone else's code with the run's token.
    "impostor-commit": Grade(
        Decimal("8.5"), ("CWE-829",), "Pin a commit that is in the action's own history."
    ),
    "hardcoded-container-credentials": Grade(
        Decimal("8"), ("CWE-798",), "Rotate the credential, and read it from a secret."
    ),
    # The one who can name himself as the bot passes the check.
    "bot-conditions": Grade(
        Decimal("7"), ("CWE-290",), "Check `github.event.pull_request.user.login` instead."
    ),
    "unsound-contains": Grade(
        Decimal("6"), ("CWE-697",), "Compare with `==`, or with a list made by `fromJSON`."
    ),
    "cache-poisoning": Grade(
        Decimal("6.5"), ("CWE-349",), "Do not restore caches in workflows that publish."
    ),
    # Makes every other flaw of the workflow worse, and is none alone.
    "excessive-permissions": Grade(
        Decimal("5.5"), ("CWE-250",), "Set `permissions: {}` and add to each job what it needs."
    ),
    "overprovisioned-secrets": Grade(
        Decimal("5.5"), ("CWE-250",), "Name the secrets that are needed, one by one."
    ),
    "unredacted-secrets": Grade(
        Decimal("5.5"),
        ("CWE-532",),
        "Keep each part of a structured secret as a secret of its own.",
    ),
    "self-hosted-runner": Grade(
        Decimal("5"), ("CWE-653",), "Use runners that are thrown away, never for forks."
    ),
    # A key that lives for years is stolen once and works for years.
    "long-lived-cloud-key": Grade(
        Decimal("5.5"),
        ("CWE-522", "CWE-798"),
        "Log in by OpenID Connect (`id-token: write` and a role to assume), then delete the key.",
    ),
    "use-trusted-publishing": Grade(
        Decimal("5"), ("CWE-522",), "Publish by trusted publishing, then delete the token."
    ),
    # The token stays in the checkout; it leaks only with an artifact or a hostile later step.
    "artipacked": Grade(
        Decimal("4"), ("CWE-522",), "Set `persist-credentials: false` on the checkout."
    ),
    "secrets-inherit": Grade(
        Decimal("4"), ("CWE-250",), "Hand over the secrets that are needed, by name."
    ),
    "secrets-outside-env": Grade(
        Decimal("3"), ("CWE-522",), "Keep the secret in an environment with protection rules."
    ),
    # Needs the action's owner to turn, or to be broken into.
    "unpinned-uses": Grade(
        Decimal("4"), ("CWE-829",), "Pin the action to a full commit id, the version in a comment."
    ),
    "unpinned-images": Grade(Decimal("4"), ("CWE-829",), "Pin the image by its digest."),
    # Habits: worth doing, and no way in by themselves.
    "dependabot-cooldown": Grade(
        Decimal("2"),
        ("CWE-829",),
        "Set a `cooldown`, so that a hijacked release is not taken at once.",
    ),
    "concurrency-limits": Grade(Decimal("1"), ("CWE-770",), "Set `concurrency` on the workflow."),
    "anonymous-definition": Grade(
        Decimal("0.5"), ("CWE-1078",), "Give the workflow or job a name."
    ),
    "dependabot-execution": Grade(
        Decimal("6"), ("CWE-829",), "Remove `insecure-external-code-execution: allow`."
    ),
}
MOST_BY_WORD: Final = {
    "high": Decimal("10"),
    "medium": Decimal("5.5"),
    "low": Decimal("2.5"),
    "informational": Decimal("1"),
}
"""zizmor grades each case (a template with a number in it is harmless): that is the upper bound."""

UNKNOWN: Final = Grade(Decimal("7"), ("CWE-1357",), "Follow the advice at the reference.")
"""A problem that is not in the table, before zizmor's own word bounds it."""

WITHOUT_CHECKOUT: Final = Decimal("5.5")
"""A dangerous trigger in a workflow that runs nothing of what is proposed."""

LIKELIHOOD: Final = {"regular": Level.HIGH, "pedantic": Level.MEDIUM, "auditor": Level.LOW}
CONFIDENCE: Final = {"high": Level.HIGH, "medium": Level.MEDIUM, "low": Level.LOW}


def grade_of(problem: Problem) -> Grade:
    """What the table says of the problem's rule."""
    return GRADES.get(problem.rule, UNKNOWN)


def facts_of(problem: Problem) -> WorkflowFacts:
    """Severity, likelihood (how strict one must be to call it a problem) and confidence."""
    severity = min(grade_of(problem).severity, MOST_BY_WORD.get(problem.severity, Decimal("7")))
    if problem.rule == "dangerous-triggers" and not problem.checks_out_head:
        severity = min(severity, WITHOUT_CHECKOUT)
    return WorkflowFacts(
        severity=severity,
        likelihood=LIKELIHOOD.get(problem.persona, Level.HIGH),
        confidence=CONFIDENCE.get(problem.confidence, Level.MEDIUM),
    )
