"""A simulated copy of an agreement: scaled by what is known of both places, told as the widest range."""

from __future__ import annotations

import pytest

from graph.model.figures.copying import Basis, Copy, base, copied, product, scaled, widest
from graph.model.figures.copying_words import SUPPOSED, basis_words, copy_sentence, supposition
from graph.model.figures.ranges import Range
from tests import make

NOTHING = Range(None)
GIVEN, PAID = Range(300.0, 240.0, 360.0), Range(70.0, 66.0, 74.0)
AGREED = Range(3_040.0), Range(65.0)


def copy(measured: tuple[Range, Range] = (GIVEN, PAID)) -> Copy:
    here = base(measured, AGREED)
    return copied(
        [scaled(Basis.POPULATION, here.volume, 1_000, 500), scaled(Basis.NEEDS, here.volume, 40, 10), None], here
    )


def test_each_estimate_is_scaled_and_the_widest_range_is_kept() -> None:
    found = copy()
    assert [one.volume for one in found.estimates] == [Range(150.0, 120.0, 180.0), Range(75.0, 60.0, 90.0)]
    assert found.volume == Range(112.5, 60.0, 180.0)
    assert found.price == PAID
    assert found.cost == Range(112.5 * 70, 60.0 * 66, 180.0 * 74)


def test_where_a_number_is_not_known_there_is_no_estimate() -> None:
    for here, there in ((None, 10), (0, 10), (10, None)):
        assert scaled(Basis.NEEDS, GIVEN, here, there) is None
    assert scaled(Basis.NEEDS, NOTHING, 10, 10) is None
    assert copied([None], base((GIVEN, PAID), AGREED)).cost == widest([]) == product(NOTHING, PAID) == NOTHING
    # Nobody there is known too: nothing would be given.
    none = scaled(Basis.POPULATION, GIVEN, 1_000, 0)
    assert none is not None
    assert none.volume == Range(0.0, 0.0, 0.0)


def test_points_alone_that_agree_leave_a_point() -> None:
    assert widest([Range(5.0), Range(5.0)]) == Range(5.0)
    assert widest([Range(4.0), Range(6.0)]) == Range(5.0, 4.0, 6.0)
    assert product(Range(4.0), Range(2.0)) == Range(8.0)


@pytest.mark.parametrize("volume", [True, False])
@pytest.mark.parametrize("price", [True, False])
def test_what_was_not_measured_is_as_it_was_agreed_and_says_so(volume: bool, price: bool) -> None:
    measured = (GIVEN if volume else NOTHING, PAID if price else NOTHING)
    here = base(measured, AGREED)
    assert here.volume == (GIVEN if volume else AGREED[0])
    assert here.price == (PAID if price else AGREED[1])
    found = copy(measured)
    assert (found.volume_measured, found.price_measured) == (volume, price)
    assert f"ceux d’ici, {SUPPOSED[volume, price]}. Rien n’est enregistré" in supposition(found)


def test_nothing_measured_and_nothing_agreed_was_not_measured() -> None:
    here = base((NOTHING, NOTHING), (NOTHING, NOTHING))
    assert (here.volume, here.volume_measured, here.price, here.price_measured) == (NOTHING, False, NOTHING, False)


def test_a_price_that_nobody_knows_is_not_spoken_of() -> None:
    doubs = next(one for one in make.territories() if one.id == "departement:25")
    here = base((NOTHING, NOTHING), (Range(3_040.0), NOTHING))
    found = copied([scaled(Basis.POPULATION, here.volume, 1_000, 500)], here)
    assert (
        copy_sentence(found, doubs, "nuitée par jour")
        == "La même convention dans le Doubs : 1\u202f520 nuitée par mois."
    )
    assert supposition(found) == (
        "Simulation : elle suppose que les besoins y sont ceux d’ici, tels que la convention les a prévus. "
        "Rien n’est enregistré ni proposé à personne."
    )


def test_it_is_said_in_words() -> None:
    doubs = next(one for one in make.territories() if one.id == "departement:25")
    found = copy()
    assert copy_sentence(found, doubs, "nuitée") == (
        "La même convention dans le Doubs : 112 nuitée par mois (entre 60 et 180), "
        "soit 7\u202f875 € par mois (entre 3\u202f960 et 13\u202f320)."
    )
    assert basis_words(found.estimates[1]) == "À besoins égaux : 40 besoins publiés ici sur un an, 10 là-bas"
    nowhere = copied([], base((GIVEN, PAID), AGREED))
    assert copy_sentence(nowhere, doubs, "nuitée") == "Rien ne permet d’estimer le volume dans le Doubs."
