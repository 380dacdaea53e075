"""Our own reading of workflow YAML: bounded, and by nodes, so that an alias costs nothing."""

import pytest

from workers.scanners.workflows import cloud_login
from workers.scanners.workflows.steps import WorkflowError, composed, steps

LOGIN = """
jobs:
  deploy:
    steps:
      - uses: actions/checkout@v4
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          aws-access-key-id: ${{ secrets.AWS_ID }}
          aws-secret-access-key: ${{ secrets.AWS_SECRET }}
"""


def test_steps_are_told_with_route_and_lines() -> None:
    found = {step.route: (step.uses, step.line) for step in steps(composed(LOGIN))}
    assert found["jobs.deploy.steps[1]"] == ("aws-actions/configure-aws-credentials@v4", 6)


def test_a_stored_cloud_key_is_a_problem() -> None:
    (problem,) = cloud_login.problems(composed(LOGIN))
    assert (problem.rule, problem.route) == ("long-lived-cloud-key", "jobs.deploy.steps[1]")


def test_a_login_by_role_is_none() -> None:
    by_role = LOGIN.partition("        with:")[0] + "        with:\n          role-to-assume: arn\n"
    assert list(cloud_login.problems(composed(by_role))) == []


def test_a_stored_key_in_the_environment_is_a_problem_too() -> None:
    text = "jobs:\n  a:\n    env:\n      AWS_SECRET_ACCESS_KEY: ${{ secrets.KEY }}\n"
    (problem,) = cloud_login.problems(composed(text))
    assert problem.route == "jobs.a.env"


@pytest.mark.parametrize(
    ("ref", "is_head"),
    [
        ("${{ github.event.pull_request.head.sha }}", True),
        ("${{ github.head_ref }}", True),
        ("refs/pull/${{ github.event.number }}/merge", True),
        ("main", False),
    ],
)
def test_checking_out_what_is_proposed_is_noticed(ref: str, is_head: bool) -> None:
    text = f"steps:\n  - uses: actions/checkout@v4\n    with:\n      ref: {ref}\n"
    assert cloud_login.checks_out_head(composed(text)) is is_head


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "--- 1\n--- 2\n", "[" * 5000, "a: \x01"])
def test_what_is_no_yaml_document_is_one_clear_error(text: str) -> None:
    with pytest.raises(WorkflowError):
        list(steps(composed(text)))


def test_an_alias_bomb_is_walked_once_a_node() -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert list(steps(composed("\n".join(lines)))) == []


def test_too_many_nodes_are_refused() -> None:
    with pytest.raises(WorkflowError, match="too large"):
        list(steps(composed("\n".join("- x" for _ in range(60_000)))))
