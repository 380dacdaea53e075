"""The buttons on a check: run again, and those that the app offers."""

from demo.actions.stage import Stage
from demo.state.checks import CheckRun
from demo.state.repository import Repository


def rerequest(stage: Stage, run_id: int, by: str) -> None:
    """ "Re-run" on one check run."""
    repository, run = find_run(stage, run_id)
    repository.check_suites[run.suite_id].status = "queued"
    stage.events.check_run(repository, run, "rerequested", stage.person(by))


def rerequest_all(stage: Stage, run_id: int, by: str) -> None:
    """ "Re-run all checks" on the suite of a run."""
    repository, run = find_run(stage, run_id)
    suite = repository.check_suites[run.suite_id]
    suite.status, suite.conclusion = "queued", None
    stage.events.check_suite(repository, suite, "rerequested", stage.person(by))


def click(stage: Stage, run_id: int, identifier: str, by: str) -> None:
    """A button of the app. Raises ValueError when the run does not offer it."""
    repository, run = find_run(stage, run_id)
    if identifier not in {action.identifier for action in run.actions}:
        raise ValueError(f"{run.name} offers no {identifier}")
    requested = {"requested_action": {"identifier": identifier}}
    stage.events.check_run(repository, run, "requested_action", stage.person(by), requested)


def find_run(stage: Stage, run_id: int) -> tuple[Repository, CheckRun]:
    """A run and its repository. Raises KeyError."""
    for repository in stage.world.repositories.values():
        if run_id in repository.check_runs:
            return repository, repository.check_runs[run_id]
    raise KeyError(f"the box has no check run {run_id}")
