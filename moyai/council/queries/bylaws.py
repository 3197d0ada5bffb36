"""会則・要綱・規程 as of any date: what is in force, every version, and what may be cited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from moyai.council.models import Bylaw, BylawVersion, Citation, Item, Posting
from moyai.council.rules.citing import Edition, in_force

NEWEST_FIRST = ("-from_on", "-number")


@dataclass(frozen=True, slots=True)
class Standing:
    """効力 of a rule on a day: the version in force; or since when it is abolished, or from when it will be in force."""

    bylaw: Bylaw
    version: BylawVersion | None
    abolished_on: date | None
    coming_on: date | None
    count: int  # versions begun by that day, an abolition included


def edition(version: BylawVersion) -> Edition:
    return Edition(version.number, version.from_on, version.abolished)


def standing_on(bylaw: Bylaw, versions: Iterable[BylawVersion], on: date) -> Standing:
    """効力 of one rule on a day, from its versions."""
    own = list(versions)
    found = in_force([edition(one) for one in own], on)
    ended = [one.from_on for one in own if one.abolished and one.from_on <= on]
    coming = [one.from_on for one in own if one.from_on > on and not one.abolished]
    return Standing(
        bylaw=bylaw,
        version=next((one for one in own if found is not None and one.number == found.number), None),
        abolished_on=max(ended) if ended and found is None else None,
        coming_on=min(coming, default=None),
        count=sum(1 for one in own if one.from_on <= on),
    )


def bylaws_on(on: date, *, public_only: bool = False) -> list[Standing]:
    """Every rule with its standing on a day, in their order; two queries. The texts are not read."""
    bylaws = Bylaw.objects.filter(public=True) if public_only else Bylaw.objects.all()
    listed = list(bylaws.order_by("position", "code"))
    versions: dict[int, list[BylawVersion]] = {}
    for one in BylawVersion.objects.filter(bylaw__in=listed).defer("text").order_by("bylaw_id", "number"):
        versions.setdefault(one.bylaw_id, []).append(one)
    return [standing_on(one, versions.get(one.pk, []), on) for one in listed]


def versions_of(bylaw: Bylaw) -> list[BylawVersion]:
    """Every version, the newest first, with what decided it."""
    return list(
        BylawVersion.objects.filter(bylaw=bylaw)
        .select_related("decided_by__meeting__committee")
        .order_by(*NEWEST_FIRST)
    )


def citations_of(bylaw: Bylaw) -> list[Citation]:
    """Where a rule is cited, the newest first, at most 50."""
    return list(
        Citation.objects.filter(version__bylaw=bylaw)
        .select_related("version", "item__meeting__committee", "posting")
        .order_by("-cited_on", "-id")[:50]
    )


def cited_in(*, items: Iterable[Item] = (), posting: Posting | None = None) -> list[Citation]:
    """What items, or a notice, rest on."""
    where = Q(item__in=list(items)) if posting is None else Q(posting=posting)
    return list(
        Citation.objects.filter(where)
        .select_related("version__bylaw")
        .order_by("item_id", "version__bylaw__position", "version__bylaw__code", "id")
    )


def decided_items() -> list[Item]:
    """議案 a version may have been decided by: the newest 100 that were decided."""
    return list(
        Item.objects.filter(state=Item.State.DECIDED)
        .select_related("meeting__committee")
        .order_by("-meeting__held_on", "position")[:100]
    )
