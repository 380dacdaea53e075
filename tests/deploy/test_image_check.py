"""The optional check of the image says when it can't be made, instead of passing."""

import pytest

from tests import image_check


def test_without_the_tools_it_is_skipped_and_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(image_check.shutil, "which", lambda tool: None)

    assert image_check.main() == 0
    assert capsys.readouterr().out == "skipped: buildah/debootstrap missing\n"


def test_without_root_it_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_check.shutil, "which", lambda tool: f"/usr/bin/{tool}")
    monkeypatch.setattr(image_check.os, "geteuid", lambda: 1000)

    assert image_check.missing() == ["root"]


class NoShell:
    """A container in which some commands fail."""

    def __init__(self, *failing: str) -> None:
        self._failing = failing

    def __call__(self, *arguments: str) -> str:
        if self._failing and arguments[-1] in self._failing:
            raise image_check.subprocess.CalledProcessError(1, arguments)
        return ""


def test_one_failed_check_is_counted_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    container: object = NoShell("upgrade")

    assert image_check.check(container, "audit") == 1  # type: ignore[arg-type]
    assert "FAILED  the schema is made" in capsys.readouterr().out
