"""負担金の算定 — drafted in autumn, decided in spring; a decided one is never shared again, its 補正 shares the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.actions.accounts import decided_by_item, kept_in, locked, sealed
from moyai.council.actions.budgets import YearClosed
from moyai.council.actions.cost_lines import WrongMix, checked_mix
from moyai.council.models import Burden, BurdenShare, CostLine, Item
from moyai.council.permits import PERMITS
from moyai.council.queries.burdens import asks_for, decided_shares, figures_of, payers_on
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import Basis, fraction_of, mix_from
from moyai.council.rules.selection import in_time
from moyai.council.rules.sharing import Sharing, kept, share_burden, supplement
from moyai.rulebook.public import find_rule
from moyai.tenants.public import Actor, Body, Refusal, clock

DRAFT_RULE, MORE_RULE = "burden-share", "burden-supplement"
Row = Mapping[str, Any]


class NobodyPays(Refusal):
    code = "nobody_pays"
    status = 422
    message = gettext_lazy("その日に負担する団体がありません。先に負担する団体を登録してください。")  # type: ignore[assignment]


class CannotShare(Refusal):
    """The rule cannot work it out; it says why, with the body's name where one is meant."""

    code = "cannot_share"
    status = 422


class BurdenFixed(Refusal):
    code = "burden_fixed"
    message = gettext_lazy("決定した負担金は変えられません。補正は差額だけを算定します。")  # type: ignore[assignment]


class DecidedAlready(Refusal):
    code = "burden_decided_already"
    message = gettext_lazy("この費目の負担金は、この年度にすでに決定しています。補正は差額だけを算定します。")  # type: ignore[assignment]


class DecidedTooLate(Refusal):
    """Shares that are agreed once a supplier is chosen favour the one who is there already."""

    code = "decided_after_selection"
    status = 422
    message = gettext_lazy(
        "決定の日は、選定日より前の日付にしてください。負担の割合は、選定の前に決めておくものです。"
    )  # type: ignore[assignment]


class NothingToSupplement(Refusal):
    code = "nothing_to_supplement"
    status = 422
    message = gettext_lazy("補正後の総額が、決定した総額と同じです。")  # type: ignore[assignment]


class NotTheBase(Refusal):
    code = "supplement_of_a_draft"
    message = gettext_lazy("補正できるのは、決定した負担金だけです。")  # type: ignore[assignment]


class SupplementOpen(Refusal):
    """Two differences drafted from the same total would both be asked for."""

    code = "supplement_open"
    message = gettext_lazy(
        "この負担金の補正の案が、すでにあります。先にその案を決定するか、取り下げてください。"
    )  # type: ignore[assignment]


def halves_of(fiscal_year: int, parts: Sequence[tuple[str, str, date]] | None = None) -> list[dict[str, str]]:
    """前期・後期 as they are stored; by default two equal halves, due at the end of May and of November."""
    given = parts or [
        ("前期", "1/2", date(fiscal_year, 5, 31)),
        ("後期", "1/2", date(fiscal_year, 11, 30)),
    ]
    return [{"name": name, "part": part, "due_on": due_on.isoformat()} for name, part, due_on in given]


def checked_halves(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Instalments whose parts add up to 1, each name once. Raises CannotShare."""
    made = [
        {"name": str(row["name"]), "part": str(row["part"]), "due_on": str(row["due_on"])} for row in rows
    ]
    try:
        total = sum((fraction_of(row["part"], "halves") for row in made), Fraction(0))
        for row in made:
            date.fromisoformat(row["due_on"])
    except (Cannot, ValueError):
        total = Fraction(0)
    if made and (total != 1 or len({row["name"] for row in made}) != len(made)):
        words = _("納める時期ごとの割合の合計を1にしてください。時期の名前は1回ずつにしてください。")
        raise CannotShare(words, fields={"halves": words})
    return made


@action("council.draft_burden", permits=PERMITS, refuses={"burden_number_once": BurdenFixed})
def draft_burden(
    *,
    actor: Actor,
    now: datetime,
    cost_line: CostLine,
    fiscal_year: int,
    yen: int,
    mix: Sequence[Row] | None = None,
    payers_on: date | None = None,
    population_on: date | None = None,
    selection_on: date | None = None,
    fixed: Mapping[str, int] | None = None,
    actual: Mapping[str, int] | None = None,
    halves: Sequence[Row] = (),
    unit_yen: int | None = None,
    source: str = "",
) -> Burden:
    """負担金額の案 — the amount shared among the payers of a day, with all that explains each share kept beside it.

    Left out: the mix and unit are the cost line's, payers those of the fiscal year's first day, populations those known on
    30 September before it, a 利用割 counts the year before (or the mix's own `fiscal_year`). `fixed` and `actual` are yen by
    団体コード. With `selection_on` (選定日) it can only be decided before that day, and takes 誓約書 of its payers.
    Raises NobodyPays, WrongMix, CannotShare, YearClosed, AccountClosed.
    """
    cost_line = _held(cost_line, fiscal_year)
    rows = _dated(checked_mix(mix if mix is not None else cost_line.mix), fiscal_year)
    day = payers_on or date(fiscal_year, 4, 1)
    counted = _counted_on(rows, population_on, fiscal_year)
    unit = unit_yen or cost_line.unit_yen
    bodies = _paying(cost_line, day)
    figures = _figures(cost_line, bodies, rows, counted, fixed, actual)
    sharing = _shared(bodies, lambda: share_burden(yen, mix_from(rows), figures, unit_yen=unit))
    burden = Burden(
        cost_line=cost_line, fiscal_year=fiscal_year, mix=rows, payers_on=day, population_on=counted, unit_yen=unit,
        selection_on=selection_on, halves=checked_halves(halves), rule=DRAFT_RULE, source=source,
    )  # fmt: skip
    return _drafted(burden, sharing, bodies, actor=actor, now=now)


@action("council.draft_supplement", permits=PERMITS, refuses={"burden_number_once": BurdenFixed})
def draft_supplement(
    *,
    actor: Actor,
    now: datetime,
    burden: Burden,
    total_yen: int,
    mix: Sequence[Row] | None = None,
    payers_on: date | None = None,
    population_on: date | None = None,
    halves: Sequence[Row] = (),
    source: str = "",
) -> Burden:
    """補正の案 — of a decided burden: only the difference between the new total and what is decided is shared.

    No decided share is touched; who joined since bears its part of the difference alone, who has left bears none of it.
    Amounts that stand as they are (固定額, 実費) were borne by the first line. After a 選定日 the difference may still be decided
    when it is shared just as was agreed; shared otherwise, it keeps the 選定日 and must be decided before it. Raises
    NotTheBase, SupplementOpen, NothingToSupplement, NobodyPays, WrongMix, CannotShare, YearClosed.
    """
    cost_line = _held(burden.cost_line, burden.fiscal_year)
    base = Burden.objects.get(pk=burden.pk)
    if base.state != Burden.State.DECIDED or base.supplements_id is not None:
        raise NotTheBase
    if Burden.objects.filter(supplements=base, state=Burden.State.DRAFT).exists():
        raise SupplementOpen
    year = base.fiscal_year
    rows = _dated(checked_mix(mix if mix is not None else base.mix), year)
    day = payers_on or clock.today(now)
    counted = population_on or base.population_on or _counted_on(rows, None, year)
    decided = decided_shares(cost_line, year)
    if total_yen == sum(sum(line.values()) for line in decided):
        raise NothingToSupplement(fields={"total_yen": str(NothingToSupplement.message)})
    bodies = _paying(cost_line, day)
    shared = [row for row in rows if row.get("part")]
    figures = _figures(cost_line, bodies, shared, counted, None, None)
    sharing = _shared(
        bodies, lambda: supplement(total_yen, decided, mix_from(rows), figures, unit_yen=base.unit_yen)
    )
    made = Burden(
        cost_line=cost_line, fiscal_year=year, supplements=base, mix=shared, payers_on=day, population_on=counted,
        unit_yen=base.unit_yen, halves=checked_halves(halves), rule=MORE_RULE, source=source,
        selection_on=None if _as_agreed(base, shared, sharing) else base.selection_on,
    )  # fmt: skip
    return _drafted(made, sharing, bodies, actor=actor, now=now)


@action("council.decide_burden", permits=PERMITS, refuses={"one_decided_burden_a_year": DecidedAlready})
def decide_burden(
    *,
    actor: Actor,
    now: datetime,
    burden: Burden,
    decided_by: Item | None = None,
    decided_on: date | None = None,
    source: str = "",
) -> Burden:
    """負担金額の決定 — by an item; the shares of the draft are those decided, to the yen.

    Raises BurdenFixed, DecidedAlready, NotDecided, NoAuthority, YearClosed; DecidedTooLate on the 選定日 or after it.
    """
    found = _draft(burden)
    day = decided_by_item(decided_by, now=now, source=source or found.source, on=decided_on)
    if found.selection_on is not None and not in_time(day, found.selection_on):
        raise DecidedTooLate(fields={"decided_on": str(DecidedTooLate.message)})
    found.state, found.decided_on, found.decided_by = Burden.State.DECIDED, day, decided_by
    found.source = source or found.source
    found.save(update_fields=["state", "decided_on", "decided_by", "source"])
    return found


@action("council.withdraw_burden", permits=PERMITS)
def withdraw_burden(*, actor: Actor, now: datetime, burden: Burden, reason: str) -> Burden:
    """案を取り下げる — it keeps its number and its shares. Raises BurdenFixed."""
    found = _draft(burden)
    found.state = Burden.State.WITHDRAWN
    found.save(update_fields=["state"])
    return found


def _held(cost_line: CostLine, fiscal_year: int) -> CostLine:
    """The cost line with its account held, in a year that is open. Raises YearClosed, AccountClosed."""
    account = locked(cost_line.account)
    kept_in(account, fiscal_year)
    if sealed(account, fiscal_year):
        raise YearClosed
    return CostLine.objects.select_related("account", "service").get(pk=cost_line.pk)


def _draft(burden: Burden) -> Burden:
    found = Burden.objects.select_related("cost_line__account", "supplements").get(pk=burden.pk)
    _held(found.cost_line, found.fiscal_year)
    found.refresh_from_db(fields=["state"])
    if found.state != Burden.State.DRAFT:
        raise BurdenFixed
    return found


def _as_agreed(base: Burden, mix: Sequence[Row], sharing: Sharing) -> bool:
    """Whether a difference is shared by the same bodies, mix and figures as the decided burden: by the agreed shares."""
    agreed = dict(BurdenShare.objects.filter(burden=base).values_list("body__code", "basis"))
    return (
        list(mix) == [row for row in base.mix if row.get("part")]
        and agreed.keys() == sharing.bases.keys()
        and all(basis.items() <= agreed[code].items() for code, basis in sharing.bases.items())
    )


def _next_number(cost_line: CostLine, fiscal_year: int) -> int:
    numbers = Burden.objects.filter(cost_line=cost_line, fiscal_year=fiscal_year)
    return (numbers.aggregate(last=Max("number"))["last"] or 0) + 1


def _dated(rows: Sequence[dict[str, Any]], fiscal_year: int) -> list[dict[str, Any]]:
    """A 利用割 says which year it counts: the one before, unless it says another."""
    return [
        {**row, "fiscal_year": row.get("fiscal_year", fiscal_year - 1)} if row["basis"] == Basis.USE else row
        for row in rows
    ]


def _counted_on(rows: Sequence[Row], given: date | None, fiscal_year: int) -> date | None:
    if asks_for(rows, Basis.POPULATION) or asks_for(rows, Basis.DECREASING):
        return given or date(fiscal_year - 1, 9, 30)
    return None


def _paying(cost_line: CostLine, day: date) -> list[Body]:
    bodies = payers_on(cost_line, day)
    if not bodies:
        raise NobodyPays(fields={"payers_on": str(NobodyPays.message)})
    return bodies


def _figures(
    cost_line: CostLine,
    bodies: Sequence[Body],
    rows: Sequence[Row],
    counted: date | None,
    fixed: Mapping[str, int] | None,
    actual: Mapping[str, int] | None,
) -> dict[str, Any]:
    years = {row["fiscal_year"] for row in rows if row["basis"] == Basis.USE}
    if len(years) > 1:
        words = _("利用割の年度は、1つの算定の中で同じにしてください。")
        raise WrongMix(words, fields={"mix": words})
    return figures_of(
        bodies,
        population_on=counted,
        service=cost_line.service,
        use_year=next(iter(years), None),
        fixed=fixed,
        actual=actual,
    )


def _shared(bodies: Sequence[Body], work: Any) -> Sharing:
    """The rule's work; where it cannot, its words with the body's name in place of its code. Raises CannotShare."""
    try:
        made: Sharing = work()
    except Cannot as cannot:
        names = {body.code: body.name for body in bodies}
        said = {key: names.get(value, value) for key, value in cannot.params.items()}
        words = _(cannot.text) % said if said else _(cannot.text)
        where = "mix" if cannot.where.startswith(("mix", "payers")) else cannot.where
        raise CannotShare(words, fields={where: words}) from None
    return made


def _drafted(
    burden: Burden, sharing: Sharing, bodies: Sequence[Body], *, actor: Actor, now: datetime
) -> Burden:
    """The draft with its number, the version of its rule, and every share with what explains it."""
    burden.number, burden.yen = _next_number(burden.cost_line, burden.fiscal_year), sharing.yen
    burden.rule_version = find_rule(burden.rule).version_on(clock.today(now)).label
    burden.drafted_at, burden.drafted_by = now, actor.name[:60]
    burden.save(force_insert=True)
    by_code = {body.code: body for body in bodies}
    BurdenShare.objects.bulk_create(
        [BurdenShare(burden=burden, body=by_code[part.key], **kept(sharing, part)) for part in sharing.parts]
    )
    return burden
