"""Check digits of the simulated companies' register numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import registers
from simulator.world import open_world

digits = st.text("0123456789", min_size=8, max_size=8)


def luhn_holds(number: str) -> bool:
    """The Luhn test, written the other way round."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 if place % 2 == 0 else 2)
        total += sum(divmod(value, 10))
    return total % 10 == 0


@given(digits)
def test_a_siren_and_every_siret_of_it_pass_the_luhn_test(eight: str) -> None:
    """Both French numbers end in a Luhn digit."""
    siren = registers.siren(eight)
    assert luhn_holds(siren)
    assert luhn_holds(registers.siret(siren, "0001"))


@given(digits)
def test_a_german_vat_number_closes_the_iso_7064_chain(eight: str) -> None:
    """The chain over eight digits and the ninth add up to one, modulo ten."""
    number = registers.german_vat(eight)
    product = 10
    for digit in number[2:-1]:
        total = (int(digit) + product) % 10 or 10
        product = (2 * total) % 11
    assert (product + int(number[-1])) % 10 == 1


@given(st.text("0123456789", min_size=12, max_size=12))
def test_a_cnpj_has_fourteen_digits_and_keeps_its_base(twelve: str) -> None:
    """The two check digits are appended, nothing else changes."""
    number = registers.brazilian_cnpj(twelve)
    assert len(number) == 14
    assert number.startswith(twelve)


@pytest.mark.parametrize(
    ("made", "known"),
    [
        (registers.german_vat("13669597"), "DE136695976"),
        (registers.british_vat("9807806"), "GB980780684"),
        (registers.french_vat("732829320"), "FR44732829320"),
        (registers.spanish_cif("A", "5881850"), "A58818501"),
        (registers.polish_nip("526104082"), "5261040828"),
        (registers.brazilian_cnpj("112223330001"), "11222333000181"),
        (registers.japanese_corporate_number("700110005901"), "8700110005901"),
        (registers.austrian_uid("1358562"), "ATU13585627"),
        (registers.swiss_uid("10015521"), "CHE-100.155.212"),
        (registers.australian_abn("824753556"), "51824753556"),
    ],
)
def test_published_examples_come_out(made: str, known: str) -> None:
    """Each algorithm reproduces a number that its authority or a library publishes as an example."""
    assert made == known


def test_a_number_that_cannot_exist_is_refused() -> None:
    """Where the rest is ten there is no digit, and no number."""
    with pytest.raises(ValueError, match="no check digit"):
        registers.polish_nip("676112233")


def test_the_numbers_in_the_world_have_their_check_digits() -> None:
    """Hand-written and generated companies carry numbers that a checksum accepts."""
    seen = set()
    for company in open_world(300).companies:
        number = company.vat_id
        match number[:2]:
            case "DE":
                assert registers.german_vat(number[2:10]) == number
            case "GB":
                assert registers.british_vat(number[2:9]) == number
            case "FR":
                assert registers.french_vat(number[4:]) == number
                assert luhn_holds(number[4:])
        seen.add(number[:2])
    assert {"DE", "GB", "FR"} <= seen
