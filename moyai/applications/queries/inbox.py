"""受付箱 — the staff's list of what waits, soonest due first, a page by key.

Each view reads one index from its first row; the counts stop at a bound. So the page costs the same over
2 million rows of 1,700 bodies as over 200,000 of 21.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from moyai.applications import flow
from moyai.applications.keys import kana_key, name_key
from moyai.applications.models import Application, Procedure
from moyai.applications.queries.route import asked_of_sections
from moyai.tenants.public import Actor, body_of, clock

PAGE_ROWS: Final = 50
FEW: Final = 500  # found by name: above, the order of the list is the shorter way
COUNT_UP_TO: Final = 999  # above, a view says 999+: nobody works through a thousand by eye

VIEWS: Final[dict[str, Any]] = {
    "mine": _("自分の担当"),
    "unassigned": _("未割当"),
    "overdue": _("期限超過"),
    "received": _("受理待ち"),
    "returned": _("補正待ち"),
    "proposed": _("決裁待ち"),
    "asked": _("合議・決裁の依頼"),
    "unpaid": _("支払待ち"),
    "open": _("対応中すべて"),
    "closed": _("終わったもの"),
}
COUNTED: Final = ("mine", "unassigned", "overdue", "received", "returned", "proposed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a clerk asked the inbox for. `words`: 整理番号, 受験番号 and the like, name or kana from its beginning."""

    view: str = "open"
    procedure_id: int | None = None
    status: str = ""
    words: str = ""
    received_from: date | None = None
    received_to: date | None = None
    after: str = ""  # key of the last row of the page before: due date and id
    before: str = ""  # key of the first row of the page after


@dataclass(frozen=True, slots=True)
class InboxPage:
    rows: list[Application]
    older: str  # key to go on with; empty at the end
    newer: str
    wanted: Wanted


def key_of(row: Application, *, closed: bool) -> str:
    day = row.received_on if closed else row.due_on
    return f"{day.isoformat()}.{row.pk}"


def read_key(key: str) -> tuple[date, int] | None:
    """A page key out of an address; anything else is no key."""
    day, _dot, number = key.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def inbox(*, actor: Actor, now: datetime, wanted: Wanted) -> InboxPage:
    """One page of the inbox. Open views run by due date, the closed one newest first."""
    if wanted.view not in VIEWS:
        wanted = replace(wanted, view="open")
    closed = wanted.view == "closed"
    rows = _of_view(actor=actor, now=now, view=wanted.view)
    if wanted.words.strip():
        rows = _matching(rows, wanted.words)
    if wanted.procedure_id:
        rows = rows.filter(procedure_id=wanted.procedure_id)
    if wanted.status in flow.STATUSES:
        rows = rows.filter(status=wanted.status)
    if wanted.received_from:
        rows = rows.filter(received_on__gte=wanted.received_from)
    if wanted.received_to:
        rows = rows.filter(received_on__lte=wanted.received_to)
    rows = rows.select_related("procedure").defer("answers", "calculated")
    day = "received_on" if closed else "due_on"
    backwards = bool(wanted.before) and not wanted.after
    down = closed != backwards
    start = read_key(wanted.before if backwards else wanted.after)
    if start is not None:
        rows = rows.filter(_beyond(day, start, down=down))
    sign = "-" if down else ""
    found = list(rows.order_by(f"{sign}{day}", f"{sign}id")[: PAGE_ROWS + 1])
    more = len(found) > PAGE_ROWS
    found = found[:PAGE_ROWS]
    if backwards:
        found.reverse()
    has_next = bool(found) and (more if not backwards else True)
    has_previous = bool(found) and (start is not None if not backwards else more)
    return InboxPage(
        rows=found,
        older=key_of(found[-1], closed=closed) if has_next else "",
        newer=key_of(found[0], closed=closed) if has_previous else "",
        wanted=wanted,
    )


def _beyond(day: str, start: tuple[date, int], *, down: bool) -> Q:
    """Rows after the key, so that the index is entered at the key and not at its beginning."""
    on, number = start
    if down:
        return Q(**{f"{day}__lte": on}) & (Q(**{f"{day}__lt": on}) | Q(id__lt=number))
    return Q(**{f"{day}__gte": on}) & (Q(**{f"{day}__gt": on}) | Q(id__gt=number))


def _of_view(*, actor: Actor, now: datetime, view: str) -> QuerySet[Application]:
    rows: QuerySet[Application] = Application.objects.filter(body_id=body_of(actor.body).pk)
    if view == "asked":
        return rows.filter(open=True, pk__in=asked_of_sections(actor))
    if actor.sections:
        rows = rows.filter(procedure_id__in=procedures_of_sections(actor))
    if view == "closed":
        return rows.filter(open=False)
    rows = rows.filter(open=True)
    if view == "mine":
        return rows.filter(assignee_id=actor.account_id)
    if view == "unassigned":
        return rows.filter(assignee_id__isnull=True)
    if view == "overdue":
        return rows.filter(
            due_on__lt=clock.today(now), stopped_on__isnull=True
        )  # 補正待ち is not counted (行政手続法 第7条)
    if view == "unpaid":
        return rows.filter(payment=Application.Payment.WAITING)
    if view in (flow.RECEIVED, flow.RETURNED, flow.PROPOSED):
        return rows.filter(status=view)
    return rows


def procedures_of_sections(actor: Actor) -> list[int]:
    """Ids of the procedures an actor bound to 課・係 sees: those of these sections, and those of nobody in particular."""
    return list(
        Procedure.objects.filter(body_id=body_of(actor.body).pk, section__in=["", *sorted(actor.sections)])
        .order_by("id")
        .values_list("id", flat=True)
    )


def _matching(rows: QuerySet[Application], words: str) -> QuerySet[Application]:
    digits = "".join(sign for sign in name_key(words) if sign.isdigit())
    if len(digits) == 12:
        return rows.filter(public_number=digits)
    if digits and digits == name_key(words) and len(digits) <= 8:
        return rows.filter(case_number=digits.zfill(5))
    name, kana = name_key(words), kana_key(words)
    # The keys are compared byte by byte (COLLATE "C"): a beginning is a range, which the wall lets an index answer.
    beginning = Q(name_key__gte=name, name_key__lt=name + "\U0010ffff")
    named = rows.filter(beginning | Q(kana_key__gte=kana, kana_key__lt=kana + "\U0010ffff"))
    # Few are found by name and put in order; many by going along the order until a page is full. The planner
    # cannot know which it is and would go along the order for a rare name too, through every row of the body.
    few = list(named.order_by().values_list("id", flat=True)[: FEW + 1])
    return rows.filter(pk__in=few) if len(few) <= FEW else named


def view_counts(*, actor: Actor, now: datetime) -> dict[str, int]:
    """How many wait in each counted view, in one statement; stops at COUNT_UP_TO + 1 per view."""
    parts, values = [], []
    for view in COUNTED:
        query, params = (
            _of_view(actor=actor, now=now, view=view)
            .order_by()
            .values("id")[: COUNT_UP_TO + 1]
            .query.sql_with_params()
        )
        parts.append(f"(SELECT count(*) FROM ({query}) AS {view})")  # noqa: S608  (our own SQL, values apart)
        values += list(params)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        counts = cursor.fetchone()
    return dict(zip(COUNTED, (int(count) for count in counts), strict=True))
