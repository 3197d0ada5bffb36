"""返還と翌年度への繰越し — a settled surplus goes back cost line by cost line; the next year opens with it."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.actions.accounts import decided_by_item, locked
from moyai.council.actions.budgets import draft_budget
from moyai.council.actions.entries import Posting, may_post, written
from moyai.council.models import (
    AccountLine,
    Budget,
    BudgetLine,
    CostLine,
    Entry,
    Item,
    Refund,
    RefundShare,
    Settlement,
    SpecialAccount,
)
from moyai.council.permits import PERMITS
from moyai.council.queries.books import decided_budget
from moyai.council.queries.burdens import paid_in_year
from moyai.council.rules.bills import year_of
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import exact_text
from moyai.council.rules.refunds import Mode, refund
from moyai.tenants.public import Actor, Body, Refusal


class NotSettled(Refusal):
    code = "not_settled"
    message = gettext_lazy("決算が承認されてから操作してください。")  # type: ignore[assignment]


class RefundedAlready(Refusal):
    code = "refunded_already"
    message = gettext_lazy("この決算の返還金額は、すでに決定しています。")  # type: ignore[assignment]


class KeptNotRefunded(Refusal):
    code = "surplus_is_kept"
    message = gettext_lazy("この決算の差引額は、返還せずに繰り越すことになっています。")  # type: ignore[assignment]


class CannotRefund(Refusal):
    code = "cannot_refund"
    status = 422


class CarriedAlready(Refusal):
    code = "carried_already"
    message = gettext_lazy("前年度繰越金は、すでに記帳されています。")  # type: ignore[assignment]


class PaidBack(Refusal):
    code = "paid_back"
    message = gettext_lazy("返還金は、すでに支出されています。")  # type: ignore[assignment]


class NoLineFor(Refusal):
    code = "no_line_for"
    status = 422


@action("council.decide_refund", permits=PERMITS, refuses={"one_refund_a_settlement": RefundedAlready})
def decide_refund(
    *,
    actor: Actor,
    now: datetime,
    settlement: Settlement,
    mode: str = "exact",
    base_yen: int | None = None,
    decided_by: Item | None = None,
    decided_on: date | None = None,
    source: str = "",
) -> Refund:
    """返還金額の決定 — of a decided settlement's surplus, to those who paid its cost lines in the year, as they paid.

    `mode` "exact": the parts add up to the base to the yen; "floored": each part is cut to whole yen and the 端数 is named.
    The base is the whole surplus unless a part of it is given. Also a body that has left gets back its part of what it paid.
    Raises NotSettled, KeptNotRefunded, RefundedAlready, CannotRefund, NotDecided, NoAuthority.
    """
    account = locked(settlement.account)
    found = Settlement.objects.get(pk=settlement.pk)
    if found.state != Settlement.State.DECIDED:
        raise NotSettled
    if found.carried != "refund":
        raise KeptNotRefunded
    day = decided_by_item(decided_by, now=now, source=source or found.source, on=decided_on)
    surplus = found.income_yen - found.expense_yen
    base = surplus if base_yen is None else base_yen
    if base < 1 or base > surplus:
        words = _("返還できる額は1円から差引額の%(surplus)s円までです。") % {"surplus": f"{surplus:,}"}
        raise CannotRefund(words, fields={"base_yen": words})
    cost_lines = {line.pk: line for line in CostLine.objects.filter(account=account, refunded=True)}
    paid = {
        pair: yen for pair, yen in paid_in_year(list(cost_lines.values()), found.fiscal_year).items() if yen
    }
    bodies = {body.pk: body for body in Body.objects.filter(pk__in={body for _line, body in paid})}
    ids = {f"{cost_lines[line].position:05d}:{line}": line for line, _body in paid}
    keys = {line: key for key, line in ids.items()}
    codes = {body.code: body for body in bodies.values()}
    try:
        made = refund(
            base, {(keys[line], bodies[body].code): yen for (line, body), yen in paid.items()}, Mode(mode)
        )
    except Cannot as cannot:
        words = _(cannot.text) % cannot.params if cannot.params else _(cannot.text)
        raise CannotRefund(words, fields={"base_yen": words}) from None
    row = Refund.objects.create(
        settlement=found, mode=mode, base_yen=base, yen=made.yen, residue_yen=made.residue_yen,
        decided_on=day, decided_by=decided_by, source=source,
    )  # fmt: skip
    RefundShare.objects.bulk_create(
        [
            RefundShare(
                refund=row, cost_line=cost_lines[ids[part.cost_line]], body=codes[part.body], paid_yen=part.paid_yen,
                quota=exact_text(part.quota), rank=part.rank, yen=part.yen,
            )
            for part in made.parts
        ]
    )  # fmt: skip
    return row


@action("council.carry_forward", permits=PERMITS)
def carry_forward(
    *, actor: Actor, now: datetime, settlement: Settlement, on: date | None = None, label: str = ""
) -> Entry:
    """前年度繰越金 — the surplus enters the next year's book, once, to the yen (C47).

    Raises NotSettled, CarriedAlready, CannotRefund (nothing is left), NoLineFor, and what a posting raises.
    """
    account = locked(settlement.account)
    found = Settlement.objects.select_related("carried_by").get(pk=settlement.pk)
    if found.state != Settlement.State.DECIDED:
        raise NotSettled
    if found.carried_by is not None and not Entry.objects.filter(reverses=found.carried_by).exists():
        raise CarriedAlready
    surplus = found.income_yen - found.expense_yen
    if surplus < 1:
        words = _("差引額が0円以下のため、繰り越す額がありません。")
        raise CannotRefund(words)
    year = found.fiscal_year + 1
    day = on or date(year, 4, 1)
    line = _line(account, AccountLine.Meaning.CARRIED)
    posting = Posting(account, year, line, day, surplus)
    may_post(posting, actor=actor, now=now, source=found.source)
    found.carried_by = written(
        posting, actor=actor, now=now,
        label=label or f"{year_of(found.fiscal_year)}の残額",
    )  # fmt: skip
    found.save(update_fields=["carried_by"])
    return found.carried_by


@action("council.pay_refund", permits=PERMITS)
def pay_refund(*, actor: Actor, now: datetime, refund: Refund, on: date, label: str = "") -> Entry:
    """返還金の支出 — what was decided goes out of the next year's book, once; the 端数 stays in it.

    Raises PaidBack, NoLineFor, OverBudget (the 補正 for it is not decided yet), and what else a posting raises.
    """
    account = locked(refund.settlement.account)
    found = Refund.objects.select_related("settlement", "paid_by").get(pk=refund.pk)
    if found.paid_by is not None and not Entry.objects.filter(reverses=found.paid_by).exists():
        raise PaidBack
    year = found.settlement.fiscal_year + 1
    line = _line(account, AccountLine.Meaning.REFUND)
    posting = Posting(account, year, line, on, found.yen)
    may_post(posting, actor=actor, now=now, source=found.source)
    bodies = found.shares.values("body_id").distinct().count()
    found.paid_by = written(
        posting, actor=actor, now=now,
        label=label or f"{year_of(year - 1)}の残額の返還", count=bodies,
    )  # fmt: skip
    found.save(update_fields=["paid_by"])
    return found.paid_by


@action("council.draft_carrying_budget", permits=PERMITS)
def draft_carrying_budget(
    *, actor: Actor, now: datetime, settlement: Settlement, name: str = "7月補正", source: str = ""
) -> Budget:
    """前年度繰越金と返還金の補正予算案 — next year's budget in force with the surplus coming in and the refund going out.

    In the account's unit: what comes in is cut, what goes out rounded up, and 予備費 takes the difference where it can; what it
    cannot is left for the secretary to balance, for a budget that does not balance is not decided. Raises NotSettled,
    NoLineFor, and what draft_budget raises.
    """
    account = settlement.account
    found = Settlement.objects.get(pk=settlement.pk)
    if found.state != Settlement.State.DECIDED:
        raise NotSettled
    year, unit = found.fiscal_year + 1, account.unit_yen
    surplus = found.income_yen - found.expense_yen
    given_back = Refund.objects.filter(settlement=found).values_list("yen", flat=True).first() or 0
    before = decided_budget(account, year)
    held = dict(BudgetLine.objects.filter(budget=before).values_list("line_id", "yen")) if before else {}
    carried, back = _line(account, AccountLine.Meaning.CARRIED), _line(account, AccountLine.Meaning.REFUND)
    incoming, outgoing = max(surplus, 0) // unit * unit, -(-given_back // unit) * unit
    lines = {("income", carried.code): incoming, ("expense", back.code): outgoing}
    reserve = AccountLine.objects.filter(account=account, meaning=AccountLine.Meaning.RESERVE).first()
    if reserve is not None:
        shift = (incoming - held.get(carried.pk, 0)) - (outgoing - held.get(back.pk, 0))
        lines["expense", reserve.code] = max(held.get(reserve.pk, 0) + shift, 0)
    return draft_budget(
        actor=actor, now=now, account=account, fiscal_year=year, name=name, lines=lines, source=source
    )


def _line(account: SpecialAccount, meaning: AccountLine.Meaning) -> AccountLine:
    line = AccountLine.objects.filter(account=account, meaning=meaning).first()
    if line is None:
        words = _("この会計に「%(meaning)s」の科目がありません。先に科目を加えてください。")
        raise NoLineFor(words % {"meaning": meaning.label})
    return line
