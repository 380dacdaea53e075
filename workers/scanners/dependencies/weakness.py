"""Weakness classes (CWE) in a few words, for flaws whose records have no summary of their own."""

from collections.abc import Iterable
from typing import Final

UNNAMED: Final = "known flaw"

_WORDS: Final = {
    "template injection": ("CWE-1336",),
    "command injection": ("CWE-77", "CWE-78", "CWE-88"),
    "code injection": ("CWE-94", "CWE-95", "CWE-96"),
    "SQL injection": ("CWE-89", "CWE-564"),
    "unsafe deserialisation": ("CWE-502",),
    "prototype pollution": ("CWE-1321",),
    "path traversal": ("CWE-22", "CWE-23", "CWE-36", "CWE-73"),
    "link following": ("CWE-59", "CWE-61"),
    "server-side request forgery": ("CWE-918",),
    "XML external entities": ("CWE-611", "CWE-776"),
    "cross-site scripting": ("CWE-79", "CWE-80"),
    "cross-site request forgery": ("CWE-352",),
    "open redirect": ("CWE-601",),
    "request smuggling": ("CWE-444",),
    "header injection": ("CWE-93", "CWE-113"),
    "memory corruption": (
        *("CWE-119", "CWE-120", "CWE-121", "CWE-122", "CWE-125", "CWE-415", "CWE-416"),
        *("CWE-787", "CWE-190"),
    ),
    "broken authentication": ("CWE-287", "CWE-290", "CWE-306", "CWE-384"),
    "missing authorisation": ("CWE-284", "CWE-285", "CWE-639", "CWE-862", "CWE-863"),
    "certificate check bypass": ("CWE-295", "CWE-297"),
    "weak cryptography": ("CWE-310", "CWE-326", "CWE-327", "CWE-330", "CWE-347"),
    "information leak": ("CWE-200", "CWE-209", "CWE-312", "CWE-522", "CWE-532"),
    "slow regular expression": ("CWE-1333",),
    "resource exhaustion": ("CWE-400", "CWE-407", "CWE-674", "CWE-770", "CWE-835"),
    "missing input check": ("CWE-20",),
}
"""Most telling first: a flaw with several classes is called by the first row that has one of them.

The groups follow the tree of CWE-1000 (cwe.mitre.org); the words are ours.
"""


def weakness_words(cwe: Iterable[str]) -> str:
    """What kind of flaw it is, ``known flaw`` where its classes are unknown or none of ours."""
    given = set(cwe)
    return next((words for words, classes in _WORDS.items() if given & set(classes)), UNNAMED)
