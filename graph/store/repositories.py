"""The repositories that speak in one unit, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from graph.store.accounts import Accounts
from graph.store.bodies import Bodies
from graph.store.casework.answer_links import AnswerLinks
from graph.store.casework.bulk import Bulk
from graph.store.casework.clocks import Timing
from graph.store.casework.doors import Doors
from graph.store.casework.files import Files
from graph.store.casework.forgetting import Forgetting
from graph.store.casework.inbox import Inbox
from graph.store.casework.link_codes import LinkCodes
from graph.store.casework.lists import FileLists
from graph.store.casework.lookups import Lookups
from graph.store.casework.reads import Reads
from graph.store.casework.requests import Requests
from graph.store.casework.seats import Seats
from graph.store.casework.sweeping import Sweeping
from graph.store.casework.teams import Teams
from graph.store.claims import Claims
from graph.store.decisions import Decisions
from graph.store.directory import Directory
from graph.store.figures.alerts import Alerts
from graph.store.figures.covering import Covering
from graph.store.figures.deliveries import Deliveries
from graph.store.figures.facts import FactsRead
from graph.store.figures.flows import Flows
from graph.store.figures.published import PublishedFigures
from graph.store.figures.searched import Searched
from graph.store.keeping import Keeping
from graph.store.outbox import Outbox
from graph.store.posts import Posts
from graph.store.queue import Queue
from graph.store.relays import Relays
from graph.store.reorganisations import Reorganisations
from graph.store.replies import Replies
from graph.store.searches import Searches
from graph.store.sessions import Sessions
from graph.store.signing_in import SigningsIn
from graph.store.suggestions import Suggestions
from graph.store.territories import Territories
from graph.store.tokens import Tokens
from graph.store.turns import Turns
from graph.store.uploads import Uploads

if TYPE_CHECKING:
    from graph.store.unit import Unit


class Repositories:
    """What a `Unit` offers beside its own statements."""

    @property
    def _unit(self) -> Unit:
        return cast("Unit", self)

    @cached_property
    def directory(self) -> Directory:
        """Organisations, services, posts, agreements."""
        return Directory(self._unit)

    @cached_property
    def claims(self) -> Claims:
        """What each source says of a listing."""
        return Claims(self._unit)

    @cached_property
    def keeping(self) -> Keeping:
        """Listings with their logs."""
        return Keeping(self._unit)

    @cached_property
    def answer_links(self) -> AnswerLinks:
        """Links by which an addressee without an account answers."""
        return AnswerLinks(self._unit)

    @cached_property
    def facts(self) -> FactsRead:
        """What is counted."""
        return FactsRead(self._unit)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What was given."""
        return Deliveries(self._unit)

    @cached_property
    def flows(self) -> Flows:
        """What bodies hand to one another, by month."""
        return Flows(self._unit)

    @cached_property
    def figures(self) -> PublishedFigures:
        """Figures once published."""
        return PublishedFigures(self._unit)

    @cached_property
    def searched(self) -> Searched:
        """What searches ran into."""
        return Searched(self._unit)

    @cached_property
    def covering(self) -> Covering:
        """Who is competent where."""
        return Covering(self._unit)

    @cached_property
    def alerts(self) -> Alerts:
        """What coordinators are told."""
        return Alerts(self._unit)

    @cached_property
    def inbox(self) -> Inbox:
        """What is owed by whom."""
        return Inbox(self._unit)

    @cached_property
    def replies(self) -> Replies:
        """What was answered under which key."""
        return Replies(self._unit)

    @cached_property
    def bodies(self) -> Bodies:
        """Bodies that several sources may tell."""
        return Bodies(self._unit)

    @cached_property
    def posts(self) -> Posts:
        """Posts that their organisation keeps."""
        return Posts(self._unit)

    @cached_property
    def relays(self) -> Relays:
        """Listings as the index wants them."""
        return Relays(self._unit)

    @cached_property
    def territories(self) -> Territories:
        """The administrative map."""
        return Territories(self._unit)

    @cached_property
    def outbox(self) -> Outbox:
        """Effects to come, written with their cause."""
        return Outbox(self._unit)

    @cached_property
    def turns(self) -> Turns:
        """What only one process may do at a time."""
        return Turns(self._unit)

    @cached_property
    def suggestions(self) -> Suggestions:
        """Corrections that wait."""
        return Suggestions(self._unit)

    @cached_property
    def decisions(self) -> Decisions:
        """What was decided, and why."""
        return Decisions(self._unit)

    @cached_property
    def queue(self) -> Queue:
        """What waits for a moderator."""
        return Queue(self._unit)

    @cached_property
    def accounts(self) -> Accounts:
        """Who may sign in, and for whom she works."""
        return Accounts(self._unit)

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return Sessions(self._unit)

    @cached_property
    def signings_in(self) -> SigningsIn:
        """Sign-ins under way."""
        return SigningsIn(self._unit)

    @cached_property
    def tokens(self) -> Tokens:
        """Tokens of machines."""
        return Tokens(self._unit)

    @cached_property
    def uploads(self) -> Uploads:
        """Files sent to change many listings at once."""
        return Uploads(self._unit)

    @cached_property
    def searches(self) -> Searches:
        """Searches that someone keeps."""
        return Searches(self._unit)

    @cached_property
    def files(self) -> Files:
        """People who are accompanied, with their logs."""
        return Files(self._unit)

    @cached_property
    def file_lists(self) -> FileLists:
        """Files by whose they are and what is owed."""
        return FileLists(self._unit)

    @cached_property
    def file_reads(self) -> Reads:
        """Who read which file."""
        return Reads(self._unit)

    @cached_property
    def link_codes(self) -> LinkCodes:
        """Codes that join two files of one person."""
        return LinkCodes(self._unit)

    @cached_property
    def requests(self) -> Requests:
        """Contacts at front doors."""
        return Requests(self._unit)

    @cached_property
    def lookups(self) -> Lookups:
        """Who may be found again, and who looked."""
        return Lookups(self._unit)

    @cached_property
    def doors(self) -> Doors:
        """Doors of persons' own pages."""
        return Doors(self._unit)

    @cached_property
    def forgetting(self) -> Forgetting:
        """What is erased of files."""
        return Forgetting(self._unit)

    @cached_property
    def sweeping(self) -> Sweeping:
        """What is past, beside files."""
        return Sweeping(self._unit)

    @cached_property
    def seats(self) -> Seats:
        """Who may lead a file."""
        return Seats(self._unit)

    @cached_property
    def bulk(self) -> Bulk:
        """Whole logs of files that were lived elsewhere."""
        return Bulk(self._unit)

    @cached_property
    def timing(self) -> Timing:
        """Clocks, leaves, what was told."""
        return Timing(self._unit)

    @cached_property
    def teams(self) -> Teams:
        """Houses as their heads see them."""
        return Teams(self._unit)

    @cached_property
    def reorganisations(self) -> Reorganisations:
        """Plans that change the network, and what they have done."""
        return Reorganisations(self._unit)
