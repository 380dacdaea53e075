"""The audits that the texts under test are about."""

from app.domain.audit import Audit
from app.domain.scan import (
    CodeIdentity,
    Component,
    DependencyIdentity,
    Failed,
    Gap,
    GapClass,
    GapReason,
    ScanReport,
    SecretIdentity,
    Side,
    Sighting,
    Skipped,
    TraceStep,
)
from tests.builders import (
    a_change,
    a_file,
    a_report,
    a_secret,
    a_sighting,
    a_vulnerable_package,
    an_audit,
    an_unread_file,
)

NASTY = "a`|<b>@octocat #1\u202e\x1b[31m\udcff\n/audit waive.py"
"""A file name with everything in it that somebody could hope to get through."""
TRACE = (
    TraceStep("shop/search.py", 38, 'request.args["q"]'),
    TraceStep("shop/search.py", 40, "name = q"),
    TraceStep("shop/search.py", 41, 'os.system("grep " + name)'),
)
COMPONENTS = (
    Component(
        side=Side.HEAD,
        ecosystem="PyPI",
        name="example-lib",
        version="1.2.0",
        purl="pkg:pypi/example-lib@1.2.0",
        manifest="requirements.txt",
        direct=True,
    ),
    Component(
        side=Side.HEAD,
        ecosystem="npm",
        name="@scope/tool",
        version="3.0.0",
        purl="pkg:npm/%40scope/tool@3.0.0",
        manifest="package-lock.json",
        development=True,
    ),
    Component(
        side=Side.BASE,
        ecosystem="PyPI",
        name="old-lib",
        version="0.9",
        purl="pkg:pypi/old-lib@0.9",
        manifest="requirements.txt",
        direct=True,
    ),
)


def a_gap(path: str = "static/logo.png", **differences: object) -> Gap:
    """A binary file, not in scope."""
    values = {
        "scanner": "code",
        "side": Side.HEAD,
        "path": path,
        "grade": GapClass.NOT_IN_SCOPE,
        "reason": GapReason.BINARY,
        "why": "it is binary",
    }
    return Gap(**(values | differences))  # type: ignore[arg-type]


def an_old_secret() -> Sighting:
    """A token that only a commit in between has."""
    return a_secret(
        path="shop/old_settings.py",
        side=Side.HISTORY,
        commit="abcdef1" + "0" * 33,
        identity=SecretIdentity("github-token", "OLD = '§'", "e2" * 32),
    )


def a_blocked_audit() -> Audit:
    """Code traced, a secret in the history, a vulnerable package as a note, one file not read."""
    seen = (a_sighting(trace=TRACE), an_old_secret(), a_vulnerable_package(), an_unread_file())
    reports = (
        a_report("code", seen[0], seen[3], version="1.185.0", data_versions={"rules": "7"}),
        a_report("secrets", seen[1]),
        a_report("dependencies", seen[2], components=COMPONENTS),
        ScanReport(scanner="workflows", version="1", state=Skipped("no workflow changed")),
    )
    return an_audit(
        *seen,
        reports=reports,
        gaps=(a_gap(),),
        change=a_change(a_file(), a_file("requirements.txt"), a_file("static/app.js")),
    )


def a_clear_audit() -> Audit:
    """One note, and nothing else."""
    return an_audit(a_vulnerable_package())


def an_unjudged_audit() -> Audit:
    """The dependency scan did not finish."""
    broken = ScanReport(
        scanner="dependencies", version="1", state=Failed("the time limit of 60 s was reached")
    )
    return an_audit(reports=(a_report("code"), broken), asked=("requirements.txt",))


def a_hostile_audit() -> Audit:
    """Every name and text of the repository is made to break something."""
    seen = (
        a_sighting(path=NASTY, trace=(TraceStep(NASTY, 1, NASTY),), suggestion="```\n@octocat"),
        a_vulnerable_package(
            path=NASTY,
            title=f"{NASTY} 1.0: flaw",
            message=NASTY,
            fix=NASTY,
            identity=DependencyIdentity("PyPI", NASTY, "CVE-2020-0002"),
            details={"package": NASTY, NASTY: NASTY},
            aliases=(NASTY,),
            references=("javascript:alert(1)", "https://a.example/x) [y](z"),
        ),
    )
    change = a_change(a_file(NASTY), base_branch=NASTY)
    return an_audit(*seen, change=change, gaps=(a_gap(NASTY),), reports=_with_rule_names(seen))


def _with_rule_names(seen: tuple[Sighting, ...]) -> tuple[ScanReport, ...]:
    return (a_report("code", *seen, version=NASTY, data_versions={NASTY: NASTY}),)


def many_findings(number: int) -> tuple[Sighting, ...]:
    """So many command injections, each in its own file and of its own rule."""
    return tuple(
        a_sighting(
            path=f"shop/handlers/handler_{place}.py",
            rule=f"rule-{place}",
            identity=CodeIdentity(f"os.system(name_{place})", f"handler_{place}"),
        )
        for place in range(number)
    )
