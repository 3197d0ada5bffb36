"""一括出力: columns of several editions, repeats, four eyes, blind lists, transfers."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from moyai.applications import zengin
from moyai.applications.actions import exports as acts
from moyai.applications.actions.procedures import publish_edition
from moyai.applications.actions.submission import submit_application
from moyai.applications.actions.transfers import fetch_transfers
from moyai.applications.models import Application, Export
from moyai.applications.queries.columns import TooManyColumns, columns_of
from moyai.applications.queries.exports import Wish, editions_of, listing, wanted
from moyai.applications.secrets import new_token
from moyai.applications.tests.conftest import DOCUMENT, GOOD, apply, edition_of, make_procedure
from moyai.audit.public import Deed, NotPermitted

GROUPS: dict[str, Any] = {
    "schema_version": 1,
    "procedure": "dogs",
    "title": "犬の届出",
    "applicant": {"name": "name"},
    "blind": ["name"],
    "pages": [
        {
            "id": "one",
            "title": "届出",
            "fields": [
                {"id": "name", "kind": "name", "label": "氏名", "required": True},
                {
                    "id": "dogs",
                    "kind": "group",
                    "label": "犬",
                    "item": "犬",
                    "counter": "頭",
                    "min": 0,
                    "max": 5,
                    "fields": [
                        {"id": "call", "kind": "text", "label": "呼び名", "required": True},
                        {
                            "id": "shots",
                            "kind": "group",
                            "label": "注射",
                            "item": "注射",
                            "counter": "回",
                            "min": 0,
                            "max": 3,
                            "fields": [{"id": "on", "kind": "date", "label": "注射した日", "required": True}],
                        },
                    ],
                },
                {
                    "id": "mood",
                    "kind": "matrix",
                    "label": "満足",
                    "rows": [{"value": "desk", "label": "窓口"}, {"value": "web", "label": "ウェブ"}],
                    "columns": [{"value": "good", "label": "よい"}, {"value": "bad", "label": "わるい"}],
                },
            ],
        }
    ],
}


def send(actor: Any, now: datetime, procedure: Any, answers: dict[str, Any]) -> Application:
    return submit_application(
        actor=actor, now=now, edition=edition_of(procedure), answers=answers, form_token=new_token()
    )


@pytest.fixture
def dogs(in_chiba: datetime, staff: Any) -> Any:
    procedure = make_procedure(actor=staff["administrator"], now=in_chiba, code="dogs", document=GROUPS)
    send(
        staff["resident"],
        in_chiba,
        procedure,
        {
            "name": "佐藤　花子",
            "dogs": [
                {"call": "ポチ", "shots": [{"on": "2026-04-01"}, {"on": "2026-05-01"}]},
                {"call": "=1+1", "shots": []},
            ],
            "mood": {"desk": "good"},
        },
    )
    send(staff["resident"], in_chiba, procedure, {"name": "𠮷田　太郎"})
    return procedure


def read(found: Any) -> list[dict[str, Any]]:
    return [dict(zip(found.heads, row, strict=True)) for row in found.rows]


def test_A03_rows_of_a_group_stand_beside_one_another_up_to_the_most_there_are(dogs: Any, staff: Any) -> None:
    found = listing(actor=staff["clerk"], procedure=dogs, wish=Wish())
    rows = read(found)
    paths = [head.partition("［")[2].rstrip("］") for head in found.heads if "［" in head]
    assert paths == [
        "name",
        "dogs[1].call",
        "dogs[1].shots[1].on",
        "dogs[1].shots[2].on",
        "dogs[2].call",
        "dogs[2].shots[1].on",
        "dogs[2].shots[2].on",
        "mood.desk",
        "mood.web",
    ]
    first = {head.partition("［")[2].rstrip("］"): cell for head, cell in rows[0].items()}
    assert first["dogs[1].call"] == "ポチ" and first["dogs[1].shots[2].on"] == date(2026, 5, 1)
    assert first["dogs[2].shots[1].on"] is None and first["mood.desk"] == "よい" and first["mood.web"] is None
    assert all(rows[1][head] is None for head in found.heads if "dogs" in head)


def test_A03_rows_of_a_group_stand_below_one_another(dogs: Any, staff: Any) -> None:
    rows = read(listing(actor=staff["clerk"], procedure=dogs, wish=Wish(rows_of="dogs")))
    assert [(row["行"], row["呼び名［dogs.call］"]) for row in rows] == [
        (1, "ポチ"),
        (2, "=1+1"),
        (None, None),
    ]
    assert rows[0]["2.注射した日［dogs.shots[2].on］"] == date(2026, 5, 1)


def test_A03_editions_share_a_column_by_the_id_of_the_question(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    what = DOCUMENT["pages"][1]
    newer = {
        **DOCUMENT,
        "pages": [
            DOCUMENT["pages"][0],
            {
                **what,
                "fields": [
                    {**what["fields"][0], "label": "乗り物の種類"},
                    {"id": "since", "kind": "date", "label": "いつから", "required": True},
                ],
            },
            DOCUMENT["pages"][2],
        ],
    }
    publish_edition(actor=staff["administrator"], now=in_chiba, procedure=procedure, document=newer)
    answers = {name: value for name, value in GOOD.items() if name != "months"}
    send(staff["resident"], in_chiba, procedure, {**answers, "since": "2026-07-01"})
    rows = read(listing(actor=staff["clerk"], procedure=procedure, wish=Wish()))
    assert [row["様式の版"] for row in rows] == [1, 2]
    assert [row["乗り物の種類［kind］"] for row in rows] == ["自転車", "自転車"]
    assert [row["利用する月数［months］"] for row in rows] == [3, None]
    assert [row["いつから［since］"] for row in rows] == [None, date(2026, 7, 1)]


def test_A03_too_many_columns_are_refused_with_what_to_do(dogs: Any, staff: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("moyai.applications.queries.columns.MOST_COLUMNS", 5)
    chosen = wanted(actor=staff["clerk"], procedure=dogs, wish=Wish())
    with pytest.raises(TooManyColumns, match="1件1行"):
        columns_of(
            editions=editions_of(actor=staff["clerk"], procedure=dogs),
            applications=chosen,
            blind=False,
            rows_of="",
        )


def test_A03_wish_survives_being_written_down() -> None:
    wish = Wish(
        since=date(2026, 4, 1), until=date(2026, 4, 30), status="decided", outcome="approved", rows_of="dogs"
    )
    assert Wish.of(wish.as_query()) == wish


# -- four eyes -------------------------------------------------------------------------------------------------------
def test_A21_a_list_of_persons_is_asked_by_one_and_allowed_by_another(
    dogs: Any, staff: Any, in_chiba: datetime
) -> None:
    clerk, approver = staff["clerk"], staff["approver"]
    with pytest.raises(acts.PurposeMissing):
        acts.ask(actor=clerk, now=in_chiba, procedure=dogs, wish=Wish(), form="csv-utf8", purpose=" ")
    assert Export.objects.count() == 0
    made = acts.ask(
        actor=approver, now=in_chiba, procedure=dogs, wish=Wish(), form="csv-utf8", purpose="通知"
    )
    assert made.state == Export.State.ASKED and made.rows == 2
    for who, refusal in ((approver, acts.OwnWish), (clerk, NotPermitted)):
        with pytest.raises(refusal):
            acts.allow(actor=who, now=in_chiba, export=made)
    with pytest.raises(acts.NotAllowedYet):
        acts.fetch(actor=approver, now=in_chiba, export=made)
    acts.allow(actor=staff["administrator"], now=in_chiba, export=made)
    made.refresh_from_db()
    with pytest.raises(acts.NotAllowedYet):  # somebody else than who asked
        acts.fetch(actor=staff["administrator"], now=in_chiba, export=made)
    with pytest.raises(acts.NotAllowedYet):  # a day later
        acts.fetch(actor=approver, now=in_chiba + timedelta(hours=24), export=made)
    assert not Deed.objects.filter(verb="applications.view_export").exists()
    before = made.fetched
    file = acts.fetch(actor=approver, now=in_chiba, export=made)
    made.refresh_from_db()
    assert (file.rows, made.fetched) == (2, before + 1)
    assert Deed.objects.filter(verb="applications.view_export", thing_id=made.pk).count() == 1


def test_A03_a_short_list_without_persons_needs_one_pair_of_eyes(
    dogs: Any, staff: Any, in_chiba: datetime
) -> None:
    made = acts.ask(
        actor=staff["clerk"],
        now=in_chiba,
        procedure=dogs,
        wish=Wish(blind=True),
        form="csv-utf8",
        purpose="審査",
    )
    assert made.state == Export.State.ALLOWED
    text = acts.fetch(actor=staff["clerk"], now=in_chiba, export=made).file.read().decode("utf-8-sig")
    assert "花子" not in text and "𠮷田" not in text and "［name］" not in text and "ポチ" in text


def test_A03_more_than_a_hundred_rows_need_two_even_without_persons(
    dogs: Any, staff: Any, in_chiba: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr(acts, "ALONE_UP_TO", 1)
    made = acts.ask(
        actor=staff["clerk"], now=in_chiba, procedure=dogs, wish=Wish(blind=True), form="xlsx", purpose="審査"
    )
    assert made.state == Export.State.ASKED


def allowed(staff: Any, now: datetime, procedure: Any, form: str) -> Export:
    made = acts.ask(
        actor=staff["clerk"], now=now, procedure=procedure, wish=Wish(), form=form, purpose="試し"
    )
    acts.allow(actor=staff["approver"], now=now, export=made)
    made.refresh_from_db()
    return made


def test_A03_csv_goes_round_and_formula_cells_are_harmless(dogs: Any, staff: Any, in_chiba: datetime) -> None:
    file = acts.fetch(actor=staff["clerk"], now=in_chiba, export=allowed(staff, in_chiba, dogs, "csv-utf8"))
    data = file.file.read()
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["氏名［name］"] for row in rows] == ["佐藤　花子", "𠮷田　太郎"]
    assert rows[0]["2.呼び名［dogs[2].call］"] == "'=1+1"


def test_A03_cp932_names_what_it_cannot_write(dogs: Any, staff: Any, in_chiba: datetime) -> None:
    file = acts.fetch(actor=staff["clerk"], now=in_chiba, export=allowed(staff, in_chiba, dogs, "csv-cp932"))
    assert (file.ending, file.replaced) == ("zip", 1)
    with zipfile.ZipFile(file.file) as pack:
        listed, report = sorted(pack.namelist(), key=lambda name: "書けない" in name)
        assert "〓田　太郎" in pack.read(listed).decode("cp932")
        assert "𠮷" in pack.read(report).decode("utf-8-sig")


def test_A03_xlsx_opens(dogs: Any, staff: Any, in_chiba: datetime) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    file = acts.fetch(actor=staff["clerk"], now=in_chiba, export=allowed(staff, in_chiba, dogs, "xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(file.file.read())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 3 and "佐藤　花子" in rows[1]
    assert any(str(cell).endswith("=1+1") for cell in rows[1])
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


# -- pages -----------------------------------------------------------------------------------------------------------
def test_A03_pages_of_a_list_from_wish_to_file(
    world: Any, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    base = "/chiba-shi/office/applications/exports/"
    asked = clerk.post(
        "/chiba-shi/office/procedures/juminhyo/export/",
        {"form": "csv-utf8", "purpose": "送付先の確認"},
        follow=True,
    )
    assert asked.status_code == 200 and "承認を待っています" in asked.content.decode()
    page = asked.redirect_chain[-1][0]
    assert clerk.post(page + "allow/").status_code == 403
    assert client_for(world.at_matsudo.clerk).get(page.replace("chiba-shi", "matsudo-shi")).status_code == 404
    assert clerk.post(page + "file/").status_code == 409
    assert approver.post(page + "allow/").status_code == 302
    with django_assert_max_num_queries(30):
        assert "ファイルを受け取る" in clerk.get(page).content.decode()
    with django_assert_max_num_queries(20):
        assert clerk.get(base).status_code == 200
    file = clerk.post(page + "file/")
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert file["Content-Disposition"].startswith("attachment") and "佐藤　花子" in text
    empty = clerk.post("/chiba-shi/office/procedures/juminhyo/export/", {"form": "csv-utf8", "purpose": ""})
    assert empty.status_code == 422


# -- transfers -------------------------------------------------------------------------------------------------------
SENDER = zengin.Sender("0000123456", "チバシ", date(2026, 12, 25), "0134", "001", "ordinary", "7654321")


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("やまだ たろう", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("ショウジ　ジュン", "ｼﾖｳｼﾞ ｼﾞﾕﾝ"),
        ("カ）モヤイ", "ｶ)ﾓﾔｲ"),
        ("ロバート・スミス", "ﾛﾊﾞｰﾄ.ｽﾐｽ".replace("ｰ", "-")),
        ("smith john", "SMITH JOHN"),
    ],
)
def test_A03_holder_is_written_in_half_width_kana(typed: str, made: str) -> None:
    assert zengin.half_width(typed) == made


def test_A03_transfer_records_are_as_banks_take_them() -> None:
    lines = [
        zengin.header(SENDER, bank_kana="チバ"),
        zengin.data(
            zengin.Transfer("0001", "010", "savings", "123", "ヤマダ　タロウ", 50_000, "123456789012")
        ),
        zengin.trailer(1, 50_000),
        zengin.END,
    ]
    data = zengin.encoded(lines)
    assert [len(line) for line in data.split(b"\r\n")] == [120, 120, 120, 120, 0]
    record = lines[1]
    assert (record[:5], record[20:23], record[42], record[43:50]) == ("20001", "010", "4", "0000123")
    assert record[50:80] == "ﾔﾏﾀﾞ ﾀﾛｳ".ljust(30) and record[80:90] == "0000050000"
    assert record[91:111] == "00000000123456789012"
    with pytest.raises(zengin.NotTransferable, match="漢"):
        zengin.data(zengin.Transfer("0001", "010", "ordinary", "123", "漢字", 1))
    with pytest.raises(zengin.NotTransferable, match="金額"):
        zengin.data(zengin.Transfer("0001", "010", "ordinary", "123", "カナ", 0))


def test_A21_no_bank_account_leaves_by_a_list_that_one_took_alone(staff: Any, in_chiba: datetime) -> None:
    account = {"id": "account", "kind": "bank_account", "label": "振込先", "required": False}
    bank = {"id": "bank", "title": "口座", "fields": [account]}
    procedure = make_procedure(
        actor=staff["administrator"],
        now=in_chiba,
        code="benefit",
        document={**GROUPS, "pages": [*GROUPS["pages"], bank]},
    )
    send(staff["resident"], in_chiba, procedure, {"name": "佐藤　花子"})
    clerk = staff["clerk"]
    alone = acts.ask(
        actor=clerk, now=in_chiba, procedure=procedure, wish=Wish(blind=True), form="xlsx", purpose="審査"
    )
    assert alone.state == Export.State.ALLOWED
    sender = zengin.Sender(
        code="1234567890",
        name="ﾁﾊﾞｼ",
        on=in_chiba.date(),
        bank="0001",
        branch="001",
        type="ordinary",
        number="1234567",
    )
    transfers: dict[str, Any] = {"sender": sender, "account": "account", "fixed_yen": 1000}
    with pytest.raises(acts.NotAllowedYet):
        fetch_transfers(actor=clerk, now=in_chiba, export=alone, **transfers)
    assert not Deed.objects.filter(verb="applications.view_export").exists()
    by_two = allowed(staff, in_chiba, procedure, "xlsx")
    assert fetch_transfers(actor=clerk, now=in_chiba, export=by_two, **transfers).count == 0
