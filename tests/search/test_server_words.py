"""What a server's index is told about French comes from the vocabulary."""

from __future__ import annotations

from graph.model.names import EMPTY
from graph.model.vocabulary import acronyms
from graph.model.words import ELIDED, fold
from search.document import document
from search.server_documents import listing_document
from search.server_words import DISPLAYED, FILTERABLE, SEARCHABLE, settings, synonyms
from tests import make


def test_acronyms_are_synonyms_both_ways_and_old_names_lead_to_new_ones() -> None:
    found = synonyms()
    for entry in acronyms():
        short, long = fold(entry.acronym), fold(entry.expansion)
        if short != long:
            assert long in found[short]
            assert short in found.get(long, [short] if len(long.split()) > 3 else [])
    assert "france travail" in found["pole emploi"]
    assert "pole emploi" not in found.get("france travail", [])
    assert [word for word, others in found.items() if word in others or len(word.split()) > 3] == []


def test_stop_words_are_elisions_and_empty_words_alone() -> None:
    """A word that names.py counts must stay findable."""
    assert settings().stop_words == sorted(EMPTY | ELIDED)


def test_typos_are_forgiven_from_four_and_eight_letters_and_never_in_acronyms() -> None:
    typos = settings().typo_tolerance
    assert typos
    assert typos.min_word_size_for_typos
    assert (typos.min_word_size_for_typos.one_typo, typos.min_word_size_for_typos.two_typos) == (4, 8)
    assert {"csapa", "chrs", "adil"} <= set(typos.disable_on_words or ())


def test_every_attribute_named_by_the_settings_is_one_of_a_document() -> None:
    territories = {territory.id: territory for territory in make.territories()}
    made = listing_document(document(make.listing(service=make.service()), territories))
    other = {"stamp"}
    assert {*FILTERABLE, *SEARCHABLE, *DISPLAYED} - other <= made.keys()
    assert made["subjects"] == ["Réduire les impayés de loyer"]
    assert made["words"] == ["essai", "organisme", "service"]
    assert "facts" not in {*FILTERABLE, *SEARCHABLE, *DISPLAYED}
