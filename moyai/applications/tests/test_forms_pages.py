"""Places, accounts, times and long lists on a page, without script: boxes, buttons that fill in, everything kept."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from moyai.applications.actions.corrections import request_correction
from moyai.applications.actions.pools import PoolFacts, keep_pools
from moyai.applications.actions.procedures import publish_edition
from moyai.applications.actions.review import accept
from moyai.applications.forms.addresses import address_of, map_link
from moyai.applications.forms.listed import narrowed
from moyai.applications.forms.questions import Question, QuestionsForm
from moyai.applications.models import Application, Draft
from moyai.applications.queries.editions import compiled, reading_language
from moyai.applications.rules import RowMark, answer, compile_edition
from moyai.applications.tests.conftest import edition_of, make_procedure
from moyai.applications.tests.test_forms_answers import TODAY
from moyai.applications.tests.test_forms_editions import edition
from moyai.applications.wording import with_rows
from moyai.tenants.public import acting_in, clock
from moyai.ui.public import EASY

ROWS = [
    {"value": "futon", "label": "布団", "kana": "フトン"},
    {"value": "sofa1", "label": "ソファー（1人用）"},
    {"value": "sofa2", "label": "ソファー（2人用）"},
    {"value": "bedsofa", "label": "ベッド兼ソファー"},
    *({"value": f"x{i}", "label": f"品目{i}番"} for i in range(60)),
]
FIELDS: list[dict[str, Any]] = [
    {"id": "home", "kind": "address", "label": "住所", "required": True},
    {"id": "place", "kind": "map_point", "label": "場所", "required": True},
    {"id": "account", "kind": "bank_account", "label": "振込先", "required": True},
    {"id": "item", "kind": "listed", "label": "品目", "list": "items", "required": True},
    {"id": "few", "kind": "listed", "label": "会場", "list": "halls", "required": True},
    {"id": "start", "kind": "time", "label": "始まる時刻", "required": True},
    {"id": "firm", "kind": "corporate_number", "label": "法人番号", "required": False},
    {"id": "day", "kind": "date", "label": "受付の日", "prefill": {"fact": "today"}, "locked": True},
]
DOCUMENT = {
    **edition(*FIELDS),
    "procedure": "bicycle-parking",
    "lists": {
        "items": {"rows": ROWS},
        "halls": {"rows": [{"value": "a", "label": "本庁"}, {"value": "b", "label": "支所"}]},
    },
    "translations": {"en": {"title": "Bulky waste", "page.p.title": "Details", "field.few.label": "Hall"}},
}
TYPED = {
    "home__postal_code": "２６０-００１３",
    "home__building": "県庁前ビル3階",
    "place__lat": "35.607123, 140.106345",
    "account__symbol": "10170",
    "account__symbol_number": "12345671",
    "account__holder": "やまだ　たろう",
    "item": "ソファー",
    "few": "a",
    "start__hour": "１７",
    "start__minute": "15",
}


def made(
    data: dict[str, str] | None = None, answers: dict[str, Any] | None = None, **more: Any
) -> QuestionsForm:
    form = compile_edition(DOCUMENT)
    posted = None
    if data is not None:
        posted = QueryDict(mutable=True)
        posted.update(data)
    names = frozenset(form.fields)
    return QuestionsForm(
        posted,
        asked=form.pages[0].fields,
        answers=answers or {},
        visible=names,
        required=names,
        today=TODAY,
        **more,
    )


def questions(form: QuestionsForm) -> dict[str, Question]:
    return {one.id: one for one in form.questions(rows=lambda one: [], files=lambda one: [])}


def test_C27_boxes_are_read_as_wire_values() -> None:
    posted = made(TYPED).posted()
    assert posted["place"] == "35.607123, 140.106345"
    assert posted["account"] == {"symbol": "10170", "symbol_number": "12345671", "holder": "やまだ　たろう"}
    assert posted["start"] == {"hour": "１７", "minute": "15"}
    assert (posted["item"], posted["few"]) == ("ソファー", "a")
    assert "day" not in posted  # locked: shown, never asked
    result = answer(compile_edition(DOCUMENT), posted, today=TODAY)
    assert result.answers["account"]["branch"] == "018"
    assert result.answers["start"] == "17:15"
    assert result.answers["day"] == "2026-04-10"
    assert set(result.errors) == {"home.prefecture", "home.city", "home.street", "item"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("2600013", {"prefecture": "千葉県", "city": "千葉市中央区", "street": "中央"}),
        ("〒２６０−００１３", {"prefecture": "千葉県", "city": "千葉市中央区", "street": "中央"}),
        ("260-0000", {"prefecture": "千葉県", "city": "千葉市中央区", "street": ""}),
        ("0000000", None),
        ("260001", None),
        ("２６０", None),
        ("'; drop", None),
        ("x" * 100_000, None),
    ],
)
def test_C27_address_of_a_postal_code(code: str, found: dict[str, str] | None) -> None:
    assert address_of(code) == found


def test_filling_in_keeps_what_was_typed() -> None:
    form = made({**TYPED, "home__street": "中央4-5-1", "home__city": "どこか"})
    assert form.fill("home") == ""
    assert form.posted()["home"] == {
        "postal_code": "２６０-００１３",
        "prefecture": "千葉県",
        "city": "千葉市中央区",
        "street": "中央4-5-1",  # begins with the town already
        "building": "県庁前ビル3階",
    }
    form = made({**TYPED, "home__postal_code": "0000000"})
    assert (
        form.fill("home") == "この郵便番号の住所が見つかりません。番号を確かめるか、住所を入力してください。"
    )
    assert form.posted()["home"] == {"postal_code": "0000000", "building": "県庁前ビル3階"}
    for stranger in ("nobody", "start", "day", "few", ""):
        assert made(TYPED).fill(stranger) is None


def test_C27_names_of_bank_and_branch_are_echoed() -> None:
    form = made(TYPED)
    assert form.fill("account") == ""
    shown = questions(form)["account"]
    assert shown.note.startswith("ゆうちょ（9900）") and "普通　1234567　ヤマダ　タロウ" in shown.note
    stored = {"account": {"bank": "0001", "branch": "001", "type": "ordinary", "number": "1", "holder": "ア"}}
    assert questions(made(answers=stored))["account"].note.startswith("みずほ（0001）東京営業部（001）")
    wrong = made({**TYPED, "account__symbol": "99999"})
    assert wrong.fill("account") == "振込先の記号は、ゆうちょ銀行の通帳にある5桁の数字で入力してください。"
    assert questions(wrong)["account"].note == ""


def test_C27_long_list_is_narrowed_by_what_was_typed() -> None:
    one = compile_edition(DOCUMENT).fields["item"]
    assert [code for code, _ in narrowed(one, "ｿﾌｧ")] == ["sofa1", "sofa2", "bedsofa"]
    assert [code for code, _ in narrowed(one, "ふとん")] == ["futon"]
    assert [code for code, _ in narrowed(one, "潜水艦")] == []
    form = made(TYPED)
    assert form.fill("item") == ""
    shown = questions(form)["item"]
    assert [value for value, _ in shown.fields[0].field.choices] == ["", "sofa1", "sofa2", "bedsofa"]  # type: ignore[attr-defined]
    assert made({**TYPED, "item__pick": "sofa2"}).posted()["item"] == "sofa2"
    assert made({**TYPED, "item": "布団"}).posted()["item"] == "futon"
    assert made({**TYPED, "item": "潜水艦"}).fill("item") == (
        "「潜水艦」にあたるものが一覧にありません。別の言葉で試してください。"
    )
    assert made({**TYPED, "item": " "}).fill("item") == "品目の言葉の一部を入力してください。"
    # An answer that is kept stands in the box in words; nothing is left to narrow down.
    kept = questions(made(answers={"item": "sofa1"}))["item"]
    assert kept.field is not None
    assert (kept.field.value(), kept.fields, len(kept.suggestions)) == ("ソファー（1人用）", [], 64)


def test_C27_locked_value_is_told_and_a_point_has_its_link() -> None:
    shown = questions(made(answers={"day": "2026-04-10", "place": {"lat": "35.607123", "lng": "140.106345"}}))
    assert (shown["day"].look, shown["day"].text) == ("calculated", "令和8年（2026年）4月10日")
    assert shown["place"].link["url"] == "https://maps.gsi.go.jp/#16/35.607123/140.106345/"
    one = compile_edition(DOCUMENT).fields["place"]
    assert map_link(one, {"lat": "1/../<x>", "lng": "javascript:"})["url"].startswith(
        "https://maps.gsi.go.jp/#16/1%2F.."
    )
    assert questions(made())["start"].look == "set"


def test_places_left_are_said_beside_each_choice() -> None:
    options = [{"value": "am", "label": "午前"}, {"value": "pm", "label": "午後"}]
    form = compile_edition(
        edition({"id": "s", "kind": "single_choice", "label": "回", "options": options, "seats": True})
    )
    names = frozenset(form.fields)
    shown = QuestionsForm(
        asked=form.pages[0].fields,
        answers={},
        visible=names,
        required=names,
        today=TODAY,
        left={"s": {"am": "残り3名"}},
    )
    assert shown.fields["s"].choices == [("am", "午前：残り3名"), ("pm", "午後")]  # type: ignore[attr-defined]


@pytest.fixture
def bulky(world: Any) -> Any:
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        return make_procedure(actor=actor, now=now, document=DOCUMENT)


START = "/chiba-shi/applications/bicycle-parking/new/"


def test_C27_buttons_beside_questions_work_without_script_and_lose_nothing(
    client: Client, bulky: Any, world: Any
) -> None:
    first = client.get(START).content.decode()
    assert first.count('name="fill"') == 3
    assert '<datalist id="id_item_list">' in first and "maps.gsi.go.jp/#5/" in first
    assert "fetch(" not in first
    token = re.search(r'name="token" value="([^"]+)"', first)[1]  # type: ignore[index]
    answered = client.post(START, {"token": token, **TYPED, "fill": "home"})
    assert answered.status_code == 302
    step = answered["Location"]
    page = client.get(step).content.decode()
    for text in (
        "千葉市中央区",
        "県庁前ビル3階",
        "やまだ　たろう",
        "ゆうちょ（9900）",
        'value="ソファー"',
        'value="１７"',
    ):
        assert text in page, text
    assert "しぼり込んだ一覧（3件）" in page
    # What is not found is said beside its box, with everything still there.
    lost = client.post(step, {**TYPED, "home__postal_code": "0000000", "fill": "home"})
    text = lost.content.decode()
    assert (
        lost.status_code == 422 and "この郵便番号の住所が見つかりません。" in text and "県庁前ビル3階" in text
    )
    assert client.post(step, {**TYPED, "fill": "nobody"}).status_code == 404
    whole = {
        **TYPED,
        "home__prefecture": "千葉県",
        "home__city": "千葉市",
        "home__street": "1",
        "item__pick": "sofa1",
    }
    refused = client.post(step, {**whole, "start__minute": "75"})
    assert refused.status_code == 422 and "0:00から24:00" in refused.content.decode()
    done = client.post(step, whole)
    assert done.status_code == 302, done.content.decode()
    check = client.get(done["Location"]).content.decode()
    for text in ("ソファー（1人用）", "北緯35.607123度", "午後5時15分", "ゆうちょ（9900）"):
        assert text in check, text
    with acting_in(world.chiba):
        kept = Draft.objects.get(procedure__code="bicycle-parking").answers
    assert (kept["item"], kept["start"], kept["account"]["number"]) == ("sofa1", "17:15", "1234567")


def test_edition_is_compiled_once_for_each_language_and_read_in_the_readers(bulky: Any, world: Any) -> None:
    with acting_in(world.chiba):
        one = edition_of(bulky)
        assert compiled(one) is compiled(one, "ja")
        assert compiled(one).title == "様式"
        for code, language, title in (
            ("en", "en", "Bulky waste"),
            ("en-gb", "en", "Bulky waste"),
            (EASY, EASY, "様式"),
        ):
            with translation.override(code):
                assert (reading_language(), compiled(one).title) == (language, title)
                assert compiled(one) is compiled(one, language)
                assert compiled(one, "ja").title == "様式"
                assert compiled(one).content_hash == one.sha256
        with translation.override(None):
            assert reading_language() == "ja"


def test_english_page_speaks_english(client: Client, bulky: Any) -> None:
    page = client.get(f"/en{START}").content.decode()
    assert "Details" in page and "Hall" in page
    assert '<span lang="ja">振込先</span>' in page


def test_buttons_beside_questions_work_in_a_correction_too(client: Client, bulky: Any, world: Any) -> None:
    token = re.search(r'name="token" value="([^"]+)"', client.get(START).content.decode())[1]  # type: ignore[index]
    whole = {
        **TYPED,
        "home__prefecture": "千葉県",
        "home__city": "千葉市",
        "home__street": "1",
        "item__pick": "sofa1",
    }
    check = client.post(START, {"token": token, **whole})["Location"]
    receipt = client.get(client.post(check)["Location"]).content.decode()
    number = re.search(r"\d{4}-\d{4}-\d{4}", receipt)[0]  # type: ignore[index]
    secret = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}", receipt)[0]  # type: ignore[index]
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        application = Application.objects.get(public_number=number.replace("-", ""))
        accept(actor=clerk, now=now, application=application)
        request_correction(
            actor=clerk,
            now=now,
            application=application,
            items=[("home", "住所", "番地を入れてください。"), ("item", "品目", "大きさが違います。")],
            deadline_on=clock.today(now) + timedelta(days=7),
        )
    place = client.post("/chiba-shi/inquiry/", {"number": number, "secret": secret})["Location"] + "correct/"
    page = client.get(place).content.decode()
    assert 'name="fill" value="i0-home"' in page and 'name="fill" value="i1-item"' in page
    typed = {"i0-home__postal_code": "271-0092", "i0-home__building": "本館", "i1-item": "ソファー"}
    filled = client.post(place, {**typed, "fill": "i0-home"})
    text = filled.content.decode()
    assert (
        filled.status_code == 200
        and "松戸市" in text
        and "本館" in text
        and "しぼり込んだ一覧（3件）" in text
    )
    lost = client.post(place, {**typed, "i0-home__postal_code": "0000000", "fill": "i0-home"})
    assert lost.status_code == 422 and "この郵便番号の住所が見つかりません。" in lost.content.decode()
    assert client.post(place, {**typed, "fill": "i0-nobody"}).status_code == 404
    with acting_in(world.chiba):
        application.refresh_from_db()
        assert application.answers["home"]["street"] == "1" and application.answers["item"] == "sofa1"
    sent = {
        **typed,
        "i0-home__prefecture": "千葉県",
        "i0-home__city": "松戸市",
        "i0-home__street": "松戸1",
        "i1-item__pick": "sofa2",
    }
    assert client.post(place, {**sent, "send": "1"}).status_code == 302
    with acting_in(world.chiba):
        application.refresh_from_db()
        assert (application.answers["item"], application.answers["day"]) == ("sofa2", str(clock.today(now)))


def test_page_says_what_is_left_of_places_with_one_query_and_only_where_it_asks(
    client: Client, world: Any
) -> None:
    options = [{"value": "am", "label": "午前"}, {"value": "pm", "label": "午後"}]
    document = edition(
        {
            "id": "s",
            "kind": "single_choice",
            "label": "回",
            "options": options,
            "seats": True,
            "required": True,
        },
        takes=[{"id": "seat", "label": "席", "pool": {"field": "s"}, "quantity": 1}],
    )
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        made_of = make_procedure(actor=actor, now=now, document={**document, "procedure": "bicycle-parking"})
        keep_pools(
            actor=actor, now=now, procedure=made_of, pools=[PoolFacts(key="am", label="午前", capacity=3)]
        )
    with CaptureQueriesContext(connection) as with_places:
        page = client.get(START).content.decode()
    pools = [query["sql"] for query in with_places if "applications_pool" in query["sql"]]
    assert "午前：残り3" in page and "午後：" not in page
    assert 1 <= len(pools) <= 2  # the pools, and what of them is held or waited for
    with acting_in(world.chiba) as now:
        plain = {
            **edition({**document["pages"][0]["fields"][0], "seats": False}),
            "procedure": "bicycle-parking",
        }
        publish_edition(actor=actor, now=now, procedure=made_of, document=plain)
    client.get(START)
    with CaptureQueriesContext(connection) as without:
        assert "残り" not in client.get(START).content.decode()
    assert not [query for query in without if "applications_pool" in query["sql"]]


def test_rows_are_named_in_the_readers_language() -> None:
    rows = (RowMark("犬", "頭", 2), RowMark("注射", "回", 1))
    assert with_rows(rows, "日付") == "2頭目の犬 1回目の注射 日付"
    with translation.override("en"):
        assert with_rows((RowMark("dog", "", 2),), "Date") == "dog 2 Date"
