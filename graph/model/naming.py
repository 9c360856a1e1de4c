"""How much the name of a listing counts, when the words of the question may be one."""

from __future__ import annotations

from typing import Final

from graph.model.names import NameTier, name_tier, name_words
from graph.model.relay import Former, Listing, Question
from graph.model.weights import NAME_OF_ITS_BODY, NAME_WEIGHTS

LEAST_PHRASE: Final = 2


class Naming:
    """The names that one question may say."""

    def __init__(self, question: Question) -> None:
        self._words, self._phrase = question.words, question.phrase
        self._said = frozenset(name_words(question.text))

    def weight(self, listing: Listing) -> float:
        """The words are its name, or one that it took over; a service is also found by its body's, with less weight."""
        organisation, service = listing.organisation, listing.service
        names = (organisation.name, *organisation.aliases)
        body = max(*(self._tier(name) for name in names), self._past(listing)[1])
        if service is None:
            return NAME_WEIGHTS[body]
        own = name_tier(self._words, service.name)
        return max(NAME_WEIGHTS[own], NAME_WEIGHTS[body] * NAME_OF_ITS_BODY)

    def former(self, listing: Listing) -> Former | None:
        """The body that it took over from, if it is under that name that it was found."""
        former, past = self._past(listing)
        return former if past > self._own(listing) else None

    def alias(self, listing: Listing) -> str:
        """The other name under which it was found; empty if it is its own."""
        alias = max(listing.organisation.aliases, key=self._tier, default="")
        return alias if alias and self._tier(alias) > self._own(listing) else ""

    def _own(self, listing: Listing) -> NameTier:
        own = name_tier(self._words, listing.service.name) if listing.service else NameTier.NONE
        return max(own, self._tier(listing.organisation.name))

    def _past(self, listing: Listing) -> tuple[Former | None, NameTier]:
        """The body taken over whose name matches, and how well. Of several, the one that the whole text says most of: a
        town in it was read as the place, and is none of the words left for names.
        """
        tiers = [(self._tier(former.name), former) for former in listing.formers]
        found = [(tier, former) for tier, former in tiers if tier]
        if not found:
            return None, NameTier.NONE
        said = max(found, key=lambda one: (len(self._said.intersection(name_words(one[1].name))), one[0]))
        return said[1], max(tier for tier, _ in found)

    def _tier(self, name: str) -> NameTier:
        """By the words left for names; else by the whole phrase, which must then be most of the name."""
        tier = name_tier(self._words, name)
        by_phrase = tier is NameTier.NONE and len(self._phrase) >= LEAST_PHRASE
        if by_phrase and name_tier(self._phrase, name) is NameTier.MOSTLY:
            return NameTier.MOSTLY
        return tier
