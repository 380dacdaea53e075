"""All operations that the box carries out. The described ones that are missing here answer 501."""

from collections.abc import Mapping

from demo.api import (
    apps,
    checks,
    contents,
    issues,
    pull_requests,
    reactions,
    repositories,
    reviews,
    service,
)
from demo.api.call import Endpoint

SUBJECTS = (
    apps,
    checks,
    contents,
    issues,
    pull_requests,
    reactions,
    repositories,
    reviews,
    service,
)


def endpoints() -> Mapping[str, Endpoint]:
    """Every operation by its name, `METHOD /template`."""
    return {endpoint.name: endpoint for subject in SUBJECTS for endpoint in subject.ENDPOINTS}
