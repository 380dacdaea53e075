"""Package URLs of components (the purl specification's types ``pypi``, ``npm``, ``golang``)."""

from typing import Final

from packageurl import PackageURL

_TYPES: Final = {
    "PyPI": "pypi",
    "npm": "npm",
    "Go": "golang",
    "RubyGems": "gem",
    "crates.io": "cargo",
    "Packagist": "composer",
    "NuGet": "nuget",
    "Maven": "maven",
}
_WITH_NAMESPACE: Final = frozenset({"npm", "golang", "composer"})


def purl(ecosystem: str, name: str, version: str) -> str:
    """The package URL of one version of one package; ``name`` is normalised."""
    kind = _TYPES.get(ecosystem, "generic")
    namespace, slash, last = name.rpartition("/")
    if kind not in _WITH_NAMESPACE or not slash or not last:
        return PackageURL(type=kind, name=name, version=version).to_string()
    return PackageURL(type=kind, namespace=namespace, name=last, version=version).to_string()
