"""負担金の請求と収納 — a bill per member and half, its letter, what came in for it, and taking one back."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.calendars.public import wareki
from moyai.council.actions.accounts import locked
from moyai.council.actions.billing import Drafted, Told, issued
from moyai.council.actions.entries import (
    LARGEST_EVIDENCE,
    Brought,
    NothingToPost,
    Posting,
    may_post,
    written,
)
from moyai.council.actions.files import EVIDENCE, keep_bytes, keep_file
from moyai.council.models import Bill, Burden, BurdenShare, Entry, Item, LateJoin, PaperFile
from moyai.council.permits import PERMITS
from moyai.council.queries.shares import of_halves
from moyai.council.rules.bills import (
    basis_in_words,
    exact_yen,
    mix_in_words,
    percent_of,
    rounding_in_words,
    year_of,
)
from moyai.council.rules.settlement import triangle
from moyai.documents.public import (
    PDF,
    LetterNotReady,
    set_in_type,
)
from moyai.tenants.public import Actor, Refusal, clock

LETTER = "council.bill"


class NotBillable(Refusal):
    code = "burden_not_decided"
    message = gettext_lazy("請求できるのは、決定した負担金だけです。")  # type: ignore[assignment]


class NoSuchHalf(Refusal):
    code = "no_such_half"
    status = 422
    message = gettext_lazy("この負担金に、その納付の時期はありません。")  # type: ignore[assignment]


class BilledAlready(Refusal):
    code = "billed_already"
    message = gettext_lazy("すべての団体に、すでに請求しています。")  # type: ignore[assignment]


class NothingToBill(Refusal):
    code = "nothing_to_bill"
    message = gettext_lazy("請求する額がありません。すべての団体の額が0円です。")  # type: ignore[assignment]


class BilledTooEarly(Refusal):
    code = "billed_before_decided"
    status = 422
    message = gettext_lazy("請求の日は、決定の日以降の日付にしてください。")  # type: ignore[assignment]


class DueTooEarly(Refusal):
    code = "due_before_billed"
    status = 422
    message = gettext_lazy("納付の期限は、請求の日以降の日付にしてください。")  # type: ignore[assignment]


class BillNotFound(Refusal):
    code = "bill_not_found"
    status = 404
    message = gettext_lazy("請求が見つかりません。")  # type: ignore[assignment]


class BillWithdrawn(Refusal):
    code = "bill_withdrawn"
    message = gettext_lazy("この請求は取り下げられています。")  # type: ignore[assignment]


class BillHasReceipts(Refusal):
    code = "bill_has_receipts"
    message = gettext_lazy("この請求には収納があります。先に収納の記帳を取り消してください。")  # type: ignore[assignment]


class MoreThanOwed(Refusal):
    code = "more_than_owed"
    status = 422


def received_yen(bill: Bill) -> int:
    """What came in for a bill, less what was taken back."""
    return Entry.objects.filter(bill=bill).aggregate(sum=Sum("yen"))["sum"] or 0


@action("council.issue_bills", permits=PERMITS, refuses={"billed_once": BilledAlready})
def issue_bills(
    *,
    actor: Actor,
    now: datetime,
    burden: Burden,
    half: str = "",
    billed_on: date | None = None,
    due_on: date | None = None,
    sender: str = "",
    by_mail: bool = True,
) -> Burden:
    """負担金の請求 — one bill for each member's share of a half (or the whole), with its letter; who has one gets no second.

    The halves of a share add up to it. A share of 0 yen is not billed; a negative one is a notice of what goes back.
    Raises NotBillable, NoSuchHalf, NothingToBill, BilledAlready, BilledTooEarly, DueTooEarly, MissingGlyph.
    """
    locked(burden.cost_line.account)
    found = Burden.objects.select_related("cost_line__account", "decided_by__meeting__committee").get(
        pk=burden.pk
    )
    if found.state != Burden.State.DECIDED:
        raise NotBillable
    names = [row["name"] for row in found.halves]
    if (half or names) and half not in names:
        raise NoSuchHalf(fields={"half": str(NoSuchHalf.message)})
    day = billed_on or clock.today(now)
    if found.decided_on is not None and day < found.decided_on:
        raise BilledTooEarly(fields={"billed_on": str(BilledTooEarly.message)})
    due = due_on or (date.fromisoformat(found.halves[names.index(half)]["due_on"]) if half else None)
    if due is None or due < day:
        raise DueTooEarly(fields={"due_on": str(DueTooEarly.message)})
    shares = list(BurdenShare.objects.filter(burden=found).select_related("body").order_by("body__code"))
    billed = set(
        Bill.objects.filter(share__burden=found, half=half, withdrawn_on__isnull=True).values_list("share_id", flat=True)
    )  # fmt: skip
    what = f"{year_of(found.fiscal_year)} {found.cost_line.name}{f'（{half}）' if half else ''}"
    owed = [(share, yen) for share in shares if (yen := _of_half(found, share, half))]
    if not owed:
        raise NothingToBill
    drafts = [
        Drafted(
            share.body, yen, found.cost_line, found.fiscal_year,
            partial(_told, found, share, half, yen, len(shares)), share=share, half=half,
        )
        for share, yen in owed
        if share.pk not in billed
    ]  # fmt: skip
    if not drafts:
        raise BilledAlready
    issued(
        drafts,
        actor=actor,
        now=now,
        billed_on=day,
        due_on=due,
        sender=sender,
        what=what,
        about=found,
        by_mail=by_mail,
    )
    return found


def _of_half(burden: Burden, share: BurdenShare, half: str) -> int:
    if not half:
        return share.yen
    return of_halves(burden, share)[[row["name"] for row in burden.halves].index(half)]


def _told(burden: Burden, share: BurdenShare, half: str, yen: int, payers: int, due_on: date) -> Told:
    """負担額の請求書の中身."""
    line = burden.cost_line
    credit = yen < 0
    what = f"{year_of(burden.fiscal_year)} {line.name}{f'（{half}）' if half else ''}"
    record = [
        {"label": "費目", "value": f"{line.account.name}　{line.name}"},
        {"label": "年度", "value": f"{year_of(burden.fiscal_year)}{f' {half}' if half else ''}"},
        {"label": "負担額" if not half else "年度の負担額", "value": f"{triangle(share.yen)}円"},
        {"label": "減額する額" if credit else "請求額", "value": f"{abs(yen):,}円"},
        {"label": "お返しする日" if credit else "納付の期限", "value": wareki(due_on)},
    ]
    working = [
        ("分ける額", f"{triangle(burden.yen)}円{'（補正による差額だけ）' if burden.supplements_id else ''}"),
        ("分け方", mix_in_words(burden.mix)),
        ("負担する団体", f"{wareki(burden.payers_on)}現在、{payers}団体"),
        ("人口の基準日", wareki(burden.population_on) if burden.population_on else ""),
        ("選定日", f"{wareki(burden.selection_on)}（この日より前に割合を決定）" if burden.selection_on else ""),
        ("貴団体の算定の基礎", basis_in_words(share.basis)),
        ("貴団体の割合", percent_of(share.weight)),
        ("正確な配分額", exact_yen(share.quota)),
        ("端数の処理", rounding_in_words(
            floor_yen=share.floor_yen, yen=share.yen, rank=share.rank, payers=payers, adjusted=share.adjusted
        )),
        ("納付の時期", "、".join(f"{row['name']} {row['part']}" for row in burden.halves) if half else ""),
        ("決定", decision_words(burden)),
        ("規則", f"{burden.rule}（{burden.rule_version}の版）"),
    ]  # fmt: skip
    return Told(
        f"{what}負担金{'の減額について（通知）' if credit else 'の納付について（請求）'}",
        "このことについて、負担金の補正により次のとおり減額します。"
        if credit
        else "このことについて、次のとおり納付してください。",
        record,
        working,
        "減額" if credit else "請求額",
    )


def decision_words(decided: Burden | LateJoin) -> str:
    """By whom and when it was decided."""
    day = wareki(decided.decided_on) if decided.decided_on else ""
    item: Item | None = decided.decided_by
    if item is None:
        return f"{day}　{decided.source}".strip()
    return f"{day}　{item.meeting.name or item.meeting.committee.name}「{item.title}」"


@action("council.print_bill", permits=PERMITS)
def print_bill(*, actor: Actor, now: datetime, bill: Bill) -> Bill:
    """請求書を印刷の形にする — once; a reprint is the stored file."""
    found = Bill.objects.select_for_update(of=("self",)).get(pk=bill.pk)
    if found.file_id is None:
        found.file = keep_bytes(set_in_type(LETTER, facts=found.facts, at=found.issued_at), PDF)
        found.save(update_fields=["file"])
    return found


@action("council.fetch_bill", permits=PERMITS, thing="bill")
def fetch_bill(*, actor: Actor, now: datetime, bill: Bill) -> PaperFile:
    """請求書を保存する — the PDF as it was made; a member's staff have their own body's alone.

    Raises BillNotFound (another body's, or none), LetterNotReady while it is being made.
    """
    if actor.body is not None and bill.body_id != actor.body.pk:
        raise BillNotFound
    if bill.file_id is None:
        raise LetterNotReady
    return PaperFile.objects.get(pk=bill.file_id)


@action("council.withdraw_bill", permits=PERMITS)
def withdraw_bill(*, actor: Actor, now: datetime, bill: Bill, reason: str) -> Bill:
    """請求を取り下げる — while nothing stands received for it; another may then be issued. Raises BillWithdrawn, BillHasReceipts."""
    found = _open_bill(bill)
    if received_yen(found):
        raise BillHasReceipts
    found.withdrawn_on, found.why_withdrawn = clock.today(now), reason[:200]
    found.save(update_fields=["withdrawn_on", "why_withdrawn"])
    return found


@action("council.receive_burden", permits=PERMITS)
def receive_burden(
    *,
    actor: Actor,
    now: datetime,
    bill: Bill,
    on: date,
    yen: int | None = None,
    label: str = "",
    evidence: Brought | None = None,
    source: str = "",
) -> Entry:
    """負担金の収納 — what came in for a bill (all that is still owed, unless said), booked as income of its cost line.

    Of a notice of reduction it is what was given back, as an amount below zero. Raises BillWithdrawn, MoreThanOwed,
    NothingToPost, and what a posting raises.
    """
    found = _open_bill(bill)
    line = found.cost_line
    owed = found.yen - received_yen(found)
    asked = owed if yen is None else (yen if found.yen >= 0 else -abs(yen))
    if asked == 0 or (asked < 0) != (found.yen < 0):
        raise NothingToPost(fields={"yen": str(NothingToPost.message)})
    if abs(asked) > abs(owed):
        words = _("まだ納められていない額は%(owed)s円です。") % {"owed": triangle(owed)}
        raise MoreThanOwed(words, fields={"yen": words})
    posting = Posting(line.account, found.fiscal_year, line.line, on, asked)
    may_post(posting, actor=actor, now=now, source=source)
    of_joining = "（後乗りの充当）" if found.yen < 0 else "（加入時の負担）"
    kept = keep_file(evidence, accept=EVIDENCE, max_bytes=LARGEST_EVIDENCE)[0] if evidence else None
    return written(
        posting, actor=actor, now=now,
        label=label or f"{line.name}{of_joining if found.join_id else ''}", party=found.body.name, cost_line=line,
        bill=found, evidence=kept, source=source,
    )  # fmt: skip


def _open_bill(bill: Bill) -> Bill:
    """The bill with its account held: what is owed does not change meanwhile. Raises BillWithdrawn."""
    locked(bill.cost_line.account)
    found: Bill = (
        Bill.objects.select_for_update(of=("self",))
        .select_related("body", "cost_line__account", "cost_line__line")
        .get(pk=bill.pk)
    )
    if found.withdrawn_on is not None:
        raise BillWithdrawn
    return found
