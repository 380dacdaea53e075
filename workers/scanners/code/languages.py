"""Which language a file is in: by its path, else by its first line."""

import re
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final


class Language(StrEnum):
    """A language, by the name semgrep-core knows its analyzer under."""

    PYTHON = "python"
    JAVASCRIPT = "js"
    TYPESCRIPT = "ts"
    GO = "go"
    JAVA = "java"
    RUBY = "ruby"
    PHP = "php"
    DOCKERFILE = "dockerfile"
    YAML = "yaml"
    TERRAFORM = "terraform"
    BASH = "bash"


SUFFIXES: Final = {
    Language.PYTHON: "py pyi pyw",
    Language.JAVASCRIPT: "js jsx mjs cjs",
    Language.TYPESCRIPT: "ts tsx mts cts",
    Language.GO: "go",
    Language.JAVA: "java",
    Language.RUBY: "rb rake gemspec ru",
    Language.PHP: "php phtml php3 php4 php5 php7 phps",
    Language.DOCKERFILE: "dockerfile containerfile",
    Language.YAML: "yml yaml",
    Language.TERRAFORM: "tf",
    Language.BASH: "sh bash",
}
NAMES: Final = {
    "dockerfile": Language.DOCKERFILE,
    "containerfile": Language.DOCKERFILE,
    "gemfile": Language.RUBY,
    "rakefile": Language.RUBY,
    "vagrantfile": Language.RUBY,
}
RULE_NAMES: Final = {
    "python": Language.PYTHON,
    "py": Language.PYTHON,
    "python3": Language.PYTHON,
    "javascript": Language.JAVASCRIPT,
    "js": Language.JAVASCRIPT,
    "typescript": Language.TYPESCRIPT,
    "ts": Language.TYPESCRIPT,
    "go": Language.GO,
    "golang": Language.GO,
    "java": Language.JAVA,
    "ruby": Language.RUBY,
    "rb": Language.RUBY,
    "php": Language.PHP,
    "dockerfile": Language.DOCKERFILE,
    "docker": Language.DOCKERFILE,
    "yaml": Language.YAML,
    "terraform": Language.TERRAFORM,
    "hcl": Language.TERRAFORM,
    "bash": Language.BASH,
    "sh": Language.BASH,
}
"""What rule files call the languages."""

INTERPRETERS: Final = (
    (re.compile(rb"(python|pypy)[0-9.]*"), Language.PYTHON),
    (re.compile(rb"(node|nodejs|bun)"), Language.JAVASCRIPT),
    (re.compile(rb"(deno|ts-node|tsx)"), Language.TYPESCRIPT),
    (re.compile(rb"j?ruby[0-9.]*"), Language.RUBY),
    (re.compile(rb"php[0-9.]*"), Language.PHP),
    (re.compile(rb"(ba|da|z|k)?sh"), Language.BASH),
)
_BY_SUFFIX: Final = {
    suffix: language for language, suffixes in SUFFIXES.items() for suffix in suffixes.split()
}
_SHEBANG: Final = re.compile(rb"(?:\xef\xbb\xbf)?#![ \t]*([^\r\n]{1,200})")


def language_of(path: str) -> Language | None:
    """The language of a file by its path, upper and lower case alike."""
    name = PurePosixPath(path).name.lower()
    stem, _, suffix = name.rpartition(".")
    if suffix in _BY_SUFFIX and stem:
        return _BY_SUFFIX[suffix]
    return NAMES.get(name.split(".")[0])


def may_have_shebang(path: str) -> bool:
    """Whether only its first line can tell what ``path`` is: it has no suffix."""
    return "." not in PurePosixPath(path).name


def language_of_shebang(data: bytes) -> Language | None:
    """The language of the interpreter that the first line names (``#!/usr/bin/env python3``)."""
    found = _SHEBANG.match(data)
    if found is None:
        return None
    words = [word.rpartition(b"/")[2] for word in found[1].split()]
    if words and words[0] == b"env":
        words = [word for word in words[1:] if not word.startswith(b"-") and b"=" not in word]
    for pattern, language in INTERPRETERS:
        if words and pattern.fullmatch(words[0]):
            return language
    return None
