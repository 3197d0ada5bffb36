"""負担の費目と負担する団体 — each cost has payers of its own, from a day to a day; and the figures it is shared by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.models import AccountLine, CostLine, Payer, SpecialAccount, UseFigure
from moyai.council.permits import PERMITS
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import mix_from
from moyai.tenants.public import Actor, Body, Population, Refusal, Service


class CostLineKnown(Refusal):
    code = "cost_line_known"
    message = gettext_lazy("この記号の費目は、この会計にすでにあります。")  # type: ignore[assignment]


class NotABurdenLine(Refusal):
    code = "not_a_burden_line"
    status = 422
    message = gettext_lazy("費目は、その会計の収入の「負担金」の科目に置いてください。")  # type: ignore[assignment]


class WrongMix(Refusal):
    code = "wrong_mix"
    status = 422


class PaysAlready(Refusal):
    code = "pays_already"
    message = gettext_lazy("この団体は、その日にすでに負担しています。")  # type: ignore[assignment]


class PayingEnds(Refusal):
    code = "paying_ends_before_it_begins"
    status = 422
    message = gettext_lazy("負担の終わりは、始まりの日以降の日付にしてください。")  # type: ignore[assignment]


class CostLineEnds(Refusal):
    code = "cost_line_ends_before_it_begins"
    status = 422
    message = gettext_lazy("費目の終わりは、始まりの日以降の日付にしてください。")  # type: ignore[assignment]


class OutsideLine(Refusal):
    """Nobody pays a cost line before it begins or after it ends."""

    code = "paying_outside_its_line"
    status = 422
    message = gettext_lazy("負担の期間は、費目が置かれている期間の中にしてください。")  # type: ignore[assignment]


class FigureKnown(Refusal):
    code = "figure_known"
    message = gettext_lazy("この年度の実績は、別の数ですでに登録されています。")  # type: ignore[assignment]


class PopulationKnown(Refusal):
    code = "population_known"
    message = gettext_lazy("この日の人口は、別の数ですでに登録されています。")  # type: ignore[assignment]


def checked_mix(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The mix as it is stored, with the fiscal year that a 利用割 counts where one is named. Raises WrongMix."""
    try:
        mix_from(rows)
    except Cannot as cannot:
        words = _(cannot.text) % cannot.params
        raise WrongMix(words, fields={"mix": words}) from None
    return [
        {key: row[key] for key in ("basis", "part", "measure", "yen", "fiscal_year") if row.get(key) not in (None, "")}
        for row in rows
    ]  # fmt: skip


@action("council.open_cost_line", permits=PERMITS, refuses={"cost_line_code_once": CostLineKnown})
def open_cost_line(
    *,
    actor: Actor,
    now: datetime,
    account: SpecialAccount,
    line: AccountLine,
    code: str,
    name: str,
    from_on: date,
    mix: Sequence[Mapping[str, Any]] = ({"basis": "equal", "part": "1"},),
    service: Service | None = None,
    unit_yen: int = 1,
    refunded: bool = True,
    position: int = 0,
    until_on: date | None = None,
) -> CostLine:
    """費目を置く — 運営管理費, 企業情報使用料 …; `mix` is how it is shared as a rule. Raises CostLineKnown, NotABurdenLine, WrongMix."""
    if line.account_id != account.pk or line.meaning != AccountLine.Meaning.BURDEN:
        raise NotABurdenLine(fields={"line": str(NotABurdenLine.message)})
    if until_on is not None and until_on < from_on:
        raise CostLineEnds(fields={"until_on": str(CostLineEnds.message)})
    return CostLine.objects.create(
        account=account, line=line, code=code, name=name, service=service, mix=checked_mix(mix), unit_yen=unit_yen,
        refunded=refunded, position=position, from_on=from_on, until_on=until_on,
    )  # fmt: skip


@action("council.close_cost_line", permits=PERMITS)
def close_cost_line(*, actor: Actor, now: datetime, cost_line: CostLine, until_on: date) -> CostLine:
    """費目を終える — its last day; who pays longer ends with it. Raises CostLineEnds, OutsideLine (somebody would begin after it)."""
    found = CostLine.objects.select_for_update().get(pk=cost_line.pk)
    if until_on < found.from_on:
        raise CostLineEnds(fields={"until_on": str(CostLineEnds.message)})
    payers = Payer.objects.filter(cost_line=found)
    later = payers.filter(from_on__gt=until_on).select_related("body").order_by("body__code").first()
    if later is not None:
        words = _("%(body)sの負担が、その日より後に始まります。") % {"body": later.body.name}
        raise OutsideLine(words, fields={"until_on": words})
    found.until_on = until_on
    found.save(update_fields=["until_on"])
    payers.filter(Q(until_on__isnull=True) | Q(until_on__gt=until_on)).update(until_on=until_on)
    return found


@action(
    "council.begin_paying",
    permits=PERMITS,
    refuses={"one_open_payer": PaysAlready, "payer_begins_once_a_day": PaysAlready},
)
def begin_paying(
    *,
    actor: Actor,
    now: datetime,
    cost_line: CostLine,
    bodies: Sequence[Body],
    from_on: date,
    until_on: date | None = None,
    why: str = "",
) -> CostLine:
    """負担を始める — these bodies pay the cost line from a day on. Raises PaysAlready, PayingEnds, OutsideLine; then none begins."""
    cost_line = CostLine.objects.select_for_update().get(pk=cost_line.pk)
    if until_on is not None and until_on < from_on:
        raise PayingEnds(fields={"from_on": str(PayingEnds.message)})
    ends = cost_line.until_on
    if from_on < cost_line.from_on or (ends is not None and (until_on or from_on) > ends):
        raise OutsideLine(fields={"from_on": str(OutsideLine.message)})
    until_on = until_on or ends
    holding = Payer.objects.filter(cost_line=cost_line, body__in=bodies).exclude(until_on__lt=from_on)
    if until_on is not None:
        holding = holding.filter(from_on__lte=until_on)
    already = holding.select_related("body").order_by("body__code").first()
    if already is not None:
        words = _("%(body)sは、その日にすでに負担しています。") % {"body": already.body.name}
        raise PaysAlready(words, fields={"bodies": words})
    Payer.objects.bulk_create(
        [
            Payer(cost_line=cost_line, body=body, from_on=from_on, until_on=until_on, why=why)
            for body in bodies
        ]
    )
    return cost_line


@action("council.end_paying", permits=PERMITS)
def end_paying(*, actor: Actor, now: datetime, payer: Payer, until_on: date, why: str = "") -> Payer:
    """負担を終える — the last day a body pays.

    What was decided stays decided: its share of the year, its bills, its part in what is refunded of it. From the next
    算定 whose day is later it is not counted. Raises PayingEnds, OutsideLine, PaysAlready (it pays again from a day before).
    """
    line = CostLine.objects.select_for_update().get(pk=payer.cost_line_id)
    found: Payer = Payer.objects.select_for_update(of=("self",)).select_related("body").get(pk=payer.pk)
    if until_on < found.from_on:
        raise PayingEnds(fields={"until_on": str(PayingEnds.message)})
    if line.until_on is not None and until_on > line.until_on:
        raise OutsideLine(fields={"until_on": str(OutsideLine.message)})
    again = Payer.objects.filter(cost_line=line, body=found.body, from_on__range=(found.from_on, until_on))
    if again.exclude(pk=found.pk).exists():
        raise PaysAlready(fields={"until_on": str(PaysAlready.message)})
    found.until_on, found.why = until_on, why or found.why
    found.save(update_fields=["until_on", "why"])
    return found


@action("council.record_use", permits=PERMITS)
def record_use(
    *,
    actor: Actor,
    now: datetime,
    service: Service,
    body: Body,
    fiscal_year: int,
    measure: str,
    value: int,
    source: str,
) -> UseFigure:
    """利用の実績 — what a 利用割 of the next year counts. The same again is harmless; another figure is refused (FigureKnown)."""
    if value < 0:
        raise FigureKnown(
            _("実績は0以上にしてください。"), fields={"value": _("実績は0以上にしてください。")}
        )
    found, new = UseFigure.objects.get_or_create(
        service=service, body=body, fiscal_year=fiscal_year, measure=measure,
        defaults={"value": value, "source": source},
    )  # fmt: skip
    if not new and found.value != value:
        raise FigureKnown(fields={"value": str(FigureKnown.message)})
    return found


@action("council.record_population", permits=PERMITS)
def record_population(
    *, actor: Actor, now: datetime, body: Body, as_of: date, persons: int, source: str
) -> Population:
    """人口 — of a body on a day. The same again is harmless; another number is refused (PopulationKnown)."""
    if persons < 0:
        words = _("人口は0以上にしてください。")
        raise PopulationKnown(words, fields={"persons": words})
    found, new = Population.objects.get_or_create(
        body=body, as_of=as_of, defaults={"persons": persons, "source": source}
    )
    if not new and found.persons != persons:
        raise PopulationKnown(fields={"persons": str(PopulationKnown.message)})
    return found
