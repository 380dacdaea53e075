"""Sizes and contents of objects that are in a repository."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

from workers.fetch.bounds import BATCH, GIT_OUTPUT, MAX_BLOB
from workers.fetch.git import Git, Place
from workers.fetch.problem import Broken


class Objects:
    """The objects of one repository, read by id."""

    def __init__(self, git: Git, place: Place) -> None:
        self._git = git
        self._place = place

    async def sizes(self, ids: Iterable[str], kind: str = "blob") -> dict[str, int]:
        """Bytes of each object of ``kind`` that is present; others are left out."""
        unique = tuple(dict.fromkeys(ids))
        if not unique:
            return {}
        command = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)")
        output = await self._git.read(self._place, *command, stdin=lines(unique))
        facts = (line.split(" ") for line in output.decode("ascii", "replace").splitlines())
        return {fact[0]: int(fact[2]) for fact in facts if len(fact) == 3 and fact[1] == kind}

    async def contents(self, sizes: Mapping[str, int]) -> AsyncIterator[tuple[str, bytes]]:
        """Id and bytes of each blob of ``sizes``, no more than a batch in memory at a time."""
        for batch in batches(sizes):
            output = await self._git.read(
                self._place,
                "cat-file",
                "--batch",
                stdin=lines(batch),
                output_bytes=GIT_OUTPUT,
            )
            for id_, data in batch_contents(output):
                yield id_, data


def lines(ids: Iterable[str]) -> bytes:
    """Ids one a line."""
    return "".join(f"{id_}\n" for id_ in ids).encode("ascii")


def batches(sizes: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """The ids in groups whose blobs have at most `BATCH` bytes, or one blob more than that."""
    batch: list[str] = []
    held = 0
    for id_, size in sizes.items():
        if batch and held + size > BATCH:
            yield tuple(batch)
            batch, held = [], 0
        batch.append(id_)
        held += size
    if batch:
        yield tuple(batch)


def batch_contents(output: bytes) -> Iterator[tuple[str, bytes]]:
    """Id and bytes of each object in the output of ``git cat-file --batch``."""
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        facts = output[at:end].decode("ascii", "replace").split(" ")
        if len(facts) != 3:
            raise Broken("git could not read a blob that it has.")
        size = int(facts[2])
        yield facts[0], output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def fits(size: int | None) -> bool:
    """Whether a blob of this size is read at all."""
    return size is not None and size <= MAX_BLOB
