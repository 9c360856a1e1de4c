"""What each account of the demonstration finds: a few files told by hand, dated by today, one story each for a guided visit.

| who | story |
|---|---|
| Chloé Hardy (assistante sociale, Planoise) | a rent debt: two partners answered, a third never does, and it is late |
| | a family put out this morning: the 115 has an hour left to answer |
| | a young man whom the mission locale put on its waiting list, with something meanwhile |
| | a family with four professionals: co-referents, a meeting, the person invited |
| Sylvie Jacquet (responsable, Planoise) | a child in danger, told yesterday: a second person is to look at it |
| Guichet social | a man of 91: an alert, a visit, a watch; the file is on its way to Planoise |
| CCAS de Besançon | a request from Planoise that waits, and a domiciliation that it helps with |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

from graph.model.casework import deciding
from graph.model.casework.acts import CircleSet, CoReferentSet, Entry, NeedAdded
from graph.model.casework.clocks import PARIS
from graph.model.casework.deciding import Draft, need_review
from graph.model.casework.file import (
    Actor,
    CircleKind,
    CircleMember,
    CoReferent,
    Identity,
    Member,
    MemberRole,
    Need,
    Outcome,
    Watch,
)
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, ReasonCode, Step, Target
from graph.model.casework.writings import Met, Noted, NoteKind, WatchSet, WorryTold
from importers.invented.doubs import BESANCON, CENTRE, CHLOE, DESK, GUICHET, REFERENT
from importers.invented.life import Course, Life
from importers.invented.network import Network, Worker

CCAS: Final = "demo:ccas-besancon"
RENT: Final = "logement-hebergement--reduire-les-impayes-de-loyer"
BUDGET: Final = "difficultes-financieres--acquerir-une-autonomie-budgetaire"
SHELTER: Final = "logement-hebergement--mise-a-labri-urgence"
JOB: Final = "trouver-un-emploi--repondre-a-des-offres-demploi"
MISSING: Final = "grand-age--isolement-et-visites"
CHILD: Final = "protection--enfance-en-danger"
ADDRESS: Final = "difficultes-administratives-ou-juridiques--domiciliation"
HELP: Final = "equipement-et-alimentation--aide-menagere"
SHARED: Final = frozenset({ShareGroup.IDENTITY, ShareGroup.CONTACT, ShareGroup.NEED})
ADULT, ORAL = MemberRole.ADULT, Means.ORAL


def told(network: Network, end: datetime) -> list[list[Entry]]:
    """The logs of these files as they stand at `end`."""
    logs = []
    for number, story in enumerate(STORIES, 1):
        life = Life(network, Random(f"told:{number}"), f"demo-dossier-{number:02d}", end - timedelta(days=120), end)
        life.plan(story(life))
        life.live()
        logs.append(life.entries)
    return logs


def _ago(life: Life, days: int, hour: int = 10) -> datetime:
    """That many days before the end, at that hour in Paris."""
    day = life.end.astimezone(PARIS).replace(hour=hour, minute=12, second=0, microsecond=0) - timedelta(days=days)
    return min(day.astimezone(UTC), life.end - timedelta(minutes=5))


def _who(worker: Worker, life: Life, organisation: str) -> Actor:
    return life.body(organisation).actor(worker.account)


def _member(life: Life, name: str, born: date, sex: str, role: MemberRole = ADULT, band: str = "from_25") -> Member:
    number = len(name) % 10
    identity = Identity(name=name, born=born, phone=f"06 39 98 4{number} 1{number}", commune=BESANCON)
    return Member(id=f"{life.id}-{name.split()[0].lower()}", role=role, identity=identity, sex=sex, age_band=band)


def _need(life: Life, competence: str, words: str, *, urgent: bool = False, due: int = 0, what: str = "") -> Need:
    """`due` is days after the end."""
    return Need(
        id=life.id_of("besoin"),
        competence=competence,
        opened=life.now,
        review=need_review(life.now, urgent),
        words=words,
        urgent=urgent,
        due=(life.end + timedelta(days=due)).date() if due else None,
        due_what=what,
    )


def _open(life: Life, by: Actor, members: Sequence[Member], *needs: Need, transitional: bool = False) -> None:
    first = deciding.opened(by, tuple(members), life.now, transitional=transitional)
    life.write(by, first, *(NeedAdded(need=need) for need in needs))


def _send(life: Life, by: Actor, kind: Kind, to: Target, need: Need | None, message: str, why: str) -> str:
    """With the accord that the first member gave."""
    id_, needs = life.id_of("demande"), (need.id,) if need else ()
    consent = Consent(
        id=f"{id_}-accord",
        ground=Ground.ACCORD,
        recipient=to.organisation,
        purpose=why,
        groups=SHARED,
        until=(life.end + timedelta(days=180)).date(),
        given=life.now,
        member=next(iter(life.file.members)),
        means=ORAL,
        needs=needs,
        recorded_by=by.account,
    )
    _hand(life, by, consent, kind, to, need, message, id_)
    return id_


def _hand(
    life: Life, by: Actor, consent: Consent, kind: Kind, to: Target, need: Need | None, message: str, id_: str
) -> None:
    life.write(by, deciding.consent_given(life.file, consent))
    draft = Draft(
        id=id_,
        kind=kind,
        target=to,
        needs=(need.id,) if need else (),
        purpose=consent.purpose,
        message=message,
        groups=consent.groups,
        urgent=bool(need and need.urgent),
    )
    life.write(by, deciding.drafted(life.file, draft, by, life.taking))
    life.step(id_, Step.SUBMIT, by)


def _rent(life: Life) -> Course:
    yield _ago(life, 41)
    chloe = _who(CHLOE, life, CENTRE)
    rent = _need(life, RENT, "Trois loyers de retard depuis la fin de son contrat.", due=24, what="audience")
    budget = _need(life, BUDGET, "Voudrait voir clair dans ses dettes.")
    _open(life, chloe, [_member(life, "Odile Jeannin", date(1984, 5, 9), "woman")], rent, budget)
    yield _ago(life, 40)
    adil = Target(organisation="demo:adil-doubs")
    law = _send(life, chloe, Kind.REFER, adil, rent, "Assignation reçue, audience fixée.", "Défendre ses droits")
    yield _ago(life, 38)
    life.step(law, Step.OPEN, life.someone("demo:adil-doubs"))
    life.step(law, Step.ACCEPT, life.someone("demo:adil-doubs"), text="Rendez-vous proposé.")
    yield _ago(life, 33)
    life.step(law, Step.CONTACT, life.someone("demo:adil-doubs"))
    fund = Target(organisation="demo:departement-doubs")
    aid = _send(life, chloe, Kind.REFER, fund, rent, "Demande au fonds de solidarité.", "Payer la dette de loyer")
    yield _ago(life, 31)
    life.step(aid, Step.OPEN, life.someone("demo:departement-doubs"))
    life.step(aid, Step.FILE_FOR_DECISION, life.someone("demo:departement-doubs"))
    # A partner who does not write back: time reminds, then tells the head of service.
    points = Target(organisation="demo:udaf-doubs--pcb")
    _send(life, chloe, Kind.REFER, points, budget, "Un rendez-vous budget.", "Voir clair dans le budget")
    yield _ago(life, 9)
    life.step(law, Step.COMPLETE, life.someone("demo:adil-doubs"), outcome=Outcome.MET.value)


def _put_out(life: Life) -> Course:
    yield life.end - timedelta(minutes=75)
    chloe = _who(CHLOE, life, CENTRE)
    need = _need(life, SHELTER, "Mis dehors ce matin avec deux enfants, rien pour ce soir.", urgent=True)
    mother = _member(life, "Fatou Diallo", date(1991, 2, 17), "woman")
    child = _member(life, "Moussa Diallo", date(2019, 9, 3), "man", MemberRole.CHILD, "under_18")
    _open(life, chloe, [mother, child], need)
    yield life.end - timedelta(minutes=65)
    to = Target(organisation="demo:siao-doubs--115")
    _send(life, chloe, Kind.REFER, to, need, "Une chambre ce soir pour trois personnes.", "Une nuit à l’abri")


def _young_man(life: Life) -> Course:
    yield _ago(life, 30)
    chloe, local = _who(CHLOE, life, CENTRE), "demo:mission-locale-besancon"
    need = _need(life, JOB, "Cherche un premier emploi, sans voiture.")
    _open(life, chloe, [_member(life, "Hamid Kaya", date(2006, 8, 21), "man", band="from_18")], need)
    yield _ago(life, 29)
    why = "Un premier emploi"
    id_ = _send(life, chloe, Kind.REFER, Target(organisation=local), need, "Disponible tous les jours.", why)
    yield _ago(life, 26)
    life.step(id_, Step.OPEN, life.someone(local))
    review = life.end + timedelta(days=2)
    life.step(id_, Step.WAITLIST, life.someone(local), on=review, interim="Atelier collectif le mardi matin")


def _four_professionals(life: Life) -> Course:
    yield _ago(life, 80)
    chloe = _who(CHLOE, life, CENTRE)
    need = _need(life, HELP, "N’arrive plus à tenir la maison seule avec ses trois enfants.")
    _open(life, chloe, [_member(life, "Elif Sahin", date(1988, 11, 30), "woman")], need)
    life.write(
        chloe,
        CoReferentSet(co_referent=CoReferent(id="rsa", organisation="demo:caf-doubs", matter="RSA", name="M. Roy")),
        CoReferentSet(
            co_referent=CoReferent(
                id="pmi", organisation="demo:departement-doubs--pmi", matter="santé des enfants", name="Mme Alix"
            )
        ),
        CircleSet(
            member=CircleMember(
                id="soeur", kind=CircleKind.RELATIVE, name="Sa sœur", tie="sœur", may_know="Les rendez-vous"
            )
        ),
    )
    yield _ago(life, 60)
    to, help_ = Target(organisation="demo:saadf-doubs"), "demo:saadf-doubs"
    id_ = _send(life, chloe, Kind.REFER, to, need, "Deux passages par semaine.", "Soulager le quotidien")
    yield _ago(life, 57)
    life.step(id_, Step.ACCEPT, life.someone(help_))
    yield _ago(life, 50)
    life.step(id_, Step.CONTACT, life.someone(help_))
    yield _ago(life, 12)
    decided = "Deux passages jusqu’à l’été ; la PMI reçoit le petit dernier ; point dans un mois."
    present = ("Chloé Hardy", "M. Roy", "Mme Alix", "Elif Sahin")
    following = (life.end + timedelta(days=18)).date()
    life.write(chloe, Met(on=life.now, present=present, decided=decided, invited=True, came=True, next=following))


def _child(life: Life) -> Course:
    yield _ago(life, 6)
    chloe, cell = _who(CHLOE, life, CENTRE), "demo:departement-doubs--crip"
    need = _need(life, CHILD, "Ce que l’école a vu et entendu.", urgent=True)
    child = _member(life, "Lucie Mougin", date(2015, 4, 2), "woman", MemberRole.CHILD, "under_18")
    _open(life, chloe, [child], need)
    yield _ago(life, 1, 16)
    id_ = life.id_of("demande")
    consent = Consent(
        id=f"{id_}-danger",
        ground=Ground.DANGER,
        recipient=cell,
        purpose="Protéger l’enfant",
        groups=SHARED,
        until=(life.end + timedelta(days=90)).date(),
        given=life.now,
        why_not="Intérêt de l’enfant.",
        recorded_by=chloe.account,
    )
    _hand(life, chloe, consent, Kind.REFER, Target(organisation=cell), need, "À lire aujourd’hui.", id_)
    worry = WorryTold(id=f"{id_}-ip", on=life.now.date(), addressee=cell, why_not="Intérêt de l’enfant.")
    life.write(chloe, worry)


def _old_man(life: Life) -> Course:
    yield _ago(life, 20)
    desk = _who(GUICHET, life, DESK)
    need = _need(life, MISSING, "Une voisine ne le voit plus sortir ; 91 ans, seul.")
    _open(
        life, desk, [_member(life, "Marcel Outhier", date(1935, 3, 14), "man", band="from_85")], need, transitional=True
    )
    neighbour = CircleMember(id="voisine", kind=CircleKind.NEIGHBOUR, name="Mme Guyot", tie="voisine de palier")
    life.write(desk, CircleSet(member=neighbour))
    yield _ago(life, 19)
    said = "Visite : frigo vide, courrier en retard, heureux de la visite. Accepte qu’on revienne."
    life.write(desk, Noted(kind=NoteKind.VISIT, text=said, on=life.now, with_person=True))
    watch = Watch(
        id="passage",
        what="Passer le voir",
        next=(life.end + timedelta(days=1)).date(),
        every_days=7,
        until=(life.end + timedelta(days=90)).date(),
        account=desk.account,
    )
    life.write(desk, WatchSet(watch=watch))
    yield _ago(life, 2)
    why = "Un référent près de chez lui"
    _send(life, desk, Kind.TRANSFER, Target(organisation=CENTRE), None, "Rencontre à trois proposée.", why)


def _address(life: Life) -> Course:
    yield _ago(life, 15)
    chloe, ccas = _who(CHLOE, life, CENTRE), _who(REFERENT, life, CCAS)
    need = _need(life, ADDRESS, "Sans adresse depuis l’été, courrier perdu.")
    food = _need(life, "equipement-et-alimentation--alimentation", "De quoi manger jusqu’à la fin du mois.")
    # Nobody asked him for a name or for papers.
    member = Member(id=f"{life.id}-lui", role=ADULT, sex="man", age_band="from_25")
    _open(life, chloe, [member], need, food)
    yield _ago(life, 14)
    to = Target(organisation=CCAS)
    id_ = _send(life, chloe, Kind.REFER, to, need, "Vit à Planoise depuis un an.", "Une adresse")
    yield _ago(life, 12)
    life.step(id_, Step.ACCEPT, ccas, account=ccas.account)
    yield _ago(life, 11)
    life.step(id_, Step.CONTACT, ccas)
    yield _ago(life, 3)
    # Refused there, taken elsewhere: each relay goes its own way.
    charity = "demo:fraternite-doubs"
    other = _send(life, chloe, Kind.REFER, Target(organisation=charity), food, "Un colis.", "Manger")
    yield _ago(life, 2)
    life.step(other, Step.DECLINE, life.someone(charity), reason=ReasonCode.NO_CAPACITY, text="Colis épuisés.")
    _send(life, chloe, Kind.REFER, to, food, "Un secours d’urgence.", "Manger")


STORIES: Final[tuple[Callable[[Life], Course], ...]] = (
    _rent,
    _put_out,
    _young_man,
    _four_professionals,
    _child,
    _old_man,
    _address,
)
