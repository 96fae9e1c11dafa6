from fractions import Fraction

from apps.goals.rules import completed, together


def test_amounts_follow_from_counts_and_the_unit_price():
    full = completed({"unit_price": 700_000, "orders": 8, "sure_count": 2, "topic_count": 3})

    assert full == {
        "unit_price": 700_000,
        "orders": 8,
        "sure_count": 2,
        "topic_count": 3,
        "sales": 5_600_000,
        "sure_amount": 1_400_000,
        "topic_amount": 2_100_000,
        "sales_target": 5_600_000,
        "attainment": Fraction(1),
    }


def test_what_is_typed_stays():
    assert completed({"unit_price": 100, "sure_count": 2, "sure_amount": 7})["sure_amount"] == 7


def test_the_unit_price_follows_from_sales_and_orders():
    assert completed({"sales": 1_000_000, "orders": 3})["unit_price"] == Fraction(1_000_000, 3)


def test_nothing_typed_is_no_benchmark():
    assert completed({}) == {}


def test_a_team_adds_up_and_has_the_price_of_the_sums():
    team = together([completed({"sales": 300, "orders": 1}), completed({"sales": 100, "orders": 3})])

    assert (team["sales"], team["orders"], team["unit_price"]) == (400, 4, Fraction(100))
