"""The council's year for the walkers: the demo of council and operations, and beside it what only one member may see.

Every word of the latter holds `sign(body)`, so a page that shows it to somebody else gives itself away. Made by the real
actions, by the secretariat. Also run inside a live installation, for the walk of the browsers.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction

from moyai.calendars.public import fiscal_year
from moyai.council.actions.ballots import open_ballot
from moyai.council.actions.bills import issue_bills, print_bill, receive_burden
from moyai.council.actions.burdens import decide_burden, draft_burden, draft_supplement
from moyai.council.actions.bylaws import cite
from moyai.council.actions.candidates import invite
from moyai.council.actions.committees import establish_committee
from moyai.council.actions.cost_lines import begin_paying, open_cost_line
from moyai.council.actions.entries import post_entry
from moyai.council.actions.items import add_item, record_item
from moyai.council.actions.joins import join_late
from moyai.council.actions.licences import found_pool, take_licence
from moyai.council.actions.meetings import call_meeting, plan_meeting, record_meeting
from moyai.council.actions.minutes import write_minutes
from moyai.council.actions.papers import add_paper
from moyai.council.actions.plans import grant_subsidy, plan_levels
from moyai.council.actions.pledges import bring_pledge
from moyai.council.actions.postings import post
from moyai.council.actions.refunds import decide_refund
from moyai.council.actions.seats import take_seat
from moyai.council.actions.tasks import give_task
from moyai.council.actions.uses import begin_use, found_service
from moyai.council.actions.votes import record_vote
from moyai.council.actions.voting_rules import set_voting_rule
from moyai.council.demo import load_demo as load_council
from moyai.council.models import (
    AccountLine,
    Ballot,
    Bill,
    Burden,
    Bylaw,
    Committee,
    CostLine,
    Entry,
    Meeting,
    Posting,
    Settlement,
    SpecialAccount,
)
from moyai.council.tests.assembly import a_pdf
from moyai.operations.actions.cases import ask_back, note_on_case, open_case
from moyai.operations.actions.events import note_attendance
from moyai.operations.actions.probes import add_probe
from moyai.operations.demo import load_demo as load_operations
from moyai.operations.models import Case, Event, Kind, System
from moyai.tenants.public import Actor, Body, Role, ServiceUse, clock

ROOMS = ("council", "operations")
SIGN = "限りの符丁"
ACTS = {"operations_case_act": "answer", "operations_office_case_act": "reply", "operations_stop_act": "void"}


def sign(body: Body) -> str:
    """What stands in every word that is this member's alone."""
    return f"{body.name}{SIGN}"


def load_year() -> None:
    """The demo of both rooms, then each member's own; all or nothing."""
    bodies = list(Body.objects.order_by("code"))
    actor = Actor(
        None, None, frozenset({Role.SECRETARIAT}), name="協議会 secretary", channel="council"
    )  # fmt: skip
    with transaction.atomic():
        acting: dict[str, Any] = {"actor": actor, "now": clock.now()}
        service = found_service(**acting, code="applications", name="電子申請", scope="some")
        for body in bodies:
            begin_use(**acting, service=service, body=body, from_on=date(2017, 4, 1))
        load_council(bodies)
        load_operations(bodies)
        _what_the_demo_has_not(acting, bodies)
        for body in bodies:
            _committee_of(acting, body)
            _asked_by(acting, body)
            _money_of(acting, body)
        _pledged(acting, bodies)


def _committee_of(acting: dict[str, Any], body: Body) -> None:
    """A 部会 in which this member sits alone: a sitting held, one to come with a paper and a ballot, a notice."""
    mine, today = sign(body), clock.today(acting["now"])
    alone = establish_committee(
        **acting, code=f"of-{body.slug}", name=f"{body.code}部会", kind="section", from_on=date(2017, 4, 1)
    )
    take_seat(**acting, committee=alone, body=body, from_on=alone.from_on)
    set_voting_rule(**acting, committee=alone, from_on=alone.from_on, source="見本の資料")
    held = record_meeting(
        **acting,
        committee=alone,
        held_on=today - timedelta(days=20),
        name=f"{mine}の会",
        public=False,
        closed=False,
    )
    record_item(**acting, meeting=held, title=f"{mine}の議案", outcome=f"{mine}の結果", state="decided")
    add_paper(**acting, meeting=held, title=f"{mine}の資料", file=_file(mine))
    held.refresh_from_db()
    write_minutes(**acting, meeting=held, version=held.version, minutes=f"{mine}の議事録", state="amend")
    give_task(**acting, meeting=held, text=f"{mine}の宿題", body=body, who=f"{mine}の担当")
    coming = plan_meeting(
        **acting, committee=alone, held_on=today + timedelta(days=9), name=f"{mine}の次の会", public=False
    )
    item = add_item(**acting, meeting=coming, title=f"{mine}の表決")
    add_paper(**acting, meeting=coming, item=item, title=f"{mine}の別紙", file=_file(mine, "別紙"))
    call_meeting(**acting, meeting=coming)
    open_ballot(**acting, item=item)
    plan_meeting(
        **acting, committee=alone, held_on=today + timedelta(days=60), name=f"{mine}の予定", public=False
    )
    post(
        **acting,
        title=f"{mine}のお知らせ",
        text=f"{mine}の知らせの文",
        readers="committee",
        committee=alone,
        by_mail=False,
    )
    assembly = Committee.objects.get(code="general-assembly")
    told = assembly.meetings.filter(state=Meeting.State.CLOSED).order_by("pk").first()
    assert told is not None
    give_task(**acting, meeting=told, text=f"{mine}への照会", body=body)
    ballot = Ballot.objects.get(item__meeting__committee=assembly, state="open")
    record_vote(
        **acting, ballot=ballot, body=body, how="written", choice="for", comment=f"{mine}の意見", proxy=None
    )


def _file(mine: str, name: str = "資料") -> ContentFile[bytes]:
    return ContentFile(f"{mine}の{name}の本文".encode(), name=f"{name}.txt")


def _asked_by(acting: dict[str, Any], body: Body) -> None:
    """What this member asked the help desk, and whom it sent to a training."""
    mine = sign(body)
    kind = Kind.objects.get(code="question")
    case = open_case(
        **acting,
        kind=kind,
        title=f"{mine}の質問",
        text=f"{mine}の質問の文",
        body=body,
        section=f"{mine}課",
        asked_by=f"{mine}の人",
    )
    note_on_case(**acting, case=case, text=f"{mine}の内部メモ")
    case.refresh_from_db()
    ask_back(**acting, case=case, version=case.version, text=f"{mine}への確認")
    wish = Kind.objects.get(code="wish")
    open_case(**acting, kind=wish, title=f"{mine}の要望", text=f"{mine}の要望の文", body=body)
    for event in Event.objects.order_by("pk"):
        if event.asks_until:
            note_attendance(**acting, event=event, body=body, persons=2, who=f"{mine}の参加者")


def _money_of(acting: dict[str, Any], body: Body) -> None:
    """Subsidy, levelling and a late joining of this member; the letter of its bill."""
    mine, today = sign(body), clock.today(acting["now"])
    grant_subsidy(
        **acting,
        body=body,
        fiscal_year=today.year,
        name=f"{mine}の補助",
        households=240,
        cost_yen=3_000_000,
        decided_on=today,
    )
    plan_levels(
        **acting, name=f"{mine}の平準化", first_month=date(today.year, 4, 1), months=120, yen=1_000_001, body=body
    )  # fmt: skip
    print_bill(actor=Actor.system(), now=acting["now"], bill=Bill.objects.filter(body=body).latest("pk"))


def _pledged(acting: dict[str, Any], bodies: list[Body]) -> None:
    """A burden whose shares are agreed before a selection, and the pledge of each member for it."""
    today = clock.today(acting["now"])
    account = SpecialAccount.objects.get()
    line = CostLine.objects.order_by("pk").first()
    assert line is not None
    third = open_cost_line(
        **acting, account=account, line=line.line, code="extraction", name="データ抽出経費", from_on=account.from_on
    )  # fmt: skip
    begin_paying(**acting, cost_line=third, bodies=bodies, from_on=account.from_on, why="見本の資料")
    agreed = draft_burden(
        **acting, cost_line=third, fiscal_year=fiscal_year(today), yen=1_000_000, payers_on=today, source="見本の資料",
        selection_on=today + timedelta(days=60),
    )  # fmt: skip
    decide_burden(**acting, burden=agreed, decided_on=today, source="見本の資料")
    for body in bodies:
        mine = sign(body)
        bring_pledge(
            **acting, burden=agreed, body=body, signed_by=f"{mine}の事業者", pledged_on=today,
            file=ContentFile(a_pdf(title=f"{mine}の誓約書"), name="誓約書.pdf"),
        )  # fmt: skip


def _what_the_demo_has_not(acting: dict[str, Any], bodies: list[Body]) -> None:
    """A row of each other kind that an address can name: refund, supplement, late joining, candidate, licence, probe."""
    today = clock.today(acting["now"])
    decide_refund(**acting, settlement=Settlement.objects.get(), decided_on=today, source="見本の資料")
    decided = Burden.objects.filter(state="decided").order_by("pk").last()
    assert decided is not None
    draft_supplement(**acting, burden=decided, total_yen=decided.yen + 100_000, source="見本の資料")
    account = SpecialAccount.objects.get()
    first = CostLine.objects.get()
    second = open_cost_line(
        **acting, account=account, line=first.line, code="new", name="新しい経費", from_on=account.from_on
    )
    begin_paying(**acting, cost_line=second, bodies=bodies[:1], from_on=account.from_on, why="見本の資料")
    begun = draft_burden(
        **acting, cost_line=second, fiscal_year=decided.fiscal_year, yen=300_000, source="見本の資料"
    )
    decide_burden(**acting, burden=begun, decided_on=today, source="見本の資料")
    issue_bills(**acting, burden=begun, billed_on=today, due_on=today + timedelta(days=30), by_mail=False)
    receive_burden(**acting, bill=Bill.objects.get(share__burden=begun), on=today, source="見本の資料")
    post_entry(
        **acting,
        account=account,
        fiscal_year=decided.fiscal_year,
        line=AccountLine.objects.get(account=account, code="sundry"),
        on=today,
        yen=1_000,
        label="事務用品",
        evidence=ContentFile(a_pdf(title="領収書"), name="領収書.pdf"),
    )
    join_late(
        **acting,
        cost_line=second,
        body=bodies[-1],
        joins_on=today,
        first_cost_yen=1_000_000,
        contract_from=account.from_on,
        months=60,
        decided_on=today,
        source="見本の資料",
    )
    assembly = Committee.objects.get(code="general-assembly")
    invite(**acting, committee=assembly, name="見本村", noted_on=today)
    post(**acting, title="年次報告を公開しました", text="ご覧ください。", readers="public", by_mail=False)
    pool = found_pool(**acting, name="文字起こし", seats=2, from_on=date(2017, 4, 1))
    take_licence(**acting, pool=pool)
    coming = Meeting.objects.filter(committee=assembly, state=Meeting.State.CALLED).first()
    assert coming is not None
    item = coming.items.first()
    assert item is not None
    bylaw = Bylaw.objects.order_by("pk").first()
    assert bylaw is not None
    cite(**acting, bylaw=bylaw, on=today, item=item, article="第9条")
    system = System.objects.order_by("pk").first()
    assert system is not None
    add_probe(**acting, system=system, name="見張り", kind="push")


@cache
def _models() -> dict[str, Any]:
    """By the name an address would give a row of it. council comes first: `attendance` of an address is operations'."""
    found: dict[str, Any] = {
        str(model._meta.model_name): model
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    }
    return {
        **found,
        "join": found["latejoin"],
        "plan": found["levelplan"],
        "pool": found["licencepool"],
        "use": found["licenceuse"],
    }


def values_for(address: Any, body: Body, *, signed: bool = False) -> dict[str, str]:
    """A row of the year for each name in an address. With `signed` only rows that are this member's alone: others are left out."""
    year = str(SpecialAccount.objects.get().settlements.get().fiscal_year)
    found = {} if signed else {"year": year, "slug": body.slug, "kind": "outage"}
    found |= {"act": ACTS[address.name]} if address.name in ACTS else {"act": "renew"}
    for name, number in address.parameters:
        if number and (row := _row(name.removesuffix("_id"), body, signed=signed)):
            found[name] = str(row.pk)
    if address.name == "council_burden_compare":
        draft = Burden.objects.get(state="draft")
        same = {"cost_line": draft.cost_line, "fiscal_year": draft.fiscal_year, "state": "decided"}
        found |= {"burden_id": str(draft.pk), "other_id": str(Burden.objects.filter(**same).latest("pk").pk)}
    elif "pledge" in address.name and "burden_id" in found:
        found["burden_id"] = str(Burden.objects.get(selection_on__isnull=False).pk)
    elif address.name == "council_end_use":
        found["use_id"] = str(ServiceUse.objects.filter(body=body).latest("pk").pk)
    elif address.name == "council_report_posting" and not signed:
        found["posting_id"] = str(Posting.objects.filter(readers="public").latest("pk").pk)
    elif address.name == "council_entry_evidence":
        found["entry_id"] = str(Entry.objects.filter(evidence__isnull=False).latest("pk").pk)
    if any(name == "number" for name, _number in address.parameters):
        own = Case.objects.filter(body=body, title__contains=SIGN)
        asked = own.filter(kind__code="wish" if "support" in address.name else "question")
        if "support" in address.name and not signed:
            asked = Case.objects.filter(kind__code="wish", shared_on__isnull=False)
        found["number"] = asked.latest("pk").number
    if not signed and any(name == "code" for name, _number in address.parameters):
        found["code"] = _code(address.name)
    return found


def _code(name: str) -> str:
    for part, code in (("bylaw", "charter"), ("service", "applications"), ("kind", "question")):
        if part in name:
            return code
    if name.startswith("operations_"):
        return "applications"
    return "applications" if "account" in name or "entr" in name or "budget" in name else "general-assembly"


def _row(name: str, body: Body, *, signed: bool) -> Any:
    model = _models().get(name.replace("_", ""))
    if model is None:
        return None
    own = _own(model, body)
    row = None if own is None else own.order_by("-pk").first()
    return row or (None if signed else model._default_manager.order_by("pk").first())


def _own(model: Any, body: Body) -> Any:
    """The rows of a table that are this member's alone; None where there are no such."""
    rows, mine = model._default_manager, sign(body)
    match model._meta.model_name:
        case "meeting":
            return rows.filter(committee__code=f"of-{body.slug}").exclude(state=Meeting.State.PLANNED)
        case "item" | "paper":
            return rows.filter(meeting__committee__code=f"of-{body.slug}", title__contains=mine)
        case "ballot":
            return rows.filter(item__meeting__committee__code=f"of-{body.slug}")
        case "posting" | "case":
            return rows.filter(title__contains=mine)
        case "task":
            return rows.filter(text__contains=mine)
        case "attendance":
            return rows.filter(who__contains=mine)
        case "bill" | "levelplan" | "pledge":
            return rows.filter(body=body)
    return None
