"""The policy's rule for what blocks: the tier of what is new, in a lens that blocks."""

from app.domain.finding import Finding, FindingState
from app.domain.lens import Category, LensMode
from app.domain.policy import Policy


def is_at_block_level(finding: Finding, policy: Policy) -> bool:
    """Whether its tier is at or above the policy's block level; coverage has no tier of its own."""
    return finding.category is not Category.COVERAGE and finding.tier.at_least(policy.block_at)


def would_block(finding: Finding, policy: Policy) -> bool:
    """New, open and at the block level: it blocks if its lens does."""
    return (
        finding.is_new and finding.state is FindingState.OPEN and is_at_block_level(finding, policy)
    )


def blocks(finding: Finding, policy: Policy) -> bool:
    """Whether this finding alone makes the audit block."""
    return would_block(finding, policy) and policy.mode(finding.lens) is LensMode.BLOCK
