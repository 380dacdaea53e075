"""The boxes that hold on this machine; the others' tests are skipped with the reason."""

from collections.abc import Awaitable, Callable

import pytest

from workers.box.bubblewrap import BubblewrapBox
from workers.box.choose import weakness
from workers.box.job import Box, Exited, Job, Limits, Outcome, Tier
from workers.box.limits import LimitsBox
from workers.box.unshare import UnshareBox

Run = Callable[..., Awaitable[Outcome]]


def make_box(name: str) -> Box:
    match name:
        case "bubblewrap":
            return BubblewrapBox()
        case "unshare":
            return UnshareBox(other_user=False)
    return LimitsBox()


@pytest.fixture(params=["bubblewrap", "unshare", "limits"])
async def box(request: pytest.FixtureRequest) -> Box:
    """One box of each tier."""
    box = make_box(request.param)
    why = None if box.tier is Tier.LIMITS else await weakness(box)
    if why is not None:
        pytest.skip(f"{request.param} does not hold on this machine: {why}")
    return box


@pytest.fixture(params=["bubblewrap", "unshare"])
async def isolating_box(request: pytest.FixtureRequest) -> Box:
    """One box of each tier that takes the network away."""
    box = make_box(request.param)
    why = await weakness(box)
    if why is not None:
        pytest.skip(f"{request.param} does not hold on this machine: {why}")
    return box


def shell(script: str, *, limits: Limits | None = None, **differences: object) -> Job:
    """A job that runs a shell script."""
    values: dict[str, object] = {
        "argv": ("/bin/sh", "-c", script),
        "limits": limits or Limits(wall_s=30, cpu_s=20),
    }
    return Job(**(values | differences))  # type: ignore[arg-type]


def said(outcome: Outcome) -> str:
    """What a job that ended well wrote."""
    assert isinstance(outcome, Exited), outcome
    assert outcome.code == 0, outcome.stderr
    return outcome.stdout.decode()
