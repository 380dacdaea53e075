from shop.formatting import price, total


def test_a_price_has_two_decimals():
    assert price(1205) == "12.05 €"


def test_a_total_is_the_sum():
    assert total([1205, 95]) == "13.00 €"
