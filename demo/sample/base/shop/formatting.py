"""Amounts as people write them."""


def price(cents: int) -> str:
    """An amount in euros with two decimals."""
    return f"{cents // 100}.{cents % 100:02d} €"


def total(amounts: list[int]) -> str:
    """The sum of amounts in cents."""
    return price(sum(amounts))
