"""特別会計と科目 — opening them; they stay through the years."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.models import AccountLine, Budget, BudgetLine, Item, Settlement, Side, SpecialAccount
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, Service, clock

MEANT_ONCE = frozenset({AccountLine.Meaning.CARRIED, AccountLine.Meaning.REFUND, AccountLine.Meaning.RESERVE})
SIDE_OF = {
    AccountLine.Meaning.BURDEN: Side.INCOME,
    AccountLine.Meaning.CARRIED: Side.INCOME,
    AccountLine.Meaning.REFUND: Side.EXPENSE,
    AccountLine.Meaning.RESERVE: Side.EXPENSE,
}


class AccountKnown(Refusal):
    code = "account_known"
    message = gettext_lazy("この記号の会計は、すでにあります。")  # type: ignore[assignment]


class LineKnown(Refusal):
    code = "account_line_known"
    message = gettext_lazy("この記号の科目は、この会計にすでにあります。")  # type: ignore[assignment]


class MeaningTaken(Refusal):
    code = "account_line_meaning_taken"
    message = gettext_lazy("この意味の科目は、この会計にすでにあります。")  # type: ignore[assignment]


class WrongSide(Refusal):
    code = "account_line_wrong_side"
    status = 422
    message = gettext_lazy("この意味の科目は、収入と支出が逆です。")  # type: ignore[assignment]


class AccountEnds(Refusal):
    code = "account_ends_before_it_begins"
    status = 422
    message = gettext_lazy("会計の終わりは、始まりの日以降の日付にしてください。")  # type: ignore[assignment]


class AccountClosed(Refusal):
    code = "account_closed"
    message = gettext_lazy("この会計は、その年度には置かれていません。")  # type: ignore[assignment]


class NotDecided(Refusal):
    """Nothing of the council's money is decided by an item that itself is not."""

    code = "item_not_decided"
    status = 422
    message = gettext_lazy("この議案は、まだ決定していません。決定した議案を選んでください。")  # type: ignore[assignment]


class NoAuthority(Refusal):
    code = "no_authority"
    status = 422
    message = gettext_lazy("決定した議案を選ぶか、決定の根拠を入力してください。")  # type: ignore[assignment]


class NotDecidedYet(Refusal):
    code = "decided_in_the_future"
    status = 422
    message = gettext_lazy("決定の日は、今日までの日付にしてください。")  # type: ignore[assignment]


def decided_by_item(item: Item | None, *, now: datetime, source: str = "", on: date | None = None) -> date:
    """The day of a decision, by the item that made it, or as a record of the past says it (`source`).

    Raises NotDecided, NoAuthority, NotDecidedYet.
    """
    if item is not None and item.state not in (Item.State.DECIDED, Item.State.HEARD):
        raise NotDecided(fields={"item": str(NotDecided.message)})
    if item is None and not source:
        raise NoAuthority(fields={"item": str(NoAuthority.message)})
    day = on or (item.decided_on or item.meeting.held_on if item is not None else None)
    if day is None:
        raise NoAuthority(fields={"decided_on": _("決定の日を入力してください。")})
    if day > clock.today(now):
        raise NotDecidedYet(fields={"decided_on": str(NotDecidedYet.message)})
    return day


def locked(account: SpecialAccount) -> SpecialAccount:
    """The account, held until the transaction ends: one act on its money after the other.

    Every act that posts, decides or closes begins here, so a posting never slips past a closing. References to the row
    (a new line, a new budget) do not wait.
    """
    return SpecialAccount.objects.select_for_update(no_key=True).get(pk=account.pk)


def kept_in(account: SpecialAccount, fiscal_year: int) -> None:
    """会計が置かれている年度か. Raises AccountClosed."""
    first, last = date(fiscal_year, 4, 1), date(fiscal_year + 1, 3, 31)
    if account.from_on > last or (account.until_on is not None and account.until_on < first):
        raise AccountClosed(fields={"fiscal_year": str(AccountClosed.message)})


@action("council.open_account", permits=PERMITS, refuses={"council_specialaccount_code_key": AccountKnown})
def open_account(
    *,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    from_on: date,
    service: Service | None = None,
    unit_yen: int = 1_000,
    position: int = 0,
    until_on: date | None = None,
) -> SpecialAccount:
    """特別会計を置く — of one undertaking; `unit_yen` is that of its budget (千円単位: 1,000). Raises AccountKnown, AccountEnds."""
    if until_on is not None and until_on < from_on:
        raise AccountEnds(fields={"until_on": str(AccountEnds.message)})
    return SpecialAccount.objects.create(
        code=code, name=name, service=service, unit_yen=unit_yen, position=position, from_on=from_on, until_on=until_on
    )  # fmt: skip


@action("council.close_account", permits=PERMITS)
def close_account(*, actor: Actor, now: datetime, account: SpecialAccount, until_on: date) -> SpecialAccount:
    """特別会計を閉じる — its last day; what was posted stays. Raises AccountEnds."""
    account = locked(account)
    last_budget = Budget.objects.filter(account=account, state=Budget.State.DECIDED).order_by("-fiscal_year").first()  # fmt: skip
    used = date(last_budget.fiscal_year, 4, 1) if last_budget else account.from_on
    if until_on < max(account.from_on, used):
        raise AccountEnds(fields={"until_on": str(AccountEnds.message)})
    account.until_on = until_on
    account.save(update_fields=["until_on"])
    return account


@action("council.add_account_line", permits=PERMITS, refuses={"account_line_once": LineKnown})
def add_account_line(
    *,
    actor: Actor,
    now: datetime,
    account: SpecialAccount,
    side: str,
    code: str,
    name: str,
    meaning: str = "ordinary",
    position: int | None = None,
) -> AccountLine:
    """科目を加える — it has a place in every budget and settlement from then on. Raises LineKnown, MeaningTaken, WrongSide.

    前年度繰越金, 返還金 and 予備費 are one line each; 負担金 may be several.
    """
    account = locked(account)
    meant = AccountLine.Meaning(meaning)
    if SIDE_OF.get(meant, Side(side)) != Side(side):
        raise WrongSide(fields={"meaning": str(WrongSide.message)})
    lines = AccountLine.objects.filter(account=account)
    if meant in MEANT_ONCE and lines.filter(meaning=meant).exists():
        raise MeaningTaken(fields={"meaning": str(MeaningTaken.message)})
    if position is None:
        last = lines.filter(side=side).order_by("-position").values_list("position", flat=True).first()
        position = (last or 0) + 1
    line = AccountLine.objects.create(
        account=account, side=Side(side), code=code, name=name, meaning=meant, position=position
    )
    drafts = Budget.objects.filter(account=account, state=Budget.State.DRAFT)
    BudgetLine.objects.bulk_create([BudgetLine(budget=draft, line=line) for draft in drafts])
    return line


def sealed(account: SpecialAccount, fiscal_year: int) -> Settlement | None:
    """The settlement that has closed this year's book, if any: audited or decided."""
    return Settlement.objects.filter(
        account=account, fiscal_year=fiscal_year, state__in=(Settlement.State.AUDITED, Settlement.State.DECIDED)
    ).first()  # fmt: skip
