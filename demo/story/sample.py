"""The sample repository: a small shop, a change that should not be merged, and its fix.

The files are data below ``demo/sample``; the token that the change leaks stands in none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from demo.story.token import provider_token

FILES: Final = Path(__file__).parent.parent / "sample"
PLACEHOLDER: Final = "{{provider token}}"
RENAMED: Final = ("shop/formatting.py", "shop/money.py")


@dataclass(frozen=True, slots=True)
class Sample:
    """Contents by path: the base's files, and what each step writes over them (None deletes)."""

    base: Mapping[str, str]
    change: Mapping[str, str | None]
    fix: Mapping[str, str]

    @property
    def rewritten(self) -> Mapping[str, str | None]:
        """The change as if the fix had been there from the start."""
        return {**self.change, **self.fix}


def sample() -> Sample:
    """The sample with a fresh token in its change."""
    base = files_below(FILES / "base")
    old, new = RENAMED
    leaked = with_token(files_below(FILES / "change"), provider_token())
    change: dict[str, str | None] = {**leaked, old: None, new: base[old]}
    return Sample(base=base, change=change, fix=files_below(FILES / "fix"))


def files_below(folder: Path) -> dict[str, str]:
    """Every file's text by its path below ``folder``."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def with_token(files: Mapping[str, str], token: str) -> dict[str, str]:
    """The files with ``token`` in the placeholder's place."""
    return {path: text.replace(PLACEHOLDER, token) for path, text in files.items()}
