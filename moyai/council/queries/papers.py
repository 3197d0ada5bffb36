"""資料 — numbered as they are printed (別紙1 …), each with its earlier versions, as far as the reader's right goes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from moyai.council.models import Meeting, Paper
from moyai.council.rules import climbing


@dataclass(frozen=True, slots=True)
class Numbered:
    """A paper with its number; `before` are the versions it replaced, newest first."""

    paper: Paper
    number: str
    before: tuple[Paper, ...]


def papers_of(meeting: Meeting, *, readable: Q | None = None) -> list[Numbered]:
    """The papers of a sitting in the order of their numbers; one query (two with `readable`).

    Numbers run over all papers, so that a paper has one number for everybody, also for those who may not read each of them.
    """
    rows = list(
        Paper.objects.filter(meeting=meeting)
        .select_related("item", "file")
        .defer("text", "file__content")
        .order_by("pk")
    )
    allowed: Collection[int] | None = None
    if readable is not None:
        allowed = set(Paper.objects.filter(readable, meeting=meeting).values_list("pk", flat=True))
    return numbered(rows, allowed)


def numbered(rows: Collection[Paper], allowed: Collection[int] | None = None) -> list[Numbered]:
    """Pure: the current papers by number, the replaced ones behind them."""
    by_id = {paper.pk: paper for paper in rows}
    replaced = {paper.replaces_id for paper in rows if paper.replaces_id is not None}
    current = [paper for paper in rows if paper.pk not in replaced]
    numbers = climbing.annexes(
        [(paper.item.position if paper.item else 0, paper.position, paper.pk) for paper in current]
    )
    found = []
    for pk, number in numbers.items():
        if allowed is not None and pk not in allowed:
            continue
        before, here = [], by_id[pk].replaces_id
        while here is not None and here in by_id:
            before.append(by_id[here])
            here = by_id[here].replaces_id
        found.append(Numbered(by_id[pk], number, tuple(before)))
    return found


def paper_with_file(paper_id: int, *, readable: Q | None = None) -> Paper | None:
    rows = Paper.objects.select_related("file", "meeting__committee", "item").filter(pk=paper_id)
    if readable is not None:
        rows = rows.filter(readable)
    return rows.first()


def papers_to_print(meeting: Meeting, *, readable: Q | None = None) -> list[Numbered]:
    """As `papers_of`, current ones only, with their bytes."""
    known = papers_of(meeting, readable=readable)
    content = dict(
        Paper.objects.filter(pk__in=[one.paper.pk for one in known]).values_list("pk", "file__content")
    )
    for one in known:
        one.paper.file.content = content[one.paper.pk]
    return known


def papers_elsewhere(meeting: Meeting) -> list[Paper]:
    """資料 of other sittings that may be attached by link, newest first."""
    return list(
        Paper.objects.filter(meeting__isnull=False, replaced_by__isnull=True)
        .exclude(meeting=meeting)
        .select_related("meeting__committee")
        .defer("text")
        .order_by("-pk")[:200]
    )
