"""The form of each step of a handoff: what it asks for, and what was said in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from api.web.forms import Form, number
from graph.model.casework.clocks import PARIS
from graph.model.casework.consequences import REPORTABLE
from graph.model.casework.file import Outcome
from graph.model.casework.handoff import ReasonCode, Step, Target
from graph.model.casework.said import Said
from graph.model.errors import InvalidInput
from graph.model.vocabulary import button, label

LONGEST: Final = 4000
# The hour of a day that is named without one.
MORNING: Final = time(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepField:
    """One field: its name, its words, and what kind of box it is ("words", "line", "day", "moment", "number", "choice", "yes")."""

    name: str
    label: str
    box: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForm:
    """A step that may be taken now; `plain` where a button is all."""

    step: str
    button: str
    fields: tuple[StepField, ...]

    @property
    def plain(self) -> bool:
        """Whether nothing is asked."""
        return not self.fields


def _choices(family: str, codes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((code, label(family, code)) for code in codes)


_REASON: Final = StepField(
    name="motif", label="Motif", box="choice", required=True, choices=_choices("reason", list(ReasonCode))
)
_WORDS: Final = StepField(name="mots", label="Quelques mots", box="words", hint="facultatif, sauf pour « autre motif »")
_SAID: Final = StepField(name="mots", label="Quelques mots", box="words", hint="facultatif")
_MUST: Final = StepField(name="mots", label="Vos mots", box="words", required=True)
_OUTCOME: Final = StepField(
    name="issue",
    label="Comment cela se conclut",
    box="choice",
    required=True,
    choices=_choices("outcome", list(Outcome)),
)
_INTERIM: Final = StepField(name="attente", label="Solution d’attente", box="line", hint="ce qui est fait d’ici là")
_POSITION: Final = StepField(name="rang", label="Rang sur la liste", box="number", hint="facultatif")
_REVIEW: Final = StepField(name="jour", label="Faire le point le", box="day", required=True, hint="60 jours au plus")

_GRANTED: Final = (("oui", "Accordé"), ("non", "Refusé"))

FIELDS: Final[Mapping[Step, tuple[StepField, ...]]] = MappingProxyType(
    {
        Step.ASK: (StepField(name="mots", label="Votre question", box="words", required=True),),
        Step.ANSWER: (StepField(name="mots", label="Votre réponse", box="words", required=True),),
        Step.WAITLIST: (_REVIEW, _POSITION, _INTERIM, _SAID),
        Step.FILE_FOR_DECISION: (_SAID,),
        Step.DECIDE: (
            StepField(
                name="accorde",
                label="La décision",
                box="choice",
                required=True,
                choices=_GRANTED,
            ),
            StepField(
                name="recours", label="Voies de recours", box="words", hint="pour un refus : devant qui, avant quand"
            ),
            _SAID,
        ),
        Step.BOOK: (StepField(name="moment", label="Le rendez-vous", box="moment", required=True),),
        Step.MISS: (_SAID,),
        Step.PAUSE: (
            StepField(name="jour", label="Jusqu’au", box="day", required=True, hint="90 jours au plus"),
            _REASON,
            _WORDS,
        ),
        Step.COMPLETE: (_OUTCOME, _SAID),
        Step.FAIL: (_REASON, _WORDS),
        Step.DECLINE: (_REASON, _WORDS),
        Step.RECALL: (_SAID,),
        Step.WITHDRAW: (_SAID,),
        Step.CONTEST: (_MUST,),
        Step.VOID: (_MUST,),
        Step.REFUSE: (_SAID,),
        Step.REPORT: (
            StepField(
                name="reponse",
                label="Ce qu’on vous a dit",
                box="choice",
                required=True,
                choices=tuple((step.value, label("step", step)) for step in Step if step in REPORTABLE),
            ),
            StepField(name="mots", label="Qui l’a dit, quand", box="words", hint="par exemple : Mme Roy, ce matin"),
            StepField(name="motif", label="Motif", box="choice", choices=_REASON.choices, hint="pour un refus"),
            StepField(name="jour", label="Faire le point le", box="day", hint="pour une liste d’attente"),
            _INTERIM,
            StepField(name="accorde", label="Décision", box="choice", choices=_GRANTED, hint="pour une décision"),
            StepField(name="recours", label="Voies de recours", box="words", hint="pour une décision de refus"),
            StepField(name="issue", label="Conclusion", box="choice", choices=_OUTCOME.choices, hint="si c’est conclu"),
        ),
    }
)
CodeT = TypeVar("CodeT", bound=StrEnum)
# Of these the page has forms of its own, or none.
_ELSEWHERE: Final = frozenset({Step.ACCEPT, Step.REDIRECT, Step.CONSENT, Step.SUBMIT, Step.DISPUTE})


def step_forms(allowed: Sequence[Step]) -> tuple[StepForm, ...]:
    """The forms of what may be done now, but for those that the page makes itself."""
    return tuple(
        StepForm(step=step.value, button=button("step", step), fields=FIELDS.get(step, ()))
        for step in allowed
        if step not in _ELSEWHERE
    )


def step_of(form: Form) -> Step:
    """The step that a form names. Raises InvalidInput."""
    try:
        return Step(form.one("etape", 40))
    except ValueError:
        raise InvalidInput("Cette étape n’existe pas. Revenez à la demande, puis recommencez.", "etape") from None


def said_in(form: Form) -> Said:
    """What was said. Raises InvalidInput, which names the field of the form."""
    return Said(
        reason=_code(ReasonCode, form.one("motif", 40), "motif"),
        text=form.one("mots", LONGEST),
        on=_moment(form),
        interim=form.one("attente", LONGEST),
        position=_rank(form.one("rang", 12)),
        account=form.one("qui", 200),
        granted={"oui": True, "non": False}.get(form.one("accorde", 10)),
        appeal=form.one("recours", LONGEST),
        outcome=_code(Outcome, form.one("issue", 40), "issue") or "",
        reported=_code(Step, form.one("reponse", 40), "reponse"),
        to=target_in(form) if form.one("vers", 300) else None,
        confirmed=form.one("confirme", 10) == "oui",
    )


def target_in(form: Form) -> Target:
    """Whom a form names: "organisme|service|post", the last two may be empty."""
    organisation, _, rest = form.one("vers", 600).partition("|")
    service, _, post = rest.partition("|")
    return Target(organisation=organisation, service=service, post=post)


def _rank(text: str) -> int | None:
    if not text:
        return None
    found = number(text)
    if found is None:
        raise InvalidInput("Le rang est un nombre entier.", "rang")
    return found


def _moment(form: Form) -> datetime | None:
    day, moment = form.one("jour", 40), form.one("moment", 40)
    if not day and not moment:
        return None
    try:
        if moment:
            return datetime.fromisoformat(moment).replace(tzinfo=PARIS)
        return datetime.combine(datetime.fromisoformat(day).date(), MORNING, PARIS)
    except ValueError:
        raise InvalidInput("Cette date ne peut pas être lue.", "moment" if moment else "jour") from None


def _code(kind: type[CodeT], code: str, field: str) -> CodeT | None:
    if not code:
        return None
    try:
        return kind(code)
    except ValueError:
        raise InvalidInput("Choisissez dans la liste.", field) from None
