"""Running a command so that it ends when the supervisor does, however the supervisor ends.

Run as a file: ``python -I -S tether.py PARENT_PID COMMAND…``, standard library only, so that it costs
milliseconds. On Linux the kernel sends SIGTERM at the parent's death, and the command replaces this
program. Elsewhere this program stays as the command's parent and watches its own.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>. It outlives exec, but not a fork."""
WATCH_EACH_S = 0.5


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns only what `watched` does."""
    parent, command = int(arguments[0]), list(arguments[1:])
    if os.uname().sysname == "Linux":
        ask_for_death_signal()
        if os.getppid() != parent:  # it ended before the kernel was asked
            return 1
        os.execvp(command[0], command)  # noqa: S606 - no shell is meant
    return watched(parent, command)


def ask_for_death_signal() -> None:
    """Have the kernel send SIGTERM to this process when its parent ends. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


def watched(parent: int, command: Sequence[str]) -> int:
    """Run ``command`` as a child, stop it when ``parent`` is gone; its exit code (128 + n for signal n)."""
    # Signals come to the whole group: the command acts on them, and this program waits for it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    child = subprocess.Popen(command)
    while True:
        try:
            code = child.wait(timeout=WATCH_EACH_S)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                child.terminate()
        else:
            return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
