"""Staff at the builder's pages: build by forms alone, look, compare, share, copy, import; residents keep what they wrote."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moyai.applications import catalogue, flow
from moyai.applications.actions.procedures import publish_edition
from moyai.applications.actions.sharing import tell_of_changed_originals
from moyai.applications.building import formulas, shape
from moyai.applications.models import Application, Draft, EditionDraft, FormEdition, Procedure, SharedForm
from moyai.applications.rules import check_edition
from moyai.applications.tests.portal import procedure_of
from moyai.notices.public import notices_about
from moyai.tenants.public import Actor, acting_in

BASE = "/chiba-shi/office/procedures"
BUILDER = f"{BASE}/hoiku/form"


@pytest.fixture
def administrator(client_for: Callable[[Any], Client], world: Any) -> Client:
    return client_for(world.at_chiba.administrator)


def draft_of(world: Any, code: str) -> dict[str, Any]:
    with acting_in(world.chiba):
        document: dict[str, Any] = EditionDraft.objects.get(body=world.chiba, procedure__code=code).document
        return document


def post(client: Client, address: str, **data: Any) -> Any:
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer


def test_each_page_of_the_builder_answers_for_the_deepest_sample(administrator: Client) -> None:
    pages = [
        f"{BUILDER}/",
        f"{BUILDER}/pages/household/",
        *(
            f"{BUILDER}/fields/{name}/"
            for name in ("members", "shifts", "hours", "baby_nursery", "class_age")
        ),
        f"{BUILDER}/rules/",
        f"{BUILDER}/rules/checks/enough_hours/",
        f"{BUILDER}/rules/checks/new/",
        f"{BUILDER}/rules/once/new/",
        f"{BUILDER}/lists/nurseries_0/",
        f"{BUILDER}/people/",
        f"{BUILDER}/words/en/",
        f"{BUILDER}/words/easy/?show=all",
        f"{BUILDER}/preview/children/?language=en",
        f"{BUILDER}/try/",
        f"{BUILDER}/compare/",
        f"{BUILDER}/publish/",
        f"{BUILDER}/sheet/",
        f"{BUILDER}/json/",
        f"{BASE}/hoiku/",
        f"{BASE}/hoiku/switches/",
        f"{BASE}/hoiku/share/",
        f"{BASE}/hoiku/original/",
        "/chiba-shi/office/shared/",
    ]
    for address in pages:
        administrator.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = administrator.get(address)
        assert answer.status_code == 200, address
        assert len(captured) <= 24, (address, len(captured))
    assert administrator.get(f"{BUILDER}/fields/absent/").status_code == 404
    assert administrator.get(f"{BUILDER}/rules/nothing/new/").status_code == 404
    assert administrator.get(f"{BUILDER}/words/fr/").status_code == 404


def test_administrator_builds_nested_groups_conditions_fees_and_places_by_forms_alone(
    administrator: Client, world: Any
) -> None:
    with acting_in(world.chiba) as now:
        from moyai.applications.actions.procedures import create_procedure

        create_procedure(
            actor=world.actor(world.at_chiba.administrator, world.chiba),
            now=now,
            code="camp",
            facts={
                "title": "キャンプ場の利用申込み",
                "summary": "キャンプ場を使う方の申込みです。",
                "category": "講座・催し",
                "section": "公園課",
            },
        )
    form = f"{BASE}/camp/form/"
    post(administrator, form, act="add-page", title="利用")
    add = {"act": "add-field", "required": "on", "options": "", "text": "", "hint": ""}
    post(
        administrator,
        form,
        **(add | {"options": "大きい区画\n小さい区画"}),
        page="page:page1",
        kind="single_choice",
        label="区画",
    )
    post(administrator, form, **add, page="page:page1", kind="group", label="テント")
    post(administrator, form, **add, page="group:q2", kind="group", label="使う人")
    post(administrator, form, **add, page="group:q3", kind="number", label="年齢")
    document = draft_of(world, "camp")
    inner = [one["id"] for one in shape.fields_of(document)]
    fields = f"{BASE}/camp/form/fields"
    for placeholder in [one["id"] for one in shape.fields_of(document) if one.get("label") == "項目"]:
        post(administrator, form, act="remove-field", id=placeholder)
    age = next(one["id"] for one in shape.fields_of(document) if one.get("label") == "年齢")
    post(
        administrator,
        f"{fields}/{age}/",
        label="年齢",
        required="yes",
        set_min="0",
        set_max="120",
        set_unit="歳",
        place="group:q3",
        show_if="",
    )
    post(
        administrator,
        f"{fields}/{age}/",
        act="add-test",
        joined="and",
        asked="q1",
        how="＝",
        answer="大きい区画",
    )
    rules = f"{BASE}/camp/form/rules"
    post(
        administrator,
        f"{rules}/constants/new/",
        id="site_yen",
        label="1区画",
        value="2000",
        source="公園条例 別表",
    )
    post(
        administrator,
        f"{rules}/fee/new/",
        id="site",
        label="利用料",
        unit_yen="【1区画】",
        quantity="件数(「テント」)",
    )
    post(
        administrator,
        f"{rules}/takes/new/",
        id="site",
        label="区画",
        pool="「区画」",
        quantity="件数(「テント」)",
    )
    post(
        administrator,
        f"{rules}/checks/new/",
        id="tents",
        message="小さい区画のテントは1つまでです。",
        require="「区画」 ≠ 『小さい区画』 または 件数(「テント」) ≦ 1",
        fields_=["q1"],
    )
    post(administrator, f"{BASE}/camp/form/words/en/", path_0="title", text_0="Camp site")
    refused = administrator.post(f"{rules}/fee/new/", {"id": "x", "label": "x", "amount": "「ない」×2"})
    assert refused.status_code == 422 and "項目「ない」がない" in refused.content.decode()

    document = draft_of(world, "camp")
    assert check_edition(document) == []
    assert shape.groups_around(document, age) == ("q2", "q3")
    assert formulas.write(shape.field_of(document, age)["show_if"], document) == "「区画」 ＝ 『大きい区画』"
    assert document["takes"][0]["pool"] == {"field": "q1"} and document["translations"] == {
        "en": {"title": "Camp site"}
    }
    assert age in inner
    shown = administrator.get(f"{BASE}/camp/form/preview/page1/")
    assert "キャンプ場" in shown.content.decode() and shown.status_code == 200


def test_second_clerk_is_told_that_the_form_was_changed_meanwhile(administrator: Client, world: Any) -> None:
    form = f"{BASE}/wishes/form/"
    post(administrator, form, act="raise-field", id="kind")
    before = draft_of(world, "wishes")
    late = administrator.post(form, {"act": "remove-field", "id": "kind", "version": "99"})
    assert late.status_code == 409
    gone = administrator.post(form, {"act": "remove-field", "id": "nothing"}, follow=True)
    assert "ほかの人が先に様式を変えました" in gone.content.decode()
    assert draft_of(world, "wishes") == before


def test_survey_becomes_a_reviewed_procedure_with_its_form_as_it_is(
    administrator: Client, world: Any
) -> None:
    with acting_in(world.chiba):
        survey = Procedure.objects.get(body=world.chiba, code="council-survey")
        edition = survey.editions.get()
        assert not survey.needs_review
    page = administrator.get(f"{BASE}/council-survey/switches/")
    form = page.context["form"]
    data: dict[str, Any] = {}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            data[name] = "on"
        elif value not in (None, False):
            data[name] = value
    post(
        administrator,
        f"{BASE}/council-survey/switches/",
        **(
            data
            | {
                "route": "1,情報推進課,合議,情報推進課,5\n2,課長の決裁,決裁,情報推進課,3",
                "extend_days": "30",
                "version": survey.version,
            }
        ),
    )
    page = administrator.get(f"{BASE}/council-survey/edit/")
    form = page.context["form"]
    facts = {
        name: ("on" if form[name].value() is True else form[name].value())
        for name in form.fields
        if form[name].value() not in (None, False)
    }
    post(
        administrator,
        f"{BASE}/council-survey/edit/",
        **(facts | {"needs_review": "on", "version": survey.version + 1}),
    )
    with acting_in(world.chiba):
        survey.refresh_from_db()
        assert survey.needs_review and survey.extend_days == 30
        assert [one["kind"] for one in survey.route] == ["consult", "approve"]
        assert list(survey.editions.values_list("sha256", flat=True)) == [edition.sha256]
    bad = administrator.post(f"{BASE}/council-survey/switches/", data | {"route": "一,だれか"})
    assert bad.status_code == 422 and "1行目を" in bad.content.decode()


def test_shared_procedure_is_copied_and_the_copier_is_told_but_never_changed(
    administrator: Client, client_for: Callable[[Any], Client], world: Any
) -> None:
    post(administrator, f"{BASE}/kaiji/share/", words="はじめの版")
    again = administrator.post(f"{BASE}/kaiji/share/", {"words": "同じ"})
    assert again.status_code == 422 and "同じです" in again.content.decode()

    other = client_for(world.at_matsudo.administrator)
    offers = other.get("/matsudo-shi/office/shared/").content.decode()
    assert "行政文書の開示請求" in offers and "千葉市" in offers and "はじめの版" in offers
    code = SharedForm.objects.get().code
    post(other, f"/matsudo-shi/office/shared/{code}/", code="kaiji")
    with acting_in(world.matsudo):
        copy = Procedure.objects.get(body=world.matsudo, code="kaiji")
        assert (copy.catalogue_code, copy.catalogue_version, copy.published) == (code, 1, False)
        assert copy.extend_days == 30 and copy.letter_kind == "disclosure"
    answer = other.post("/matsudo-shi/office/procedures/kaiji/form/publish/", {"policy": "continue"})
    assert answer.status_code == 302
    with acting_in(world.matsudo):
        held = copy.editions.get().sha256

    # the original goes on: a new constant, a new edition, shared again
    form = f"{BASE}/kaiji/form"
    post(
        administrator,
        f"{form}/rules/constants/request_yen/",
        label="開示請求手数料（1件・電子）",
        value="300",
        source="条例の改正",
    )
    post(administrator, f"{form}/publish/", policy="continue")
    post(administrator, f"{BASE}/kaiji/share/", words="手数料を改めた")

    with acting_in(world.matsudo) as now:
        system = Actor.system(world.matsudo)
        assert tell_of_changed_originals(actor=system, now=now) == 1
        assert tell_of_changed_originals(actor=system, now=now) == 0  # once for each version
        [message] = notices_about(copy)
        assert "手数料を改めた" in message.text and "第2版" in message.text
    page = other.get("/matsudo-shi/office/procedures/kaiji/").content.decode()
    assert "原本が変わりました" in page
    difference = other.get("/matsudo-shi/office/procedures/kaiji/original/").content.decode()
    assert "手数料を改めた" in difference and "300" in difference
    with acting_in(world.matsudo):
        assert copy.editions.get().sha256 == held  # nothing changed by itself
    post(other, "/matsudo-shi/office/procedures/kaiji/original/", act="take")
    with acting_in(world.matsudo):
        copy.refresh_from_db()
        draft = EditionDraft.objects.get(body=world.matsudo, procedure=copy)
        assert draft.document["constants"]["request_yen"]["value"] == 300
        assert (copy.catalogue_version, copy.editions.get().sha256) == (2, held)
    post(administrator, f"{BASE}/kaiji/share/", act="withdraw")
    assert other.get(f"/matsudo-shi/office/shared/{code}/").status_code == 404


def workbook_of(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


ROWS = [
    ["ページ", "種類", "質問", "必須", "選択肢", "条件", "補足"],
    ["申込み", "氏名", "氏名", "○", "", "", ""],
    ["", "1つ選択", "会場", "○", "本館／別館", "", ""],
    ["", "はい・いいえ", "車で来ますか", "", "", "会場＝別館", "駐車場は5台です。"],
]


@pytest.mark.parametrize("name", ["form.xlsx", "form.csv", "form-cp932.csv"])
def test_form_is_read_from_a_sheet(administrator: Client, world: Any, name: str) -> None:
    text = "\n".join(",".join(row) for row in ROWS)
    data = (
        workbook_of(ROWS) if name.endswith("xlsx") else text.encode("cp932" if "932" in name else "utf-8-sig")
    )
    post(administrator, f"{BASE}/wishes/form/sheet/", file=SimpleUploadedFile(name, data))
    document = draft_of(world, "wishes")
    assert check_edition(document) == []
    assert [one["label"] for one in shape.fields_of(document)] == ["氏名", "会場", "車で来ますか"]


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<x>" + b" " * 30_000_000 + b"</x>")
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        )
    return out.getvalue()


FAR = "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><c r='XFD1048576'/></worksheet>"


def far_cell() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", FAR)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zip_bomb(), "2,000行"),
        (entities(), "XLSXかCSV"),
        (far_cell(), "2,000行"),
        (b"PK\x03\x04 broken", "XLSXかCSV"),
        (b"\x81", "文字コード"),
        (b"a\x00b", "XLSXかCSV"),
        ("種類,質問\nなにか,x\n".encode(), "直すところが1件"),
    ],
    ids=["bomb", "entities", "far", "broken", "bytes", "nul", "row"],
)
def test_attack_A22_hostile_sheet_is_refused_and_nothing_changes(
    administrator: Client, world: Any, data: bytes, words: str
) -> None:
    with acting_in(world.chiba):
        before = EditionDraft.objects.filter(body=world.chiba).count()
    answer = administrator.post(f"{BASE}/wishes/form/sheet/", {"file": SimpleUploadedFile("x.xlsx", data)})
    assert answer.status_code == 422 and words in answer.content.decode()
    with acting_in(world.chiba):
        assert EditionDraft.objects.filter(body=world.chiba).count() == before


_ITSELF = {"add": [{"field": "a"}, 1]}


def _field(**settings: Any) -> dict[str, Any]:
    return {"id": "a", "label": "a", **settings}


def test_form_that_asks_nobody_who_they_are_is_published_after_a_warning(
    administrator: Client, world: Any
) -> None:
    warning = "この様式は、氏名も連絡先も聞きません"
    opinion = {"id": "opinion", "kind": "textarea", "label": "ご意見", "required": True}
    page = {"id": "p1", "title": "ご意見", "fields": [opinion]}
    bare = {
        "schema_version": 1,
        "procedure": "box",
        "title": "意見箱",
        "in_flight": {"policy": "continue"},
        "pages": [page],
    }
    procedure_of(world, "box", doc=bare, identity="contact")
    procedure_of(world, "box-2", doc=bare | {"procedure": "box-2"}, identity="none")
    assert warning in administrator.get(f"{BASE}/box/form/publish/").content.decode()
    on_purpose = administrator.get(f"{BASE}/box-2/form/publish/").content.decode()
    assert warning not in on_purpose
    assert warning not in administrator.get(f"{BUILDER}/publish/").content.decode()
    post(administrator, f"{BASE}/box/form/publish/", policy="continue")
    mail = {"id": "mail", "kind": "mail", "label": "メールアドレス", "required": False}
    asking = bare | {"pages": [page | {"fields": [opinion, mail]}]}
    post(administrator, f"{BASE}/box/form/json/", document=json.dumps(asking))
    assert warning not in administrator.get(f"{BASE}/box/form/publish/").content.decode()


def _deep(times: int) -> str:
    return '{"not":' * times + "true" + "}" * times


@pytest.mark.parametrize(
    "hostile",
    [
        {"pages": [{"id": "p", "title": "p", "fields": [_field(kind="calculated", result="number", value=_ITSELF)]}]},
        {"pages": [{"id": "p", "title": "p", "fields": [_field(kind="yes_no", show_if={"__import__": ["os"]})]}]},
        {"pages": [{"id": "p", "title": "p", "fields": "x" * 1000}]},
        {"pages": {"a": 1}, "constants": [1], "fee": 7},
        {"pages": [[]], "checks": "x"},
        {"schema_version": 1, "pages": [{"id": "p", "fields": [{"id": "a", "kind": "group", "fields": [{"id": "a"}]}]}]},
        {"pages": [{"id": "<script>alert(1)</script>", "title": "<script>alert(1)</script>", "fields": []}]},
    ],
    ids=["cycle", "operator", "fields", "tables", "pages", "group", "script"],
)  # fmt: skip
def test_attack_A22_hostile_document_is_kept_shown_and_never_published(
    administrator: Client, world: Any, hostile: dict[str, Any]
) -> None:
    with acting_in(world.chiba):
        editions = FormEdition.objects.filter(body=world.chiba, procedure__code="wishes").count()
    post(
        administrator,
        f"{BASE}/wishes/form/json/",
        document=json.dumps({"procedure": "wishes", "title": "x", **hostile}),
    )
    for page in ("", "rules/", "try/", "compare/", "publish/", "json/", "words/en/", "people/", "preview/p/"):
        answer = administrator.get(f"{BASE}/wishes/form/{page}")
        assert answer.status_code in (200, 404), page
        assert "<script>alert(1)" not in answer.content.decode()
    refused = administrator.post(f"{BASE}/wishes/form/publish/", {"policy": "continue"})
    assert refused.status_code == 422
    with acting_in(world.chiba):
        assert FormEdition.objects.filter(body=world.chiba, procedure__code="wishes").count() == editions


@pytest.mark.parametrize(
    "text",
    [_deep(3_000), "[" * 60_000, '{"pages": NaN}', '{"a": 1e999'],
    ids=["deep", "brackets", "nan", "cut"],
)
def test_attack_A22_hostile_json_is_refused_or_kept_without_harm(administrator: Client, text: str) -> None:
    answer = administrator.post(f"{BASE}/wishes/form/json/", {"document": text})
    assert answer.status_code in (302, 422)
    assert administrator.get(f"{BASE}/wishes/form/").status_code == 200


def test_what_a_new_edition_has_no_place_for_is_shown_and_kept_until_it_was_seen(
    client: Client, administrator: Client, world: Any
) -> None:
    address = "/chiba-shi/applications/wishes/new/"
    token = re.search(r'name="token" value="([^"]+)"', client.get(address).content.decode())[1]  # type: ignore[index]
    wish = {"service": "受付箱", "kind": "new", "wish": "検索を早くしてほしい。", "urgency": "wish"}
    page = client.post(address, {"token": token, "why": "毎日使うから。", **wish})
    assert page.status_code == 302, page.content.decode()
    with acting_in(world.chiba):
        draft = Draft.objects.filter(body=world.chiba, procedure__code="wishes").latest("pk")
        assert draft.answers["why"] == "毎日使うから。"
    post(administrator, f"{BASE}/wishes/form/", act="remove-field", id="why")
    page = administrator.get(f"{BASE}/wishes/form/publish/").content.decode()
    assert "困っていること・効果" in page
    assert "1人が第1版に入力しています" in page
    post(administrator, f"{BASE}/wishes/form/publish/", policy="migrate")

    way = f"/chiba-shi/drafts/{token}"
    found = client.get(f"{way}/check/", follow=True)
    assert "質問の内容が新しくなりました" in found.content.decode()
    moved = client.post(found.request["PATH_INFO"], follow=True)
    assert "引き継げなかった回答" in moved.content.decode() and "毎日使うから。" in moved.content.decode()
    again = client.get(f"{way}/check/", follow=True)
    assert "毎日使うから。" in again.content.decode()  # until it was seen, nothing can be sent
    sent = client.post(f"{way}/check/", follow=True)
    assert "引き継げなかった回答" in sent.content.decode()
    with acting_in(world.chiba):
        assert not Application.objects.filter(body=world.chiba, procedure__code="wishes").exists()
    client.post(again.request["PATH_INFO"])
    with acting_in(world.chiba):
        draft.refresh_from_db()
        assert draft.lost == [] and draft.answers["wish"] == "検索を早くしてほしい。"


def test_catalogue_offers_each_sample_with_its_switches_on_the_page(
    administrator: Client, world: Any
) -> None:
    page = administrator.get(f"{BASE}/new/").content.decode()
    assert all(catalogue.facts(code)["summary"] in page for code in catalogue.CODES)
    post(administrator, f"{BASE}/new/", sample="senyo")
    shown = administrator.get(f"{BASE}/senyo-2/").content.decode()
    for words in (
        "事業者アカウントでのログイン",
        "所轄警察署との協議",
        "許可書",
        "職員が確認したとき",
        "senyo-chakko",
    ):
        assert words in shown, words
    with acting_in(world.chiba) as now:
        made = Procedure.objects.get(body=world.chiba, code="senyo-2")
        assert not made.published and made.registered_on <= (now + timedelta(hours=9)).date()
        assert flow.DRAFT not in Application.objects.values_list("status", flat=True)


def test_newcomer_is_told_in_words_what_keeps_a_new_procedure_from_residents(
    administrator: Client, world: Any
) -> None:
    facts = {
        "title": "自転車置き場の申込み",
        "summary": "置き場を使う方の申込みです。",
        "category": "くらし・環境",
        "section": "交通課",
        "minutes": "5",
        "needs_review": "on",
        "identity": "contact",
        "processing_days": "10",
        "processing_calendar": "office",
        "appeal": "none",
        "opens_on": "R8.4.1",
    }
    backwards = administrator.post(f"{BASE}/new/", {**facts, "code": "bike-yard", "closes_on": "R7.4.1"})
    assert backwards.status_code == 422
    assert "受付の終わりは、受付の始まりより後にしてください。" in backwards.content.decode()
    with acting_in(world.chiba):
        assert not Procedure.objects.filter(code="bike-yard").exists()
    post(administrator, f"{BASE}/new/", **facts, code="ＢＩＫＥ－yard")  # any width, any case
    empty = administrator.get(f"{BASE}/bike-yard/form/publish/").content.decode()
    assert "ページはまだありません。はじめに、ページを足してください。" in empty and "$.pages" not in empty
    with acting_in(world.chiba) as now:
        make_edition(world, now)
    hidden = administrator.get(f"{BASE}/bike-yard/").content.decode()
    assert "住民には、まだ見えません" in hidden and f'href="{BASE}/bike-yard/edit/"' in hidden
    with acting_in(world.chiba):
        Procedure.objects.filter(code="bike-yard").update(published=True)
    assert "住民には、まだ見えません" not in administrator.get(f"{BASE}/bike-yard/").content.decode()


def make_edition(world: Any, now: Any) -> None:
    """One page with a name, published for the procedure bike-yard."""
    named = {"id": "name", "kind": "name", "label": "氏名", "required": True}
    publish_edition(
        actor=world.actor(world.at_chiba.administrator, world.chiba),
        now=now,
        procedure=Procedure.objects.get(code="bike-yard"),
        document={
            "schema_version": 1,
            "procedure": "bike-yard",
            "title": "自転車置き場の申込み",
            "in_flight": {"policy": "continue"},
            "pages": [{"id": "who", "title": "申請する方", "fields": [named]}],
        },
    )


def test_staff_try_a_form_from_a_blank_that_names_each_question(administrator: Client) -> None:
    page = administrator.get(f"{BUILDER}/try/")
    blank = json.loads(page.context["form"].initial["document"])
    assert blank["members"] and isinstance(blank["members"][0], dict)  # a group comes with one row
    text = page.content.decode()
    assert "質問の名前と選択肢を見る" in text and "<dt>members</dt>" in text
    tried = administrator.post(f"{BUILDER}/try/", {"document": json.dumps(blank)})
    assert tried.status_code == 200 and "この答えでは申し込めません" in tried.content.decode()
