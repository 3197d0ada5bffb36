"""保存期間 — which applications may be forgotten, what stays and why, and what was forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from moyai.applications.models import (
    Application,
    Correction,
    Draft,
    FollowUp,
    Hold,
    Procedure,
    RetentionRun,
    Taking,
)
from moyai.documents.public import Letter
from moyai.money.public import kept_by_money
from moyai.tenants.public import Actor, Body, body_of, clock

AT_ONCE: Final = 2_000
KIND: Final = "applications.application"

# What keeps an application beyond its day, in the order in which it is looked for.
WHY: Final[dict[str, Any]] = {
    "held": _("保留中"),
    "open": _("処理中"),
    "payment": _("支払待ち"),
    "money_open": _("請求が残っている"),
    "money_attempt": _("カード払いの結果待ち"),
    "money_refund": _("還付・充当の手続き中"),
    "money_overpaid": _("過納が残っている"),
    "correction": _("補正待ち"),
    "places": _("抽選・繰上げの結果待ち"),
    "follow_up": _("次の手続きの案内前"),
    "child": _("続きの申請が残っている"),
    "draft": _("続きの下書きが残っている"),
    "letter": _("文書の保存期間中"),
}


def ended(*, body: Body, before: date) -> QuerySet[Application]:
    """Applications whose 保存期間 ended before a day, held ones among them; later ones first, so that what goes on
    from an application is looked at before it."""
    rows: QuerySet[Application] = Application.objects.filter(
        body_id=body.pk, keep_until__isnull=False, keep_until__lt=before
    ).order_by("-id")
    return rows


def in_batches(*, body: Body, before: date, below: int | None = None) -> Iterator[list[Application]]:
    """`ended` in lists of AT_ONCE, by key, without answers."""
    while True:
        rows = ended(body=body, before=before).only(
            "id", "body_id", "procedure_id", "held", "open", "payment", "keep_until", "public_number"
        )
        batch = list((rows.filter(id__lt=below) if below is not None else rows)[:AT_ONCE])
        if not batch:
            return
        yield batch
        below = batch[-1].pk


def kept_back(*, body: Body, now: datetime, rows: Sequence[Application], going: set[int]) -> dict[int, str]:
    """Why applications must stay although their day is over: id → code of WHY, in a fixed number of queries.

    `going` are those that go before these: what goes on from an application keeps it only while it stays itself.
    The ids of `rows` that may go are added to it.
    """
    today = clock.today(now)
    ids = [row.pk for row in rows]
    held = set(_ids(Hold.objects.filter(application_id__in=ids, released_at__isnull=True), body))
    money = kept_by_money(payable=KIND, thing_ids=ids)
    corrections = set(
        _ids(
            Correction.objects.filter(
                application_id__in=ids, answered_at__isnull=True, cancelled_at__isnull=True
            ),
            body,
        )
    )
    undecided = Taking.objects.filter(
        application_id__in=ids, state__in=(Taking.State.ENTERED, Taking.State.OFFERED)
    )
    places = set(_ids(undecided, body))
    follow_ups = set(  # one that was answered before its day is asked for no more
        _ids(
            FollowUp.objects.filter(application_id__in=ids, asked_at__isnull=True, answered_by__isnull=True),
            body,
        )
    )
    children: dict[int, list[int]] = {}
    for child, parent in Application.objects.filter(body_id=body.pk, parent_id__in=ids).values_list(
        "pk", "parent_id"
    ):
        children.setdefault(parent, []).append(child)
    drafts = set(
        Draft.objects.filter(body_id=body.pk, parent_id__in=ids, application__isnull=True).values_list(
            "parent_id", flat=True
        )
    )
    letters = set(
        Letter.objects.filter(
            body_id=body.pk, thing_kind=KIND, thing_id__in=ids, keep_until__gte=today, purged_at__isnull=True
        ).values_list("thing_id", flat=True)
    )
    found: dict[int, str] = {}
    for row in rows:
        why = (
            ("held" if row.held or row.pk in held else "")
            or ("open" if row.open else "")
            or ("payment" if row.payment == Application.Payment.WAITING else "")
            or (f"money_{money[row.pk]}" if row.pk in money else "")
            or ("correction" if row.pk in corrections else "")
            or ("places" if row.pk in places else "")
            or ("follow_up" if row.pk in follow_ups else "")
            or ("child" if any(child not in going for child in children.get(row.pk, ())) else "")
            or ("draft" if row.pk in drafts else "")
            or ("letter" if row.pk in letters else "")
        )
        if why:
            found[row.pk] = why
        else:
            going.add(row.pk)
    return found


def _ids(rows: QuerySet[Any], body: Body) -> Iterator[int]:
    yield from rows.filter(body_id=body.pk).values_list("application_id", flat=True)


@dataclass(slots=True)
class Preview:
    """削除の見込み — by procedure: how many go, how many stay and why."""

    going: Counter[int] = field(default_factory=Counter)
    staying: dict[int, Counter[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.going.values())

    def as_json(self, titles: Mapping[int, str]) -> dict[str, Any]:
        """As it is stored with the proposal: what was known when it was made."""
        of = sorted({*self.going, *self.staying}, key=lambda one: titles.get(one, ""))
        return {
            "total": self.total,
            "procedures": [
                {
                    "id": one,
                    "title": titles.get(one, ""),
                    "going": self.going.get(one, 0),
                    "staying": dict(self.staying.get(one, {})),
                }
                for one in of
            ],
        }


def preview(*, actor: Actor, now: datetime, before: date) -> Preview:
    """What a run would delete that lets go what ended before a day, and what stays and why. Changes nothing."""
    body, made = body_of(actor.body), Preview()
    going: set[int] = set()
    for batch in in_batches(body=body, before=before):
        why = kept_back(body=body, now=now, rows=batch, going=going)
        for row in batch:
            if row.pk in why:
                made.staying.setdefault(row.procedure_id, Counter())[why[row.pk]] += 1
            else:
                made.going[row.procedure_id] += 1
    return made


def procedure_titles(*, actor: Actor) -> dict[int, str]:
    return dict(Procedure.objects.filter(body_id=body_of(actor.body).pk).values_list("pk", "title"))


def runs(*, actor: Actor) -> QuerySet[RetentionRun]:
    rows: QuerySet[RetentionRun] = RetentionRun.objects.filter(body_id=body_of(actor.body).pk).order_by("-id")
    return rows


def standing_hold(application: Application) -> Hold | None:
    """保留 that stands on an application."""
    holds = Hold.objects.filter(
        body_id=application.body_id, application=application, released_at__isnull=True
    )
    return holds.order_by("id").first()
