"""収入・支出の記帳 — posted with evidence, never changed; a wrong one is taken back by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, TypeAlias

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.actions.accounts import kept_in, locked, sealed
from moyai.council.actions.files import EVIDENCE, keep_file
from moyai.council.models import (
    AccountLine,
    Bill,
    BudgetLine,
    CostLine,
    CostSplit,
    Entry,
    PaperFile,
    Side,
    SpecialAccount,
)
from moyai.council.permits import PERMITS
from moyai.council.queries.books import actuals_of, decided_budget
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import exact_text, fraction_of
from moyai.council.rules.settlement import triangle
from moyai.council.rules.sharing import split
from moyai.tenants.public import Actor, Refusal, Role, clock

LARGEST_EVIDENCE = 10_000_000
Brought: TypeAlias = "File[bytes] | IO[bytes]"


class BookClosed(Refusal):
    code = "book_closed"
    message = gettext_lazy("この年度の決算は締め切られているため、記帳できません。")  # type: ignore[assignment]


class NoBudget(Refusal):
    code = "no_budget"
    message = gettext_lazy("この年度の予算がまだ決定していないため、記帳できません。")  # type: ignore[assignment]


class OverBudget(Refusal):
    """More would be spent on a 科目 than its budget gives."""

    code = "over_budget"


class OutsideYear(Refusal):
    code = "entry_outside_its_year"
    status = 422
    message = gettext_lazy("日付は、その年度の4月1日から出納を閉める翌年度の5月31日までにしてください。")  # type: ignore[assignment]


class NotYet(Refusal):
    """A book tells of what was, not of what will be."""

    code = "entry_in_the_future"
    status = 422
    message = gettext_lazy("記帳の日は、今日までの日付にしてください。")  # type: ignore[assignment]


class BeforeWhatItTakesBack(Refusal):
    code = "counter_before_its_entry"
    status = 422
    message = gettext_lazy("取消しの日は、もとの記帳の日以降の日付にしてください。")  # type: ignore[assignment]


class NothingToPost(Refusal):
    code = "entry_of_nothing"
    status = 422
    message = gettext_lazy("金額は1円以上にしてください。")  # type: ignore[assignment]


class NotItsLine(Refusal):
    code = "entry_of_another_account"
    status = 422
    message = gettext_lazy("この科目や費目は、この会計のものではありません。")  # type: ignore[assignment]


class TakenBack(Refusal):
    code = "entry_taken_back"
    message = gettext_lazy("この記帳は、すでに取り消されています。")  # type: ignore[assignment]


class IsACounter(Refusal):
    code = "entry_is_a_counter"
    message = gettext_lazy("取消しの記帳は取り消せません。正しい額で記帳し直してください。")  # type: ignore[assignment]


class BadParts(Refusal):
    code = "cost_split_parts"
    status = 422


@dataclass(frozen=True, slots=True)
class Posting:
    """What is about to be written into the book of a year."""

    account: SpecialAccount
    fiscal_year: int
    line: AccountLine
    on: date
    yen: int


def may_post(posting: Posting, *, actor: Actor, now: datetime, source: str) -> None:
    """記帳できるか — with the account held.

    Raises OutsideYear, NotYet, AccountClosed, BookClosed, NotItsLine, NoBudget, OverBudget.

    A record of the past that a command loads with its source needs no budget: it says what was.
    """
    account, year = posting.account, posting.fiscal_year
    if not date(year, 4, 1) <= posting.on <= date(year + 1, 5, 31):  # 地方自治法235条の5: 出納の閉鎖
        raise OutsideYear(fields={"on": str(OutsideYear.message)})
    if posting.on > clock.today(now):
        raise NotYet(fields={"on": str(NotYet.message)})
    kept_in(account, year)
    if sealed(account, year):
        raise BookClosed
    if posting.line.account_id != account.pk:
        raise NotItsLine(fields={"line": str(NotItsLine.message)})
    if posting.yen < 0:
        return  # what is taken or given back frees its budget
    budget = decided_budget(account, year)
    if budget is None:
        if Role.SYSTEM in actor.roles and source:
            return
        raise NoBudget
    if posting.line.side != Side.EXPENSE:
        return  # more may come in than was planned
    given = BudgetLine.objects.filter(budget=budget, line=posting.line).values_list("yen", flat=True).first() or 0  # fmt: skip
    spent = actuals_of(account, year).get(posting.line.pk, 0)
    if spent + posting.yen > given:
        words = _("「%(name)s」の予算の残りは%(left)s円です。%(yen)s円は支出できません。先に補正予算を決定してください。")  # fmt: skip
        said = words % {
            "name": posting.line.name,
            "left": triangle(given - spent),
            "yen": f"{posting.yen:,}",
        }
        raise OverBudget(said, fields={"yen": said})


@action("council.post_entry", permits=PERMITS)
def post_entry(
    *,
    actor: Actor,
    now: datetime,
    account: SpecialAccount,
    fiscal_year: int,
    line: AccountLine,
    on: date,
    yen: int,
    label: str = "",
    heading: str = "",
    count: int | None = None,
    party: str = "",
    cost_line: CostLine | None = None,
    evidence: Brought | None = None,
    source: str = "",
    position: int | None = None,
) -> Entry:
    """収入・支出の記帳 — of a 科目, with 摘要, day, other side and evidence (a file, examined and kept).

    Raises BookClosed, NoBudget, OverBudget, OutsideYear, AccountClosed, NothingToPost, NotItsLine; UploadRefused for the file.
    """
    if yen < 1:
        raise NothingToPost(fields={"yen": str(NothingToPost.message)})
    account = locked(account)
    if cost_line is not None and cost_line.account_id != account.pk:
        raise NotItsLine(fields={"cost_line": str(NotItsLine.message)})
    posting = Posting(account, fiscal_year, line, on, yen)
    may_post(posting, actor=actor, now=now, source=source)
    kept = keep_file(evidence, accept=EVIDENCE, max_bytes=LARGEST_EVIDENCE)[0] if evidence else None
    return written(
        posting, actor=actor, now=now,
        label=label, heading=heading, count=count, party=party, cost_line=cost_line, evidence=kept, source=source,
        position=position,
    )  # fmt: skip


def written(
    posting: Posting,
    *,
    actor: Actor,
    now: datetime,
    label: str = "",
    heading: str = "",
    count: int | None = None,
    party: str = "",
    cost_line: CostLine | None = None,
    bill: Bill | None = None,
    cost_split: CostSplit | None = None,
    reverses: Entry | None = None,
    evidence: PaperFile | None = None,
    source: str = "",
    position: int | None = None,
) -> Entry:
    """The row; whoever calls holds the account and has asked `may_post`."""
    if position is None:
        of_year = Entry.objects.filter(account=posting.account, fiscal_year=posting.fiscal_year)
        position = (of_year.order_by("-position").values_list("position", flat=True).first() or 0) + 1
    return Entry.objects.create(
        account=posting.account,
        fiscal_year=posting.fiscal_year,
        line=posting.line,
        cost_line=cost_line,
        bill=bill,
        split=cost_split,
        reverses=reverses,
        on=posting.on,
        label=label,
        heading=heading,
        count=count,
        yen=posting.yen,
        party=party,
        evidence=evidence,
        source=source,
        position=position,
        made_at=now,
        made_by=actor.name[:60],
    )


@action("council.reverse_entry", permits=PERMITS)
def reverse_entry(*, actor: Actor, now: datetime, entry: Entry, on: date, reason: str) -> Entry:
    """記帳の取消し — a counter entry of the same 科目 with the sign turned; the wrong one stays where it is, beside it.

    Of a cost split over accounts all parts are taken back together: what is left would not be its whole. Raises TakenBack,
    IsACounter, BeforeWhatItTakesBack, BookClosed, OutsideYear, NotYet; then no account has taken anything back.
    """
    rows = Entry.objects.filter(pk=entry.pk)
    if entry.split_id is not None:
        rows = Entry.objects.filter(split=entry.split_id, reverses__isnull=True)
    # One order for all who lock several accounts.
    of = sorted({entry.account_id, *rows.values_list("account_id", flat=True)})
    accounts = {pk: locked(SpecialAccount(pk=pk)) for pk in of}
    found = Entry.objects.get(pk=entry.pk)
    if found.reverses_id is not None:
        raise IsACounter
    made = {
        part.pk: _taken_back(part, accounts[part.account_id], on, reason, actor=actor, now=now)
        for part in rows.select_related("line", "cost_line", "bill", "split").order_by("id")
    }
    return made[entry.pk]


def _taken_back(
    found: Entry, account: SpecialAccount, on: date, reason: str, *, actor: Actor, now: datetime
) -> Entry:
    if Entry.objects.filter(reverses=found).exists():
        raise TakenBack
    if on < found.on:
        raise BeforeWhatItTakesBack(fields={"on": str(BeforeWhatItTakesBack.message)})
    counter = Posting(account, found.fiscal_year, found.line, on, -found.yen)
    may_post(counter, actor=actor, now=now, source=found.source)
    return written(
        counter, actor=actor, now=now,
        label=found.label, heading=found.heading, count=found.count, party=found.party, cost_line=found.cost_line,
        bill=found.bill, cost_split=found.split, reverses=found, evidence=found.evidence, source=reason[:200],
    )  # fmt: skip


@action("council.split_cost", permits=PERMITS)
def split_cost(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    fiscal_year: int,
    yen: int,
    parts: Sequence[tuple[AccountLine, str]],
    on: date,
    label: str = "",
    party: str = "",
    evidence: Brought | None = None,
    source: str = "",
) -> CostSplit:
    """一つの経費を会計に分ける — each account bears its part ("1/2"); the entries add up to the cost, to the yen (C43).

    Raises BadParts, and for each account what post_entry raises; then no account has posted anything.
    """
    if yen < 1:
        raise NothingToPost(fields={"yen": str(NothingToPost.message)})
    lines = [line for line, _part in parts]
    if len({line.pk for line in lines}) != len(lines) or len(lines) < 2:
        words = _("違う科目を2つ以上選んでください。")
        raise BadParts(words, fields={"parts": words})
    if any(line.side != Side.EXPENSE for line in lines):
        words = _("経費を分ける先は、支出の科目にしてください。")
        raise BadParts(words, fields={"parts": words})
    try:
        fractions = [fraction_of(part, "parts") for _line, part in parts]
        pieces = split(yen, fractions)
    except Cannot as cannot:
        raise BadParts(
            _(cannot.text) % cannot.params, fields={"parts": _(cannot.text) % cannot.params}
        ) from None
    # One order for all who lock several accounts.
    accounts = {pk: locked(SpecialAccount(pk=pk)) for pk in sorted({line.account_id for line in lines})}
    kept = keep_file(evidence, accept=EVIDENCE, max_bytes=LARGEST_EVIDENCE)[0] if evidence else None
    made = CostSplit.objects.create(
        name=name,
        fiscal_year=fiscal_year,
        yen=yen,
        parts=[
            {"line": line.pk, "part": exact_text(part)}
            for line, part in zip(lines, fractions, strict=True)
        ],
        source=source,
    )  # fmt: skip
    for line, piece in zip(lines, pieces, strict=True):
        if not piece:
            continue
        posting = Posting(accounts[line.account_id], fiscal_year, line, on, piece)
        may_post(posting, actor=actor, now=now, source=source)
        written(
            posting, actor=actor, now=now,
            label=label or name, party=party, cost_split=made, evidence=kept, source=source,
        )  # fmt: skip
    return made
