"""会員のページの検索 — over notices, items, papers and rules; one query each, each by the member's right."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from django.db.models import Q

from moyai.council.models import BylawVersion, Item, Meeting, Paper, Posting
from moyai.council.queries.rights import papers_readable, postings_readable
from moyai.ui.public import fold

MOST = 50  # of each kind
LONGEST = 5  # words that are looked for


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, by kind; each list is cut at 50."""

    postings: tuple[Posting, ...]
    items: tuple[Item, ...]
    papers: tuple[Paper, ...]
    bylaws: tuple[BylawVersion, ...]

    @property
    def count(self) -> int:
        return len(self.postings) + len(self.items) + len(self.papers) + len(self.bylaws)


def words_of(text: str) -> list[str]:
    """探す言葉 — by blanks of any width, as typed and in the width that is kept; at most five."""
    return fold(text).split()[:LONGEST]


def everywhere(words: Sequence[str], *fields: str) -> Q:
    """Every word stands in one of the fields."""
    each = (reduce(operator.or_, (Q(**{f"{field}__icontains": word}) for field in fields)) for word in words)
    return reduce(operator.and_, each)


def search(words: Sequence[str], mine: frozenset[int]) -> Found:
    """Four queries; nothing for no words. `mine` are the committees a body reads (rights.committees_read_by).

    Items of sittings that are called, in its own committees or in the public report; papers in their newest version; of a rule
    the newest version that has the words.
    """
    if not words:
        return Found((), (), (), ())
    postings = (
        Posting.objects.filter(everywhere(words, "title", "text"), postings_readable(mine))
        .select_related("committee")
        .defer("text")
        .order_by("-posted_at", "-pk")[:MOST]
    )
    called = ~Q(meeting__state=Meeting.State.PLANNED)
    items = (
        Item.objects.filter(
            everywhere(words, "title", "text", "outcome"),
            called,
            Q(meeting__committee__in=mine) | Q(meeting__public=True),
        )
        .select_related("meeting__committee")
        .defer("text", "outcome", "meeting__minutes")
        .order_by("-meeting__held_on", "position")[:MOST]
    )
    papers = (
        Paper.objects.filter(
            everywhere(words, "title", "name", "text"), papers_readable(mine), replaced_by__isnull=True
        )
        .select_related("meeting__committee", "item__meeting__committee", "posting")
        .defer("text", "meeting__minutes", "item__meeting__minutes", "posting__text")
        .order_by("-brought_at", "-pk")[:MOST]
    )
    versions = (
        BylawVersion.objects.filter(everywhere(words, "bylaw__name", "label", "text"))
        .select_related("bylaw")
        .defer("text")
        .order_by("bylaw_id", "-number")
        .distinct("bylaw_id")[:MOST]
    )
    return Found(tuple(postings), tuple(items), tuple(papers), tuple(versions))
