"""加入の確認 — what is to be there before and after a body joins late (I06), each found in the rows and never ticked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q

from moyai.council.models import Bill, BylawVersion, Candidate, LateJoin, Payer, Seat
from moyai.council.queries.bylaws import standing_on, versions_of
from moyai.tenants.public import Service, ServiceUse

WORDS_OF_JOINING = ("後乗り", "途中加入", "加入")  # how 要綱 and 協定書 say that one may join later


class Check(StrEnum):
    RULE = "rule"  # 要綱・協定書に加入の定めがある
    VENDOR = "vendor"  # 事業者が同意した
    BODY = "body"  # 団体の登録がある
    SEAT = "seat"  # 構成員になった
    USE = "use"  # 利用が始まる (of a 特定団体事業)
    ENTRY = "entry"  # 加入時の負担が決まった
    BILL = "bill"  # 加入時の負担を請求した
    PAYER = "payer"  # これからの負担が始まる


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the list: since when it is so, and what shows it; neither where it is not yet so."""

    check: Check
    done: bool
    since: date | None = None
    shown: str = ""


def joining_checks(candidate: Candidate, on: date) -> list[Checked]:
    """加入の確認 of the newest step of a candidate on a day, in the order of the work. Nine queries at most."""
    found = [_rule(on), Checked(Check.VENDOR, candidate.vendor_agrees is True)]
    body, service = candidate.body, candidate.committee.service
    found.append(
        Checked(Check.BODY, body is not None, body.from_on if body else None, body.name if body else "")
    )
    seat = (
        Seat.objects.filter(committee=candidate.committee, body=body, until_on=None).first() if body else None
    )
    open_to_all = candidate.committee.open_to_all and body is not None
    found.append(
        Checked(
            Check.SEAT,
            seat is not None or open_to_all,
            seat.from_on if seat else body.from_on if open_to_all and body else None,
        )
    )
    if service is not None and service.scope == Service.Scope.SOME:
        use = ServiceUse.objects.filter(service=service, body=body, until_on=None).first() if body else None
        found.append(Checked(Check.USE, use is not None, use.from_on if use else None, service.name))
    lines = Q(cost_line__service=service) if service is not None else Q(cost_line__service=None)
    entry = (
        LateJoin.objects.filter(lines, body=body).select_related("cost_line").order_by("-joins_on").first()
        if body
        else None
    )
    found.append(
        Checked(
            Check.ENTRY,
            entry is not None,
            entry.decided_on if entry else None,
            f"{entry.entry_yen:,}円" if entry else "",
        )
    )
    bill = Bill.objects.filter(join=entry, body=body, withdrawn_on=None).first() if entry else None
    found.append(
        Checked(Check.BILL, bill is not None, bill.billed_on if bill else None, bill.number if bill else "")
    )
    payer = (
        Payer.objects.filter(lines, body=body, until_on=None)
        .select_related("cost_line")
        .order_by("from_on")
        .first()
        if body
        else None
    )
    found.append(
        Checked(
            Check.PAYER,
            payer is not None,
            payer.from_on if payer else None,
            payer.cost_line.name if payer else "",
        )
    )
    return found


def _rule(on: date) -> Checked:
    """The first rule in force on the day whose text speaks of joining."""
    said = Q()
    for word in WORDS_OF_JOINING:
        said |= Q(text__contains=word)
    rows = (
        BylawVersion.objects.filter(said, from_on__lte=on)
        .select_related("bylaw")
        .order_by("bylaw__position", "bylaw__code")
    )
    for bylaw in {row.bylaw_id: row.bylaw for row in rows}.values():
        version = standing_on(bylaw, versions_of(bylaw), on).version
        if version is not None and any(word in version.text for word in WORDS_OF_JOINING):
            return Checked(Check.RULE, True, version.from_on, bylaw.name)
    return Checked(Check.RULE, False)
