"""Procedures as residents and staff look for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from moyai.applications.models import Procedure
from moyai.applications.queries.titles import fact_of, titles_of
from moyai.tenants.public import Actor, body_of, clock
from moyai.ui.public import without_readings

RECEPTION_WORDS = {
    "open": ("progress", _("受付中")),
    "early": ("neutral", _("受付前")),
    "over": ("neutral", _("受付終了")),
    "hidden": ("neutral", _("非公開")),
}


@dataclass(frozen=True, slots=True)
class Reception:
    """受付 of a procedure at an instant: open, early, over or hidden; and the badge that says so."""

    state: str

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def badge(self) -> dict[str, Any]:
        kind, word = RECEPTION_WORDS[self.state]
        return {"kind": kind, "word": word}


def reception(procedure: Procedure, *, now: datetime) -> Reception:
    """Whether applications are taken at an instant: from `opens_at` on, until before `closes_at`."""
    if not procedure.published or (procedure.retired_on and procedure.retired_on <= clock.today(now)):
        return Reception("hidden")
    if procedure.opens_at is not None and now < procedure.opens_at:
        return Reception("early")
    if procedure.closes_at is not None and now >= procedure.closes_at:
        return Reception("over")
    return Reception("open")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _holds(procedure: Procedure, shown: str, wanted: Sequence[str]) -> bool:
    """Whether its words, or its name and facts as the reader's page says them, hold all that is wanted."""
    one = procedure
    read = " ".join(fact_of(one, name) for name in ("summary", "audience", "section"))
    said = f"{one.title} {shown} {one.summary} {one.category} {one.section} {without_readings(read)}"
    text = _folded(said)
    return all(word in text for word in wanted)


def published_procedures(
    *, actor: Actor, now: datetime, words: str = "", category: str = ""
) -> list[Procedure]:
    """手続の一覧 for residents: published ones that hold all the words; open ones first, then by title."""
    procedures = Procedure.objects.filter(body_id=body_of(actor.body).pk, published=True).filter(
        Q(retired_on__isnull=True) | Q(retired_on__gt=clock.today(now))
    )
    if category:
        procedures = procedures.filter(category=category)
    wanted = _folded(words).split()
    every = list(procedures)
    shown = titles_of(every) if wanted else {}
    found = [
        procedure
        for procedure in every
        if not wanted or _holds(procedure, without_readings(shown[procedure.pk]), wanted)
    ]
    order = {"open": 0, "early": 1, "over": 2, "hidden": 3}
    return sorted(found, key=lambda one: (order[reception(one, now=now).state], one.title))


def procedure_by_code(*, actor: Actor, code: str) -> Procedure | None:
    procedures: QuerySet[Procedure] = Procedure.objects.filter(body_id=body_of(actor.body).pk, code=code)
    return next(iter(procedures), None)  # the code is unique


def procedures_of_office(*, actor: Actor) -> QuerySet[Procedure]:
    """Every procedure of the body that the actor's sections see, with its latest edition."""
    own = Procedure.objects.filter(body_id=body_of(actor.body).pk)
    if actor.sections:
        own = own.filter(section__in=["", *sorted(actor.sections)])
    procedures: QuerySet[Procedure] = own.annotate(latest=Max("editions__number")).order_by("title", "id")
    return procedures


def open_by_procedure(*, actor: Actor) -> dict[int, int]:
    """Open applications by procedure."""
    from moyai.applications.models import Application

    rows = (
        Application.objects.filter(body_id=body_of(actor.body).pk, open=True)
        .values("procedure_id")
        .annotate(count=Count("id"))
        .order_by("procedure_id")
    )
    return {row["procedure_id"]: row["count"] for row in rows}
