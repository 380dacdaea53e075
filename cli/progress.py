"""Progress on stderr: what is being read, and which scanner is done."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status

from app.domain.change import Change
from app.domain.scan import Completed, Failed, ScanReport, Skipped
from workers.scanners.scanner import Scanner


class Progress:
    """A status line while scanners run, and one line for each that ended badly.

    On anything but a terminal nothing moves: one line when the scan begins.
    """

    def __init__(self, console: Console, change: Change, scanners: Sequence[Scanner]) -> None:
        self._console = console
        self._files = len(change.files)
        self._waiting = [scanner.name for scanner in scanners]
        self._status: Status | None = None

    def __enter__(self) -> Self:
        """Begin."""
        if self._console.is_terminal:
            self._status = self._console.status(self._line())
            self._status.start()
        else:
            self._console.print(self._line(), highlight=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the status line."""
        if self._status is not None:
            self._status.stop()

    def done(self, report: ScanReport) -> None:
        """Say that one scanner is done."""
        self._waiting = [name for name in self._waiting if name != report.scanner]
        match report.state:
            case Failed(why=why):
                self._console.print(f"{report.scanner}: failed, {why}", markup=False)
            case Skipped(why=why):
                self._console.print(f"{report.scanner}: skipped, {why}", markup=False)
            case Completed():
                pass
        if self._status is not None:
            self._status.update(self._line())

    def _line(self) -> str:
        noun = "file" if self._files == 1 else "files"
        if not self._waiting:
            return "deciding"
        return f"auditing {self._files} changed {noun}: {', '.join(self._waiting)}"
