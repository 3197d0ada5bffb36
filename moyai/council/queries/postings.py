"""お知らせ — those that stand on a day, and all by key; for the secretariat, for a member by right, for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from moyai.council.models import Paper, Posting
from moyai.council.queries.rights import postings_readable, standing_postings

ROWS = 30


@dataclass(frozen=True, slots=True)
class PostingPage:
    """One page of notices, the newest first, and the keys of the pages beside it."""

    rows: tuple[Posting, ...]
    older: int | None
    newer: int | None


def postings_by_key(where: Q, *, before: int | None = None, after: int | None = None) -> PostingPage:
    """Notices by number, the newest first; `before` and `after` are the number a page ends at. Three queries."""
    rows = Posting.objects.filter(where).select_related("committee").defer("text")
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[:ROWS])[::-1]
    else:
        found = list((rows.filter(pk__lt=before) if before is not None else rows).order_by("-pk")[:ROWS])
    if not found:
        return PostingPage((), None, None)
    first, last = found[0].pk, found[-1].pk
    listed = Posting.objects.filter(where)
    return PostingPage(
        tuple(found),
        last if listed.filter(pk__lt=last).exists() else None,
        first if listed.filter(pk__gt=first).exists() else None,
    )


def everybodys() -> Q:
    """Notices for everybody."""
    return Q(readers=Paper.Readers.PUBLIC)


def notices_for(mine: frozenset[int], on: date, *, most: int = 10) -> list[Posting]:
    """掲載中のお知らせ a body may read, the newest first; one query."""
    return list(
        Posting.objects.filter(postings_readable(mine), standing_postings(on))
        .select_related("committee")
        .order_by("-posted_at", "-pk")[:most]
    )
