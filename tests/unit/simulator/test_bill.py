"""The bill's arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.bill import Bill
from simulator.wire import Charge, identity

charges = st.lists(
    st.tuples(
        st.sampled_from(["pdl", "hunter"]),
        st.sampled_from(["one", "two"]),
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 1000),
        st.booleans(),
    )
)


@given(charges)
def test_totals_are_the_sum_of_lines_and_repeats_are_told_apart(made: list[tuple[str, str, str, int, bool]]) -> None:
    """Whatever is charged, in whatever order, nothing is lost between the lines, the accounts and the total."""
    bill = Bill()
    for provider, account, asked, micros, lost in made:
        charge = Charge(asked, micros)
        line = bill.charge(provider, account, "look", charge)
        if lost:
            bill.cut_off(line, charge)
    shown = bill.as_json()
    assert shown["total"]["micros"] == sum(item[3] for item in made) == bill.total_micros()
    assert shown["total"]["billed"] == len(made)
    assert shown["total"]["rebilled"] == len(made) - len({item[:3] for item in made})
    assert shown["total"]["cut_off_micros"] == sum(item[3] for item in made if item[4])
    accounts = [sums for provider in shown["providers"].values() for sums in provider["accounts"].values()]
    assert sum(sums["micros"] for sums in accounts) == bill.total_micros()


def test_a_first_charge_is_no_repeat() -> None:
    """Only the second charge for the same question of the same account counts as rebilled."""
    bill = Bill()
    for account in ("one", "two", "one"):
        bill.charge("pdl", account, "look", Charge("same", 7))
    assert bill.as_json()["total"]["rebilled_micros"] == 7


def test_order_of_parameters_and_the_key_do_not_change_a_question() -> None:
    """Equal questions have equal identities."""
    one = identity("person", {"email": "a@b.example", "api_key": "x"})
    assert one == identity("person", {"api_key": "y", "email": "a@b.example"})
    assert one != identity("person", {"email": "c@b.example"})
