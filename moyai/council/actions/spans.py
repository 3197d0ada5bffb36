"""期間 — what several actions ask of a span of days: that it does not end before it begins, and overlaps no other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.calendars.public import day_words
from moyai.council.models import Committee
from moyai.council.rules.rotation import Span
from moyai.tenants.public import Body, Refusal


class EndsBeforeBegin(Refusal):
    code = "ends_before_it_begins"
    status = 422
    message = lazy("終わりの日は、始まりの日以降の日付にしてください。")  # type: ignore[assignment]


class NotAliveThen(Refusal):
    code = "committee_not_alive"
    status = 422
    message = lazy("この会議体は、その日には置かれていません。")  # type: ignore[assignment]


class NotInCouncilThen(Refusal):
    code = "not_in_council"
    status = 422
    message = lazy("この団体は、その日には協議会に加入していません。")  # type: ignore[assignment]


def check_span(from_on: date, until_on: date | None, *, field: str = "until_on") -> None:
    """Raises EndsBeforeBegin."""
    if until_on is not None and until_on < from_on:
        raise EndsBeforeBegin(fields={field: str(EndsBeforeBegin.message)})


def check_alive(committee: Committee, from_on: date, until_on: date | None) -> None:
    """The span lies within the life of the committee. An open one ends with it. Raises NotAliveThen."""
    begins_too_early = from_on < committee.from_on
    ends = committee.until_on
    if begins_too_early or (ends is not None and from_on > ends):
        raise NotAliveThen(_alive_words(committee), fields={"from_on": _alive_words(committee)})
    if ends is not None and until_on is not None and until_on > ends:
        raise NotAliveThen(_alive_words(committee), fields={"until_on": _alive_words(committee)})


def _alive_words(committee: Committee) -> str:
    return _("「%(name)s」が置かれているのは%(span)sです。") % {
        "name": committee.name,
        "span": span_words(committee.from_on, committee.until_on),
    }


def check_in_council(body: Body, on: date) -> None:
    """Raises NotInCouncilThen."""
    if on < body.from_on or (body.until_on is not None and on > body.until_on):
        raise NotInCouncilThen(fields={"body": str(NotInCouncilThen.message)})


def first_overlap(spans: Iterable[tuple[date, date | None]], new: Span) -> tuple[date, date | None] | None:
    """The first of the spans that holds on a day of the new one."""
    return next((one for one in spans if Span(*one).overlaps(new)), None)


def day_said(on: date) -> str:
    """令和8年4月1日, in the reader's language."""
    return day_words(on, weekday=False)


def span_words(from_on: date, until_on: date | None) -> str:
    """令和5年4月1日から令和6年3月31日まで."""
    if until_on is None:
        return _("%(from)sから") % {"from": day_said(from_on)}
    return _("%(from)sから%(until)sまで") % {"from": day_said(from_on), "until": day_said(until_on)}
