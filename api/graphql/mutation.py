"""What may be done: the acts of each part, put together."""

from __future__ import annotations

import strawberry

from api.graphql.casework.desk import DeskMutations
from api.graphql.casework.file_acts import FileActs
from api.graphql.casework.file_records import FileRecords
from api.graphql.casework.handoff_answering import HandoffAnswering
from api.graphql.casework.handoff_sending import HandoffSending
from api.graphql.casework.own_page import PersonPageActs
from api.graphql.listing_changes import ListingChanges
from api.graphql.listings import ListingMutations
from api.graphql.moderation import ModerationMutations
from api.graphql.network_alerts import AlertMutations
from api.graphql.post_mutations import PostMutations
from api.graphql.reorganisations import ReorganisationMutations
from api.graphql.searches import SearchMutations
from api.graphql.suggestions import SuggestionMutations


@strawberry.type(description="What may be done. Each act takes a key, and is done once for it.")
class Mutation(
    ListingMutations,
    ListingChanges,
    PostMutations,
    SuggestionMutations,
    ModerationMutations,
    SearchMutations,
    FileActs,
    FileRecords,
    HandoffSending,
    HandoffAnswering,
    DeskMutations,
    PersonPageActs,
    AlertMutations,
    ReorganisationMutations,
):
    """All acts."""
