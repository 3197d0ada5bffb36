"""Staff pages of the ledger: who sees, who does, and what each page says."""

import pytest
from django.test.utils import CaptureQueriesContext

from moyai.audit.public import Deed
from moyai.money import actions
from moyai.money.models import Charge, Confirmation, Overpayment, Receipt, Refund
from moyai.money.settling import book
from moyai.tenants.public import Actor, acting_in

pytestmark = pytest.mark.usefixtures("balanced")
OFFICE = "/chiba-shi/office/money/"


@pytest.fixture
def clerk(world, client_for):
    return client_for(world.at_chiba.clerk)


@pytest.fixture
def approver(world, client_for):
    return client_for(world.at_chiba.approver)


def rows(world, model):
    with acting_in(world.chiba):
        found = model.objects.of(world.chiba).order_by("id")
        return list(found.filter(payable="tenants.body") if model is Charge else found)


def text(answer):
    return answer.content.decode()


def overpay(world, owed):
    with acting_in(world.chiba) as now:
        book(
            actor=Actor.system(world.chiba),
            body=world.chiba,
            now=now,
            charge=Charge.objects.of(world.chiba).get(id=owed.pk),
            channel=Receipt.Channel.TRANSFER,
            stage=Receipt.Stage.FINAL,
            amount_yen=1000,
            external_id="bank-1",
            received_at=now,
        )
        return Overpayment.objects.of(world.chiba).get()


def test_clerk_finds_a_charge_by_the_number_on_its_slip(world, clerk, owe):
    owed = owe()
    with acting_in(world.chiba) as now:
        slip = actions.issue_slip(actor=Actor.system(world.chiba), now=now, charge=owed)
    full_width = slip.number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for typed in (
        slip.number,
        full_width,
        f"{slip.number[:4]}-{slip.number[4:8]} {slip.number[8:]}",
        owed.display_number,
    ):
        answer = clerk.get(f"{OFFICE}counter/", {"number": typed})
        assert answer["Location"] == f"{OFFICE}charges/{owed.pk}/receive/"


def test_clerk_is_told_what_is_wrong_with_a_number(world, clerk, owe):
    owe()
    wrong = clerk.get(f"{OFFICE}counter/", {"number": "260000000012"})
    assert wrong.status_code == 422 and "番号が1文字違う可能性があります" in text(wrong)
    for typed in ("2026-999999", "x", "１"):
        absent = clerk.get(f"{OFFICE}counter/", {"number": typed})
        assert absent.status_code == 422 and "この番号の請求はありません" in text(absent)
    empty = clerk.get(f"{OFFICE}counter/", {"number": ""})
    assert "納付書番号か調定番号を入力してください。" in text(empty)


def test_clerk_receives_cash_and_gets_a_receipt(world, clerk, owe, settled):
    owed = owe()
    page = clerk.get(f"{OFFICE}charges/{owed.pk}/receive/")
    once = page.context["form"]["once"].value()
    answer = clerk.post(
        f"{OFFICE}charges/{owed.pk}/receive/", {"amount_yen": "６８４円", "once": once}, follow=True
    )
    assert "領収書を作成しています" in text(answer) and "684円" in text(answer)
    again = clerk.post(
        f"{OFFICE}charges/{owed.pk}/receive/", {"amount_yen": "684", "once": once}, follow=True
    )
    assert again.redirect_chain == answer.redirect_chain
    assert (len(rows(world, Receipt)), settled) == (1, [owed.pk])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1000", "未納額を超えています。"),
        ("0", "金額は1円以上で入力してください。"),
        ("abc", "1円単位の整数"),
        ("", "を入力してください。"),
    ],
)
def test_wrong_cash_is_refused_beside_its_field(world, clerk, owe, settled, typed, words):
    owed = owe()
    answer = clerk.post(f"{OFFICE}charges/{owed.pk}/receive/", {"amount_yen": typed, "once": "abc"})
    assert answer.status_code == 422 and words in text(answer)
    assert (rows(world, Receipt), settled) == ([], [])


def test_clerk_books_a_transfer_and_its_rest_waits(world, clerk, owe, settled):
    owed = owe()
    form = {"amount_yen": "1,000", "received_on": "R8.4.10", "external_id": "通帳-31"}
    answer = clerk.post(f"{OFFICE}charges/{owed.pk}/transfer/", form, follow=True)
    assert "過納があります" in text(answer) and "納める額より多く入金されました。" in text(answer)
    twice = clerk.post(f"{OFFICE}charges/{owed.pk}/transfer/", form)
    assert twice.status_code == 422 and "すでに登録してあります" in text(twice)
    assert len(rows(world, Receipt)) == 1


def test_refund_goes_from_clerk_to_approver_and_back(world, clerk, approver, owe, settled):
    over = overpay(world, owe())
    url = f"{OFFICE}overpaid/{over.pk}/"
    assert "還付・充当を申請する" in text(clerk.get(url))
    asked = clerk.post(url, {"way": "refund", "amount_yen": "316", "reason": "振込みの誤り"}, follow=True)
    assert "申請しました。決裁者の承認を待っています。" in text(asked) and "承認する" not in text(asked)
    refund = rows(world, Refund)[0]
    assert "振込みの誤り" in text(approver.get(url))
    assert clerk.post(f"{OFFICE}refunds/{refund.pk}/", {"approve": "1"}).status_code == 403
    approver.post(f"{OFFICE}refunds/{refund.pk}/", {"approve": "1"})
    assert "還付を支払済みにする" in text(clerk.get(url))
    bad = clerk.post(f"{OFFICE}refunds/{refund.pk}/", {"paid": "1", "paid_on": "x"}, follow=True)
    assert rows(world, Refund)[0].state == "approved" and bad.status_code == 200
    clerk.post(f"{OFFICE}refunds/{refund.pk}/", {"paid": "1", "paid_on": "R8.5.1"})
    assert (rows(world, Refund)[0].state, rows(world, Overpayment)[0].left_yen) == ("paid", 0)
    assert "扱いを決める過納はありません。" in text(clerk.get(f"{OFFICE}overpaid/"))


def test_overpayment_is_used_for_another_charge(world, clerk, approver, owe, settled):
    over, second = overpay(world, owe()), owe()
    url = f"{OFFICE}overpaid/{over.pk}/"
    missing = clerk.post(url, {"way": "apply", "amount_yen": "316", "reason": "希望"})
    assert missing.status_code == 422 and "充当先の調定番号を入力してください。" in text(missing)
    absent = clerk.post(url, {"way": "apply", "amount_yen": "316", "reason": "希望", "target": "2026-999"})
    assert absent.status_code == 422 and "この番号の請求はありません" in text(absent)
    clerk.post(url, {"way": "apply", "amount_yen": "316", "reason": "希望", "target": second.display_number})
    approver.post(f"{OFFICE}refunds/{rows(world, Refund)[0].pk}/", {"approve": "1"})
    assert rows(world, Charge)[1].unpaid_yen == 368


def test_clerk_confirms_card_money(world, clerk, owe, settled):
    owed = owe()
    with acting_in(world.chiba) as now:
        receipt = book(
            actor=Actor.system(world.chiba),
            body=world.chiba,
            now=now,
            charge=owed,
            channel=Receipt.Channel.CARD,
            stage=Receipt.Stage.PRELIMINARY,
            amount_yen=684,
            external_id="T1",
            received_at=now,
        )
    url = f"{OFFICE}receipts/{receipt.pk}/"
    assert "速報" in text(clerk.get(url))
    differs = clerk.post(url, {"amount_yen": "680", "confirmed_on": "R8.5.1"})
    assert differs.status_code == 422 and "速報の金額と合いません" in text(differs)
    assert rows(world, Confirmation) == []
    assert "確報を登録しました。" in text(
        clerk.post(url, {"amount_yen": "684", "confirmed_on": "R8.5.1"}, follow=True)
    )


def test_only_deciders_write_off_and_cancel(world, clerk, approver, owe, settled):
    owed = owe()
    for page in ("write-off", "cancel"):
        assert clerk.get(f"{OFFICE}charges/{owed.pk}/{page}/").status_code == 403
        assert clerk.post(f"{OFFICE}charges/{owed.pk}/{page}/", {"reason": "x"}).status_code == 403
    empty = approver.post(f"{OFFICE}charges/{owed.pk}/write-off/", {"reason": ""})
    assert empty.status_code == 422 and rows(world, Charge)[0].state == "open"
    approver.post(f"{OFFICE}charges/{owed.pk}/write-off/", {"reason": "時効"})
    assert rows(world, Charge)[0].state == "written_off"
    other = owe()
    approver.post(f"{OFFICE}charges/{other.pk}/cancel/", {"reason": "誤り"})
    assert rows(world, Charge)[1].state == "cancelled"


def test_a_look_at_a_payer_is_on_record(world, clerk, owe):
    owed = owe()
    with acting_in(world.chiba):
        before = Deed.objects.filter(body=world.chiba, verb="money.view").count()
    assert "千葉 花子" in text(clerk.get(f"{OFFICE}charges/{owed.pk}/"))
    with acting_in(world.chiba):
        assert Deed.objects.filter(body=world.chiba, verb="money.view").count() == before + 1


@pytest.mark.parametrize("package", ["money", "notices"])
def test_every_text_is_there_in_english(package):
    import ast
    import re
    from pathlib import Path

    import polib

    home = Path(__file__).parents[2] / package
    said = {
        entry.msgid for entry in polib.pofile(str(home / "locale/en/LC_MESSAGES/django.po")) if entry.msgstr
    }
    asked = set()
    for source in home.rglob("*.py"):
        if {"tests", "migrations"} & set(source.parts):
            continue
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                "_",
                "gettext",
                "gettext_lazy",
            }:
                asked.add(ast.literal_eval(node.args[0]))
    for template in home.rglob("*.html"):
        text = template.read_text()
        asked.update(re.findall(r'{% translate "([^"]+)"', text))
        for block in re.findall(r"{% blocktranslate [^%]*%}(.*?){% endblocktranslate %}", text, re.DOTALL):
            asked.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", block))
    assert asked - said == set()


def test_other_body_and_strangers_find_nothing(world, client, client_for, owe):
    owed = owe()
    other = client_for(world.at_matsudo.clerk)
    for path in ("", "counter/", "overpaid/", f"charges/{owed.pk}/", f"charges/{owed.pk}/receive/"):
        assert other.get(OFFICE + path).status_code == 404
        assert client.get(OFFICE + path).status_code == 302
        assert other.get(f"/matsudo-shi/office/money/charges/{owed.pk}/").status_code == 404


def test_lists_cost_the_same_however_long(world, clerk, owe, django_assert_max_num_queries):
    from django.db import connection

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert clerk.get(OFFICE).status_code == 200
        return len(queries)

    owe()
    one = cost()
    for _ in range(55):
        owe()
    assert cost() == one <= 20
    page = clerk.get(OFFICE)
    assert "次の50件" in text(page)
    older = page.context["older_url"]
    assert "前の50件" in text(clerk.get(older))
    for state in ("settled", "all", "nonsense"):
        assert clerk.get(OFFICE, {"state": state, "before": "x"}).status_code == 200
