"""The benchmarks run, and what they say follows from what was measured. No time is asserted."""

import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.figures import at_least, at_most, by_turns, seconds
from benchmarks.intake import intake
from benchmarks.material import build, code_change, mixed_change
from benchmarks.program import ProgramError, run

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def names(repository: Path) -> list[str]:
    command = ("git", "ls-tree", "-r", "--name-only", "main")
    told = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    return told.stdout.splitlines()


def test_a_missed_aim_is_said_as_plainly_as_a_met_one() -> None:
    assert str(at_most("ours / raw", [3.0, 9.0, 2.9], [1.0], 1.5)).endswith("(aim ≤ 1.5 ×: missed)")
    assert str(at_least("peer / ours", [9.0], [1.0], 8)) == "peer / ours: 9.00 × (aim ≥ 8 ×: met)"


def test_a_median_is_shown_with_its_spread_and_number() -> None:
    assert str(seconds("audit", [3.0, 1.0, 2.0])) == "audit: 2.00 s (1.00–3.00, n = 3)"


async def test_measures_take_turns() -> None:
    order: list[str] = []

    def measure(name: str) -> Callable[[], Awaitable[float]]:
        async def measured() -> float:
            order.append(name)
            return float(len(order))

        return measured

    taken = await by_turns({"a": measure("a"), "b": measure("b")}, 2)

    assert order == ["a", "b", "a", "b"]
    assert taken == {"a": [1.0, 3.0], "b": [2.0, 4.0]}


async def test_a_program_that_fails_gives_no_figure(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="ended with 128"):
        await run("git", "log", cwd=tmp_path, env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})


def test_an_unknown_name_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["everything"]) == 3
    assert "there are pull_request, large" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.integration
def test_copies_share_blobs_but_no_tree(tmp_path: Path) -> None:
    repository = build(tmp_path / "two.git", at_least=2500)
    found = names(repository.path)

    assert len(found) == repository.files >= 2500
    assert set(mixed_change()) | set(code_change()) <= set(found)
    trees = {
        subprocess.run(
            ("git", "rev-parse", f"main:{folder}"),
            cwd=repository.path,
            capture_output=True,
            check=True,
        ).stdout
        for folder in ("rich", "copy000/rich")
    }
    assert len(trees) == 2


@pytest.mark.integration
async def test_intake_is_measured_on_a_served_application() -> None:
    (figure,) = await intake(rounds=1, length_s=0.2)

    assert figure.name == "durable / signature only"
    assert figure.value.endswith(" ×")


def test_the_document_tells_each_benchmark_and_its_command() -> None:
    text = DOCUMENT.read_text("utf-8")

    assert [name for name in BENCHMARKS if f'make bench ARGS="{name}"' not in text] == []
