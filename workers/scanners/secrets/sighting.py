"""A file's secrets → sightings at one path."""

from collections.abc import Iterator, Mapping
from typing import Final

from app.domain.facts import SecretFacts, SecretKind, SecretShape
from app.domain.lens import Category, Lens
from app.domain.scan import SecretIdentity, Sighting, Target
from workers.scanners.secrets.wire import FoundSecret

CWE: Final = {
    SecretKind.PRIVATE_KEY: ("CWE-321", "CWE-798"),
    SecretKind.URL_PASSWORD: ("CWE-798", "CWE-259"),
}
OTHER_CWE: Final = ("CWE-798",)
OWASP: Final = ("A07:2021",)
STRIDE: Final = ("S", "I", "E")

HOW_TO_ROTATE: Final[Mapping[SecretKind, str]] = {
    SecretKind.CLOUD_KEY: "deactivate the key at the cloud provider and look through its use since",
    SecretKind.CLOUD_KEY_ID: "look for the secret that belongs to this id and deactivate the key",
    SecretKind.PRIVATE_KEY: "make a new key pair and revoke what trusts the old one",
    SecretKind.PROVIDER_TOKEN: "revoke the token at its provider and issue a new one",
    SecretKind.URL_PASSWORD: "change the password at the service the URL leads to",
    SecretKind.GENERIC: "change it wherever it is accepted",
}
MESSAGES: Final[Mapping[SecretShape, str]] = {
    SecretShape.VALID: "Its structure is that of a real one.",
    SecretShape.TYPED: "It has the form of a real one.",
    SecretShape.GENERIC: "It looks like one by its name and how random it is.",
    SecretShape.PLACEHOLDER: "It is a placeholder or a documented example.",
}


def sightings(target: Target, secrets: tuple[FoundSecret, ...]) -> Iterator[Sighting]:
    """One sighting a secret."""
    for secret in secrets:
        yield Sighting(
            side=target.side,
            path=target.path,
            category=Category.SECRET,
            lens=Lens.SECURITY,
            rule=f"secret-{secret.type}",
            title=secret.title,
            message=f"{secret.title} in the file. {MESSAGES[secret.shape]}",
            fix=_fix(secret),
            facts=SecretFacts(kind=secret.kind, shape=secret.shape),
            identity=SecretIdentity(secret.type, secret.context, secret.digest),
            line=secret.line,
            end_line=secret.end_line,
            cwe=CWE.get(secret.kind, OTHER_CWE),
            owasp=OWASP,
            stride=STRIDE,
            details=_details(secret),
            commit=target.commit,
            suppressed=secret.allowed,
        )


def _fix(secret: FoundSecret) -> str:
    if secret.shape is SecretShape.PLACEHOLDER:
        return "Nothing, if it opens nothing; reading it from the environment is still better."
    how = HOW_TO_ROTATE[secret.kind]
    return f"Treat it as leaked: rotate it first ({how}), then remove it and rewrite the branch."


def _details(secret: FoundSecret) -> dict[str, str]:
    seen_by = {"seen by": ", ".join(secret.by)}
    return {"starts with": f"{secret.prefix}…", **seen_by} if secret.prefix else seen_by
