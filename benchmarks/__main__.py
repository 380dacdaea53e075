"""``python -m benchmarks [NAME …]``: all benchmarks, or those named."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence

from benchmarks.figures import Figure
from benchmarks.intake import intake
from benchmarks.large import large
from benchmarks.memory import memory
from benchmarks.pull_request import pull_request
from benchmarks.scan import scan

BENCHMARKS: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "pull_request": pull_request,
    "large": large,
    "scan": scan,
    "memory": memory,
    "intake": intake,
}


def main(names: Sequence[str]) -> int:
    """Run them one after another; 3 for a name that is none."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(
            f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr
        )
        return 3
    for name in names or BENCHMARKS:
        print(name, flush=True)
        for figure in asyncio.run(_figures(name)):
            print(f"  {figure}", flush=True)
    return 0


async def _figures(name: str) -> list[Figure]:
    return await BENCHMARKS[name]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
