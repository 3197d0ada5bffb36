"""会員のページ — what a member finds on its first page of the council: what waits for it, what comes, what is new."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from moyai.council.models import Meeting, Paper, Term
from moyai.council.queries.rights import papers_readable
from moyai.council.queries.sitting import in_force_office
from moyai.tenants.public import Body, in_force


def coming_meetings(mine: frozenset[int], on: date, *, most: int = 10) -> list[Meeting]:
    """これからの会議 of the committees a body sits in, the next one first; one query."""
    return list(
        Meeting.objects.filter(committee__in=mine, state=Meeting.State.CALLED)
        .filter(Q(held_on__gte=on) | Q(until_on__gte=on))
        .select_related("committee")
        .defer("minutes")
        .order_by("held_on", "begins", "pk")[:most]
    )


def newest_papers(mine: frozenset[int], *, most: int = 10, before: int | None = None) -> list[Paper]:
    """新しい資料 a body may read, in their newest version; one query."""
    rows = Paper.objects.filter(papers_readable(mine), replaced_by__isnull=True)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(
        rows.select_related("meeting__committee", "item__meeting__committee", "posting")
        .defer("text", "meeting__minutes", "item__meeting__minutes", "item__text", "posting__text")
        .order_by("-pk")[:most]
    )


def terms_held(body: Body, on: date) -> list[Term]:
    """務めている役職 of a body on a day; one query."""
    return list(
        Term.objects.filter(in_force(on), in_force_office(on), body=body)
        .select_related("office__committee")
        .order_by("office__committee__position", "office__position", "place")
    )
