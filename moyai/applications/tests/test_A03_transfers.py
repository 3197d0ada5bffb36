"""振込データ（全銀形式） through its pages: from approved applications to the file a bank takes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from moyai.applications import flow
from moyai.applications.actions.decisions import decide
from moyai.applications.actions.review import accept
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, Export
from moyai.applications.secrets import new_token
from moyai.applications.tests.conftest import edition_of
from moyai.applications.tests.portal import BASE, document, procedure_of
from moyai.audit.public import Deed
from moyai.tenants.public import Actor, acting_in, clock

FIELDS = [
    {"id": "account", "kind": "bank_account", "label": "振込先の口座"},
    {"id": "amount", "kind": "yen", "label": "支給額", "required": True, "max": 1_000_000},
]
BANK = {
    "bank": "0134",
    "branch": "001",
    "type": "ordinary",
    "number": "1234567",
    "holder": "タカハシ　サキコ",
}
POSTAL = {"symbol": "10180", "symbol_number": "12345671", "holder": "やまだ　たろう"}
SENDER = {
    "on_year": "2026", "on_month": "12", "on_day": "25", "code": "0000123456", "name": "チバシ キュウフキンシツ",
    "bank": "0134", "branch": "001", "type": "ordinary", "number": "7654321", "account": "account",
}  # fmt: skip


class Benefit:
    """A benefit, those who ask for it, and what the office makes of them."""

    def __init__(self, world: Any) -> None:
        self.world, self.body = world, world.chiba
        self.procedure = procedure_of(world, "benefit", doc=document("benefit", fields=FIELDS))

    def asked(self, name: str, yen: int, account: Any, kind: str = flow.APPROVED) -> Application:
        """One application, decided so; left open with kind ""."""
        staff = {
            one: self.world.actor(getattr(self.world.at_chiba, one), self.body)
            for one in ("clerk", "approver")
        }
        answers = {"name": name, "kana": "タカハシ", "amount": yen, "account": account}
        with acting_in(self.body) as now:
            made = submit_application(
                actor=Actor.anyone(self.body),
                now=now,
                edition=edition_of(self.procedure),
                answers={key: value for key, value in answers.items() if value is not None},
                form_token=new_token(),
            )
            if kind:
                accept(actor=staff["clerk"], now=now, application=made)
                reason = "" if kind == flow.APPROVED else "要件に当たらないため。"
                decide(actor=staff["approver"], now=now, application=made, kind=kind, reason=reason)
        return made

    def allowed(self, clerk: Client, approver: Client) -> str:
        """The page of a list that the clerk asked for and the approver allowed."""
        asked = clerk.post(
            f"{BASE}/office/procedures/benefit/export/", {"form": "csv-utf8", "purpose": "給付金の振込"}
        )
        assert asked.status_code == 302, asked.content.decode()
        page = str(asked["Location"])
        assert approver.post(f"{page}allow/").status_code == 302
        return page


@pytest.fixture
def benefit(world: Any) -> Benefit:
    return Benefit(world)


def records_in(answer: Any) -> list[str]:
    data = b"".join(answer.streaming_content)
    lines = data.split(b"\r\n")
    assert lines.pop() == b"" and {len(line) for line in lines} == {120}
    return [line.decode("cp932") for line in lines]


def test_A03_clerk_gets_the_transfers_of_what_was_approved_after_seeing_what_cannot_be_paid(
    world: Any, client_for: Any, benefit: Benefit
) -> None:
    bank = benefit.asked("髙橋　﨑子", 30_000, BANK)
    postal = benefit.asked("山田　太郎", 100_000, POSTAL)
    without = benefit.asked("口座　無し", 50_000, None)
    rejected = benefit.asked("不可　四郎", 70_000, BANK, flow.REJECTED)
    standing = benefit.asked("未決　五郎", 90_000, BANK, "")
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    page = benefit.allowed(clerk, approver)
    transfers = f"{page}transfers/"
    assert transfers in clerk.get(page).content.decode()
    form = clerk.get(transfers).content.decode()
    assert "振込先の口座" in form and "支給額" in form  # fields by their words, not by their names

    empty = clerk.post(transfers, {})
    assert empty.status_code == 422
    for wrong in ({"on_year": "2025"}, {"code": "123"}, {"number": "12345678"}, {"bank": "千葉"}, {"name": "千葉市"}):
        refused = clerk.post(transfers, {**SENDER, "amount": "amount", **wrong})
        assert refused.status_code == 422, wrong
    assert clerk.post(transfers, SENDER).status_code == 422  # neither a field nor one sum for all

    shown = clerk.post(transfers, {**SENDER, "amount": "amount"})
    text = re.sub(r"<[^>]+>", "", shown.content.decode())
    assert shown.status_code == 200 and "2件、合計130,000円を振り込めます。" in text
    assert "振り込めない申請1件" in text and without.public_number in text.replace("-", "")
    assert "口座の記入がありません" in text

    file = clerk.post(transfers, {**SENDER, "amount": "amount", "anyway": "1"})
    assert file["Content-Disposition"].startswith("attachment") and "no-store" in file["Cache-Control"]
    head, first, second, trailer, end = records_in(file)
    assert (head[:4], head[4:14], head[54:58]) == ("1210", "0000123456", "1225")
    assert head[14:54].rstrip() == "ﾁﾊﾞｼ ｷﾕｳﾌｷﾝｼﾂ" and head[58:77].rstrip() == "0134ﾁﾊﾞ"
    assert (first[:5], first[20:23], first[42:50]) == ("20134", "001", "11234567")
    assert (first[50:80].rstrip(), first[80:90]) == ("ﾀｶﾊｼ ｻｷｺ", "0000030000")
    assert first[91:111] == bank.public_number.rjust(20, "0")
    assert (second[:5], second[50:80].rstrip(), second[80:90]) == ("29900", "ﾔﾏﾀﾞ ﾀﾛｳ", "0000100000")
    assert second[91:111] == postal.public_number.rjust(20, "0")
    assert (trailer[:19], end.rstrip()) == ("8000002000000130000", "9")
    for one in (rejected, standing, without):
        assert one.public_number not in first + second

    twice = clerk.post(transfers, {**SENDER, "amount": "amount", "anyway": "1"})
    text = re.sub(r"<[^>]+>", "", twice.content.decode())
    assert twice.status_code == 422 and "振り込める申請がありません。" in text
    assert "令和8年12月25日の振込データに入っています（30,000円）" in text
    same = clerk.post(transfers, {**SENDER, "fixed_yen": "5000", "anyway": "1", "again": "on"})
    _head, one, two, trailer, _end = records_in(same)
    assert (one[80:90], two[80:90], trailer[7:19]) == ("0000005000", "0000005000", "000000010000")
    with acting_in(world.chiba):
        export = Export.objects.get(procedure=benefit.procedure)
        looks = Deed.objects.filter(verb="applications.view_export", thing_id=export.pk)
        assert looks.count() == export.fetched == 4  # each look at the accounts is on record


def test_A03_transfers_are_for_who_asked_while_the_day_lasts(
    world: Any, client_for: Any, benefit: Benefit
) -> None:
    benefit.asked("髙橋　﨑子", 30_000, BANK)
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    page = benefit.allowed(clerk, approver)
    wish = {**SENDER, "amount": "amount"}
    for other in (approver, client_for(world.at_chiba.administrator)):
        assert other.get(f"{page}transfers/").status_code == 404
        assert other.post(f"{page}transfers/", wish).status_code == 404
    elsewhere = page.replace("chiba-shi", "matsudo-shi")
    assert client_for(world.at_matsudo.clerk).post(f"{elsewhere}transfers/", wish).status_code == 404
    with acting_in(world.chiba):
        over = Export.objects.get(procedure=benefit.procedure).expires_at
    with clock.at(over):
        assert clerk.post(f"{page}transfers/", wish).status_code == 404
    with acting_in(world.chiba):
        assert Export.objects.get(procedure=benefit.procedure).fetched == 0
        assert not Deed.objects.filter(verb="applications.view_export").exists()
    assert len(records_in(clerk.post(f"{page}transfers/", wish))) == 4


def test_A03_no_file_is_made_of_nothing(world: Any, client_for: Any, benefit: Benefit) -> None:
    benefit.asked("不可　四郎", 70_000, BANK, flow.REJECTED)
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    page = benefit.allowed(clerk, approver)
    wish = {**SENDER, "amount": "amount", "anyway": "1"}
    refused = clerk.post(f"{page}transfers/", wish)
    assert refused.status_code == 422 and "振り込める申請がありません。" in refused.content.decode()
    without = benefit.asked("口座　無し", 50_000, None)
    refused = clerk.post(f"{page}transfers/", wish)
    text = refused.content.decode()
    assert refused.status_code == 422 and "振り込める申請がありません。" in text
    assert without.public_number in text.replace("-", "") and "振り込めるものだけでつくる" not in text


def test_A03_nobody_is_paid_by_two_lists(world: Any, client_for: Any, benefit: Benefit) -> None:
    first = benefit.asked("髙橋　﨑子", 30_000, BANK)
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    wish = {**SENDER, "amount": "amount"}
    assert len(records_in(clerk.post(f"{benefit.allowed(clerk, approver)}transfers/", wish))) == 4
    second = benefit.asked("山田　太郎", 100_000, POSTAL)
    other = f"{benefit.allowed(clerk, approver)}transfers/"
    shown = clerk.post(other, wish)  # another list of the same procedure
    assert shown.status_code == 200 and "1件、合計100,000円" in re.sub(r"<[^>]+>", "", shown.content.decode())
    _head, only, trailer, _end = records_in(clerk.post(other, {**wish, "anyway": "1"}))
    assert only[91:111] == second.public_number.rjust(20, "0") and trailer[1:7] == "000001"
    with acting_in(world.chiba):
        for one, yen in ((first, "30,000"), (second, "100,000")):
            [line] = one.history.filter(verb="transferred")
            assert line.note.endswith(f"（{yen}円）")
