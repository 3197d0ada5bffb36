"""役職と任期 — offices of a committee, who holds them from when to when, and whose turn it is (輪番)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.council.actions.spans import (
    check_alive,
    check_in_council,
    check_span,
    day_said,
    first_overlap,
    span_words,
)
from moyai.council.models import Committee, Item, Office, Term
from moyai.council.permits import PERMITS
from moyai.council.queries.sitting import sitting_in
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.rotation import Span, turn, turns
from moyai.tenants.public import Actor, Body, Refusal

LONGEST_ROTATION = 100  # terms


class OfficeKnown(Refusal):
    code = "office_known"
    message = lazy("この記号の役職は、この会議体にすでにあります。")  # type: ignore[assignment]


class TermOverlaps(Refusal):
    code = "term_overlaps"
    message = lazy("この役職の任期が、ほかの任期と重なります。")  # type: ignore[assignment]


class NoSuchPlace(Refusal):
    code = "no_such_place"
    status = 422
    message = lazy("この役職の定数を超えています。")  # type: ignore[assignment]


class OfficeNotThere(Refusal):
    code = "office_not_there"
    status = 422
    message = lazy("この役職は、その日には置かれていません。")  # type: ignore[assignment]


class NotSitting(Refusal):
    code = "not_sitting"
    status = 422
    message = lazy("役員になれるのは、その日にこの会議体の構成員である団体だけです。")  # type: ignore[assignment]


class RotationRefused(Refusal):
    code = "rotation_refused"
    status = 422
    message = lazy("輪番を確かめてください。")  # type: ignore[assignment]


class NoRotation(Refusal):
    code = "no_rotation"
    status = 422
    message = lazy("この役職は輪番ではありません。")  # type: ignore[assignment]


@action("council.create_office", permits=PERMITS, refuses={"office_code_once": OfficeKnown})
def create_office(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    code: str,
    name: str,
    from_on: date,
    holders: int = 1,
    term_years: int = 1,
    rotation: Sequence[str] = (),
    rotation_from: int | None = None,
    rotation_until: int | None = None,
    source: str = "",
    position: int = 0,
    until_on: date | None = None,
) -> Office:
    """役職を置く — `rotation` are 団体コード in turn from the fiscal year `rotation_from` on, each for `term_years`.

    Raises OfficeKnown, EndsBeforeBegin, NotAliveThen, RotationRefused.
    """
    check_span(from_on, until_on)
    check_alive(committee, from_on, until_on)
    check_rotation(rotation, rotation_from, rotation_until, term_years)
    return Office.objects.create(
        committee=committee,
        code=code,
        name=name,
        holders=holders,
        term_years=term_years,
        rotation=list(rotation),
        rotation_from=rotation_from if rotation else None,
        rotation_until=rotation_until if rotation else None,
        source=source,
        position=position,
        from_on=from_on,
        until_on=until_on,
    )


def check_rotation(codes: Sequence[str], first: int | None, last: int | None, term_years: int) -> None:
    """輪番 — every code a body's, none twice, a first year, and not for ever. Raises RotationRefused."""
    if not codes:
        return
    known = set(Body.objects.filter(code__in=codes).values_list("code", flat=True))
    for code in codes:
        if code not in known:
            _refuse_rotation("rotation", _("団体コード%(code)sの団体がありません。") % {"code": code})
    if first is None:
        _refuse_rotation("rotation_from", _("輪番の最初の年度を入力してください。"))
    elif last is not None and not first <= last <= first + LONGEST_ROTATION * term_years:
        _refuse_rotation("rotation_until", _("輪番の最後の年度は、最初の年度以降にしてください。"))
    else:
        try:
            turns(codes, first_year=first, term_years=term_years, last_year=last or first)
        except Cannot as cannot:
            names = dict(Body.objects.filter(code__in=codes).values_list("code", "name"))
            params = {
                key: names.get(value, value) if isinstance(value, str) else value
                for key, value in cannot.params.items()
            }
            _refuse_rotation(
                "term_years" if cannot.where == "term_years" else "rotation", _(cannot.text) % params
            )


def _refuse_rotation(field: str, words: str) -> None:
    raise RotationRefused(words, fields={field: words})


@action("council.end_office", permits=PERMITS)
def end_office(*, actor: Actor, now: datetime, office: Office, until_on: date) -> Office:
    """役職を廃する — the last day of the office; terms that go on longer end with it. Raises EndsBeforeBegin, OfficeNotThere."""
    locked = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    if locked.until_on is not None and locked.until_on < until_on:
        raise OfficeNotThere
    check_span(locked.from_on, until_on)
    if late := Term.objects.filter(office=locked, from_on__gt=until_on).order_by("from_on").first():
        words = _("この日の後に始まる任期（%(span)s）があります。") % {
            "span": span_words(late.from_on, late.until_on)
        }
        raise TermOverlaps(words, fields={"until_on": words})
    Term.objects.filter(office=locked, until_on__gt=until_on).update(until_on=until_on)
    locked.until_on = until_on
    locked.save(update_fields=["until_on"])
    return locked


def ends_on(from_on: date, years: int) -> date:
    """任期の満了 — the day before the same day `years` later (4月1日から2年 → 翌々年3月31日)."""
    try:
        same = from_on.replace(year=from_on.year + years)
    except ValueError:  # 2月29日
        same = date(from_on.year + years, 3, 1)
    return date.fromordinal(same.toordinal() - 1)


@action("council.appoint", permits=PERMITS)
def appoint(
    *,
    actor: Actor,
    now: datetime,
    office: Office,
    body: Body,
    from_on: date,
    until_on: date | None = None,
    holder: str = "",
    place: int = 1,
    elected_by: Item | None = None,
) -> Term:
    """選任 — a member holds an office from a day; without a last day for the office's whole term.

    `place` is which of the office's holders. Raises EndsBeforeBegin, OfficeNotThere, NoSuchPlace, NotInCouncilThen, NotSitting,
    TermOverlaps where the place is taken or the member holds the office already.
    """
    locked = (
        Office.objects.select_for_update(of=("self",), no_key=True)
        .select_related("committee__service")
        .get(pk=office.pk)
    )
    last = until_on or _cut(locked, ends_on(from_on, locked.term_years))
    check_span(from_on, last)
    _check_there(locked, from_on, last)
    if not 1 <= place <= locked.holders:
        words = _("%(office)sの定数は%(n)s人です。") % {"office": locked.name, "n": locked.holders}
        raise NoSuchPlace(words, fields={"place": words})
    check_in_council(body, from_on)
    if body.pk not in {one.body.pk for one in sitting_in(locked.committee, from_on) if one.body}:
        raise NotSitting(fields={"body": str(NotSitting.message)})
    _check_free(locked, body, place, Span(from_on, last))
    return Term.objects.create(
        office=locked,
        body=body,
        holder=holder,
        place=place,
        from_on=from_on,
        until_on=last,
        elected_by=elected_by,
    )


@action("council.end_term", permits=PERMITS)
def end_term(*, actor: Actor, now: datetime, term: Term, until_on: date) -> Term:
    """辞任・解任 — a term ends earlier than it was to. Raises EndsBeforeBegin, TermOverlaps where it would grow longer."""
    Office.objects.select_for_update(no_key=True).get(pk=term.office_id)
    locked = Term.objects.select_for_update().get(pk=term.pk)
    check_span(locked.from_on, until_on)
    if until_on > locked.until_on:
        words = _("任期は%(day)sまでです。それより前の日付にしてください。") % {
            "day": day_said(locked.until_on)
        }
        raise TermOverlaps(words, fields={"until_on": words})
    locked.until_on = until_on
    locked.save(update_fields=["until_on"])
    return locked


def appoint_by_rotation(
    *,
    actor: Actor,
    now: datetime,
    office: Office,
    year: int,
    holder: str = "",
    elected_by: Item | None = None,
) -> Term:
    """輪番による選任 — whose turn a fiscal year is holds the office for that turn. Raises NoRotation, and what `appoint` raises."""
    if not office.rotation or office.rotation_from is None:
        raise NoRotation
    try:
        found = turn(
            office.rotation,
            year,
            first_year=office.rotation_from,
            term_years=office.term_years,
            last_year=office.rotation_until,
        )
    except Cannot as cannot:
        words = _(cannot.text) % cannot.params
        raise RotationRefused(words, fields={"year": words}) from cannot
    return appoint(
        actor=actor,
        now=now,
        office=office,
        body=Body.objects.get(code=found.body),
        from_on=max(found.from_on, office.from_on),
        until_on=_cut(office, found.until_on),
        holder=holder,
        elected_by=elected_by,
    )


def _cut(office: Office, last: date) -> date:
    """A term ends at the latest with its office."""
    return last if office.until_on is None else min(last, office.until_on)


def _check_there(office: Office, from_on: date, until_on: date) -> None:
    if not Span(office.from_on, office.until_on).holds_on(from_on) or (
        office.until_on is not None and until_on > office.until_on
    ):
        words = _("「%(name)s」が置かれているのは%(span)sです。") % {
            "name": office.name,
            "span": span_words(office.from_on, office.until_on),
        }
        raise OfficeNotThere(words, fields={"from_on": words})
    check_alive(office.committee, from_on, until_on)


def _check_free(office: Office, body: Body, place: int, new: Span) -> None:
    terms = list(Term.objects.filter(office=office).select_related("body").order_by("from_on"))
    in_place = [one for one in terms if one.place == place]
    taken = first_overlap([(one.from_on, one.until_on) for one in in_place], new)
    if taken is not None:
        holder = next(one for one in in_place if (one.from_on, one.until_on) == taken)
        words = _("%(office)sは、%(span)s%(body)sが務めています。任期が重なります。") % {
            "office": office.name,
            "span": span_words(*taken),
            "body": holder.body.name,
        }
        raise TermOverlaps(words, fields={"from_on": words})
    own = first_overlap([(one.from_on, one.until_on) for one in terms if one.body_id == body.pk], new)
    if own is not None:
        words = _("%(body)sは、%(span)sすでに%(office)sです。") % {
            "office": office.name,
            "span": span_words(*own),
            "body": body.name,
        }
        raise TermOverlaps(words, fields={"body": words})
