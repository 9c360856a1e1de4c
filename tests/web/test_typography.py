"""French typography, addresses and lists as pages write them."""

from __future__ import annotations

from api.web.render import listed, mailto, sheet_path, typography


def test_french_spacing_does_not_break() -> None:
    assert typography("Déjà suivie ? Par « qui » : 3 jours, le 7 mai à 14 h 10, 2,5 km") == (
        "Déjà suivie\u00a0? Par «\u00a0qui\u00a0»\u00a0: 3\u00a0jours, le 7\u00a0mai à 14\u00a0h\u00a010, 2,5\u00a0km"
    )


def test_an_id_cannot_escape_its_address() -> None:
    assert sheet_path("service", "demo:accueil") == "/service/demo:accueil"
    assert sheet_path("organisme", "a/../b?c#d") == "/organisme/a%2F..%2Fb%3Fc%23d"


def test_labels_in_a_row_read_as_a_phrase() -> None:
    assert listed(("Femmes", "Familles", "RSA et prime")) == "Femmes, familles, RSA et prime"
    assert listed(()) == ""


def test_an_address_adds_no_copy_to_the_letter_that_it_opens() -> None:
    assert mailto("accueil+loyer@example.org") == "mailto:accueil+loyer@example.org"
    assert mailto("a@b.fr?bcc=z@z.fr&subject=x") == "mailto:a@b.fr%3Fbcc%3Dz@z.fr%26subject%3Dx"
