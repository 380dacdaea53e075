"""What part a file plays in what is shipped, judged by its path alone."""

import re
from enum import StrEnum
from typing import Final


class FileRole(StrEnum):
    """Whether a file ships, is generated, or only serves tests, examples or documentation."""

    SHIPPED = "shipped"
    GENERATED = "generated"
    SUPPORT = "test, example or docs"


_SUPPORT_FOLDERS: Final = frozenset(
    "test tests testing __tests__ spec specs example examples sample samples demo demos "
    "doc docs documentation fixture fixtures testdata".split()
)
_GENERATED_FOLDERS: Final = frozenset("generated gen __generated__".split())
_SUPPORT_NAME: Final = re.compile(
    r"^(test_.*\.py|conftest\.py|.*_test\.(py|go|rb|exs?)|.*_spec\.rb"
    r"|.*\.(test|spec)\.[cm]?[jt]sx?|.*Tests?\.(java|cs|php|kt)|requirements[-_.](dev|test|docs?).*\.txt)$"
)
_GENERATED_NAME: Final = re.compile(
    r"^(.*_pb2(_grpc)?\.pyi?|.*\.pb\.go|.*\.(generated|g)\.[a-z]+|.*\.min\.(js|css))$"
)


def file_role(path: str) -> FileRole:
    """The role of the file at ``path``; anything not recognised ships.

    Only the names of folders and the file are looked at, so the answer is the same for every
    content. A pull request can choose its paths: that is why a role lowers a finding but never
    removes it.
    """
    *folders, name = path.split("/")
    lowered = {folder.lower() for folder in folders}
    if lowered & _SUPPORT_FOLDERS or _SUPPORT_NAME.match(name):
        return FileRole.SUPPORT
    if lowered & _GENERATED_FOLDERS or _GENERATED_NAME.match(name):
        return FileRole.GENERATED
    return FileRole.SHIPPED
