"""Which edition of a form holds, and its compiled form, made once per process."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from django.db.models import Max, QuerySet
from django.utils.translation import get_language

from moyai.applications.models import Draft, FormEdition, Procedure
from moyai.applications.rules import CompiledEdition, compile_edition
from moyai.tenants.public import Body
from moyai.ui.public import EASY, marked

_KEPT = 512  # editions a process keeps compiled; the oldest used goes first
_compiled: OrderedDict[tuple[str, str], CompiledEdition] = OrderedDict()
_lock = Lock()


def reading_language() -> str:
    """The language of the page as editions know it: ja, en or ja-easy."""
    active = get_language() or "ja"
    return "en" if active.startswith("en") else EASY if active == EASY else "ja"


def compiled(edition: FormEdition, language: str | None = None) -> CompiledEdition:
    """The edition ready to run, in the reader's language; "ja" for whatever is kept, printed or sent to staff.

    Known by the hash of its content, so no body's form can be another's.
    """
    key = (edition.sha256, language or reading_language())
    with _lock:
        found = _compiled.get(key)
        if found is not None:
            _compiled.move_to_end(key)
            return found
    made = compile_edition(edition.document, key[1], words=marked if key[1] == EASY else None)
    with _lock:
        _compiled[key] = made
        while len(_compiled) > _KEPT:
            _compiled.popitem(last=False)
    return made


def _editions(procedure: Procedure) -> QuerySet[FormEdition]:
    # The document is large and its compiled form is kept: it is fetched only where it is needed.
    editions: QuerySet[FormEdition] = FormEdition.objects.filter(
        body_id=procedure.body_id, procedure=procedure
    ).defer("document")
    return editions


def current_edition(procedure: Procedure) -> FormEdition | None:
    """The edition in force: the highest number."""
    edition = _editions(procedure).order_by("-number").first()
    if edition is not None:
        edition.procedure = procedure
    return edition


def newest_numbers(*, body: Body) -> dict[int, int]:
    """The number of the edition in force of every procedure that has one, in one query."""
    rows = FormEdition.objects.filter(body_id=body.pk).values("procedure_id").annotate(newest=Max("number"))
    return {row["procedure_id"]: row["newest"] for row in rows.order_by("procedure_id")}


def edition_for(*, procedure: Procedure, number: int) -> FormEdition | None:
    edition = _editions(procedure).filter(number=number).first()
    if edition is not None:
        edition.procedure = procedure
    return edition


def usable(*, edition: FormEdition, now: datetime) -> FormEdition | None:
    """None while answers to this edition are taken; else the edition to move to or to begin anew with.

    The first edition published after it says so: 続ける (until an instant), 移す or 止める.
    """
    later = list(_editions(edition.procedure).filter(number__gt=edition.number).order_by("number"))
    if not later:
        return None
    for following in later:
        keeps = following.in_flight == FormEdition.InFlight.CONTINUE
        if not keeps or (following.in_flight_until is not None and now >= following.in_flight_until):
            return later[-1]
    return None


def takes_files(edition: FormEdition) -> bool:
    """Whether any question of the form takes a file."""
    return any(one.kind in ("file", "photo") for one in compiled(edition).fields.values())


def usable_for(*, draft: Draft, now: datetime) -> FormEdition | None:
    """`usable` for a draft as `queries.kept` gives it: asked of the database only where there is a newer one."""
    if getattr(draft, "newest_id", None) == draft.edition_id:
        return None
    return usable(edition=draft.edition, now=now)
