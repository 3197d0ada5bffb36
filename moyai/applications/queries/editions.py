"""Which edition of a form holds, and its compiled form, made once per process."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from django.db.models import IntegerField, QuerySet
from django.db.models.expressions import RawSQL

from moyai.applications.models import Draft, FormEdition, Procedure
from moyai.applications.rules import CompiledEdition, compile_edition

_KEPT = 512  # editions a process keeps compiled; the oldest used goes first
_compiled: OrderedDict[str, CompiledEdition] = OrderedDict()
_lock = Lock()


def compiled(edition: FormEdition) -> CompiledEdition:
    """The edition ready to run. Known by the hash of its content, so no body's form can be another's."""
    with _lock:
        found = _compiled.get(edition.sha256)
        if found is not None:
            _compiled.move_to_end(edition.sha256)
            return found
    made = compile_edition(edition.document)
    with _lock:
        _compiled[edition.sha256] = made
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


# Of each draft: the highest number of an edition of its procedure. As SQL, because the query is asked on every
# page of a draft and building an expression for it took a third of its time.
NEWEST_NUMBER = RawSQL(
    "(SELECT max(number) FROM applications_formedition AS edition"
    " WHERE edition.body_id = applications_draft.body_id"
    " AND edition.procedure_id = applications_draft.procedure_id)",
    (),
    output_field=IntegerField(),
)


def usable_for(*, draft: Draft, now: datetime) -> FormEdition | None:
    """`usable` for a draft as `draft_by_token` gives it: asked of the database only where there is a newer one."""
    if getattr(draft, "newest_number", None) == draft.edition.number:
        return None
    return usable(edition=draft.edition, now=now)
