"""Whatever is sent: words in Japanese that name the field, a status of 4xx, nothing stored, nothing saved lost."""

from __future__ import annotations

import json
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import httpx
import pytest

from moyai.documents.tests import hostile
from moyai.documents.words import WHY_REFUSED
from tests.journeys.browser import count, rows, until
from tests.journeys.visitor import PAGES, PERSON, Visitor, begun

API = "/api/bodies/chiba-shi/procedures/juminhyo/applications"
TABLES = ("applications_application", "applications_draft", "applications_attachment", "documents_upload",
          "money_charge", "notices_message")  # fmt: skip
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
GOOD: dict[str, Any] = {
    "requester": "self",
    "name": "髙橋　﨑子",
    "kana": "タカハシ　サキコ",
    "born_on": "1985-04-02",
    "address": {
        "postal_code": "2600013",
        "prefecture": "千葉県",
        "city": "千葉市中央区",
        "street": "中央1-2-3",
    },
    "phone": "043-245-5111",
    "scope": "household",
    "copies": 1,
    "show_relation": False,
    "show_domicile": False,
    "show_individual_number": False,
    "purpose": "housing",
    "delivery": "normal",
    "delivery_consent": True,
}


@pytest.fixture
def http(live: Any) -> Any:
    with httpx.Client(base_url=live.url, timeout=60) as client:
        yield client


def counts(live: Any) -> dict[str, int]:
    return {table: count(live, table) for table in TABLES}


def kept(live: Any, visitor: Visitor) -> dict[str, Any]:
    """The answers of the visitor's draft, as the database has them."""
    token = str(visitor.answer.url).split("/drafts/")[1].split("/")[0]
    [(answers,)] = rows(
        live,
        "SELECT answers FROM applications_draft WHERE token_hash = %s",
        sha256(token.encode()).hexdigest(),
    )
    return dict(answers)


# -- the API -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"{not json", 400, None),
        (b"\xff\xfe{", 400, None),
        (b"", 422, "body"),
        (b"[1]", 422, "body"),
        (b'{"token": "' + b"x" * 32 + b'", "answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400, None),
        (b'{"token": 5, "answers": {}}', 422, "token"),
        (b'{"token": "short", "answers": {}}', 422, "token"),
        (b'{"token": "' + b"x" * 32 + b'"}', 422, "answers"),
        (b'{"token": "' + b"x" * 32 + b'", "answers": []}', 422, "answers"),
        (b'{"token": "' + b"x" * 32 + b'", "answers": {}, "price": 1}', 422, "price"),
        (b'{"token": "' + b"x" * 32 + b'", "answers": {}, "edition": "first"}', 422, "edition"),
        (b'{"token": "' + b"x" * 3_000_000 + b'", "answers": {}}', 413, None),
    ],
    ids=["malformed", "no-unicode", "empty", "a-list", "too-deep", "token-a-number", "token-short", "no-answers",
         "answers-a-list", "unknown-key", "edition-a-word", "oversize"],
)  # fmt: skip
def test_the_api_refuses_a_broken_request_and_stores_nothing(
    live: Any, http: httpx.Client, body: bytes, status: int, named: str | None
) -> None:
    before = counts(live)
    answer = http.post(API, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    error = answer.json()["error"]
    assert JAPANESE.search(error["message"])
    if named:
        assert JAPANESE.search(error["fields"][named])
    assert counts(live) == before


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("requester", "somebody", "請求する方"),
        ("requester", True, "請求する方"),
        ("name", {"a": 1}, "請求者の氏名"),
        ("name", "あ" * 340_000, "請求者の氏名"),
        ("name", "太郎\u0000", "請求者の氏名"),
        ("name", "\ud800", "請求者の氏名"),
        ("born_on", 19850402, "請求者の生年月日"),
        ("born_on", "1985-02-30", "請求者の生年月日"),
        ("born_on", "2999-01-01", "請求者の生年月日"),
        ("address", "千葉市", "請求者の住所"),
        ("phone", "12", "電話番号"),
        ("mail", "taro@", "メールアドレス"),
        ("copies", [1], "通数"),
        ("copies", 11, "通数"),
        ("copies", 1.5, "通数"),
        ("copies", float("nan"), "通数"),
        ("delivery", "pigeon", "郵送の方法"),
        ("delivery_consent", "perhaps", "送付先"),
        ("price", 1, "price"),
        ("needless", {"deep": [{}]}, "needless"),
    ],
)
def test_the_api_names_the_answer_that_is_wrong_and_stores_nothing(
    live: Any, http: httpx.Client, path: str, value: Any, word: str
) -> None:
    before = counts(live)
    content = json.dumps({"token": secrets.token_urlsafe(24), "answers": GOOD | {path: value}})
    answer = http.post(API, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    told = answer.json()["error"]["fields"]
    [(where, text)] = told.items()
    assert where.split(".")[0] == path
    assert JAPANESE.search(text) and word in where + text
    assert counts(live) == before


def test_answers_to_hidden_questions_are_not_kept(live: Any, http: httpx.Client) -> None:
    answers = GOOD | {"agent_name": "代理 人", "mandate": ["1"], "submit_to": "税務署", "persons": [{}]}
    answer = http.post(API, json={"token": secrets.token_urlsafe(24), "answers": answers})
    assert answer.status_code == 201, answer.text
    [(stored,)] = rows(
        live,
        "SELECT answers FROM applications_application WHERE public_number = %s",
        answer.json()["number"].replace("-", ""),
    )
    assert stored["name"] == GOOD["name"]
    assert not {"agent_name", "mandate", "submit_to", "persons"} & set(stored)


def test_one_token_sent_twenty_times_at_once_is_one_application(live: Any) -> None:
    before, token = count(live, "applications_application"), secrets.token_urlsafe(24)

    def send(_turn: int) -> httpx.Response:
        return httpx.post(live.url + API, json={"token": token, "answers": GOOD}, timeout=60)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({(answer.json()["number"], answer.json()["secret"]) for answer in answers}) == 1
    assert count(live, "applications_application") == before + 1


# -- the pages -----------------------------------------------------------------------------------------------------
def test_a_million_letters_name_their_field_and_leave_the_draft_as_it_was(live: Any) -> None:
    visitor = begun(live, pages=1)
    before, answers = counts(live), kept(live, visitor)
    answer = visitor.post({"scope": "household", "copies": "1" * 1_000_000})
    assert answer.status_code == 422
    assert "エラー（1件）：" in answer.text and "通数は" in visitor.text
    assert counts(live) == before
    assert kept(live, visitor) == answers
    assert answers["name"] == PERSON["name"]


@pytest.mark.parametrize(
    "values",
    [
        {"copies": "1" * 4_000_000},
        {f"more{at}": "x" for at in range(6000)},
    ],
    ids=["oversize", "too-many-fields"],
)
def test_an_oversize_form_is_refused_and_what_was_saved_stays(live: Any, values: dict[str, str]) -> None:
    visitor = begun(live, pages=1)
    before, answers, page = counts(live), kept(live, visitor), str(visitor.answer.url)
    answer = visitor.post(values)
    assert answer.status_code == 413
    assert "大きすぎます" in visitor.text
    assert counts(live) == before
    assert visitor.get(page).status_code == 200  # one goes on where one was
    assert kept(live, visitor) == answers


def test_a_form_without_our_mark_is_refused_in_plain_words(live: Any) -> None:
    visitor = begun(live, pages=1)
    before, answers, page = counts(live), kept(live, visitor), str(visitor.answer.url)
    answer = visitor.http.post(page, data={"scope": "household", "copies": "1"})
    assert answer.status_code == 403
    assert "送られた内容を受け取れませんでした" in answer.text
    assert "Forbidden" not in answer.text
    assert counts(live) == before
    assert kept(live, visitor) == answers


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"copies": "1\u0000"}, "通数に、画面に表示できない文字"),
        ({"scope": "everybody"}, "住民票の種別は一覧の中から"),
        ({"copies": "百"}, "通数は"),
        ({"copies": "-1"}, "通数は"),
        ({"copies": "1e9"}, "通数は"),
        ({"scope": ""}, "住民票の種別を選んでください"),
    ],
)
def test_a_wrong_answer_is_named_and_the_next_page_stays_shut(
    live: Any, values: dict[str, str], word: str
) -> None:
    visitor = begun(live, pages=1)
    before, person = counts(live), kept(live, visitor)
    answer = visitor.post({"scope": "household", "copies": "1"} | values)
    assert answer.status_code == 422
    assert word in visitor.text
    assert counts(live) == before
    assert person.items() <= kept(live, visitor).items()


def test_unknown_and_hidden_fields_of_a_form_are_not_kept(live: Any) -> None:
    visitor = begun(live, pages=1)
    answer = visitor.post(
        {
            "scope": "household",
            "copies": "1",
            "price": "0",
            "agent_name": "代理 人",
            "persons": "x",
            "name": "別人",
        }
    )
    assert answer.status_code == 200
    stored = kept(live, visitor)
    assert stored["name"] == PERSON["name"]
    assert stored["copies"] in (1, "1")
    assert not {"price", "agent_name", "persons"} & set(stored)


def test_a_form_token_sent_again_begins_no_second_draft(live: Any) -> None:
    visitor = Visitor(live)
    visitor.get("/chiba-shi/applications/juminhyo/new/")
    begin, form = str(visitor.answer.url), dict(visitor.form.fields)
    before = count(live, "applications_draft")
    visitor.post(PERSON)
    first = str(visitor.answer.url)
    again = visitor.http.post(begin, data=form | PERSON, follow_redirects=True)
    assert again.status_code == 200
    assert str(again.url) == first
    assert count(live, "applications_draft") == before + 1


def test_twenty_presses_at_once_are_one_application_and_one_receipt(live: Any) -> None:
    visitor = begun(live, pages=len(PAGES))
    assert visitor.heading == "申込内容の確認"
    before = counts(live)
    page, form = str(visitor.answer.url), dict(visitor.form.fields)
    cookies = dict(visitor.http.cookies)

    def press(_turn: int) -> httpx.Response:
        return httpx.post(page, data=form, cookies=cookies, timeout=60, follow_redirects=True)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(press, range(20)))
    assert {answer.status_code for answer in answers} == {200}
    numbers = {re.search(r"\d{4}-\d{4}-\d{4}", answer.text)[0] for answer in answers}  # type: ignore[index]
    assert len(numbers) == 1
    after = counts(live)
    assert after["applications_application"] == before["applications_application"] + 1
    assert after["money_charge"] == before["money_charge"] + 1
    late = visitor.post({})  # and once more from the page that was left open
    assert visitor.heading == "申込みを受け付けました" and late.status_code == 200
    assert counts(live)["applications_application"] == after["applications_application"]


# -- files ---------------------------------------------------------------------------------------------------------
def at_the_mandate(live: Any) -> Visitor:
    visitor = Visitor(live)
    visitor.get("/chiba-shi/applications/juminhyo/new/")
    visitor.post(PERSON | {"requester": "agent"})
    assert visitor.heading == "代理人"
    return visitor


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("手紙.exe", lambda: b"MZ" + b"\0" * 500, "この種類のファイルは受け付けていません"),
        ("委任状.pdf", lambda: b"MZ" + b"\0" * 500, "この種類のファイルは受け付けていません"),
        ("写真.jpg", lambda: b"<html><script>alert(1)</script>", "この種類のファイルは受け付けていません"),
        ("空.pdf", lambda: b"", "空"),
        ("書庫.pdf", hostile.zip_bomb, "この種類のファイルは受け付けていません"),
        ("大きい.pdf", lambda: hostile.pdf() + b"\0" * 30_000_000, "大き"),
    ],
    ids=["program", "program-as-pdf", "page-as-picture", "empty", "archive-as-pdf", "oversize"],
)
def test_a_hostile_file_is_refused_by_name_and_what_was_typed_is_kept(
    live: Any, name: str, content: Any, says: str
) -> None:
    visitor = at_the_mandate(live)
    before = counts(live)
    answer = visitor.post(
        {"agent_name": "佐藤　花子"}, files={"file_mandate": (name, content())}, button="attach=mandate"
    )
    assert 400 <= answer.status_code < 500, answer.status_code
    assert says in visitor.text and name in visitor.text
    assert 'value="佐藤　花子"' in answer.text
    assert counts(live) == before
    assert kept(live, visitor)["agent_name"] == "佐藤　花子"


@pytest.mark.parametrize(
    "made", [hostile.pdf_with_script, hostile.pdf_with_password, hostile.pdf_with_file, hostile.pdf_bomb]
)
def test_a_file_that_proves_hostile_when_opened_never_becomes_readable(live: Any, made: Any) -> None:
    visitor = at_the_mandate(live)
    visitor.post({}, files={"file_mandate": ("委任状.pdf", made())}, button="attach=mandate")
    page = str(visitor.answer.url)
    [(upload,)] = rows(live, "SELECT max(id) FROM documents_upload")

    def examined() -> bool:
        [(state,)] = rows(live, "SELECT state FROM documents_upload WHERE id = %s", upload)
        return bool(state != "quarantined")

    until(examined, "the file is examined")
    [(state, why)] = rows(live, "SELECT state, why FROM documents_upload WHERE id = %s", upload)
    assert state == "refused" and why
    visitor.get(page)
    assert "委任状.pdf" in visitor.text
    assert str(WHY_REFUSED[why]) in visitor.text
    agent = {name.replace("address__", "agent_address__"): value for name, value in PERSON.items()}
    refused = visitor.post(agent | {"agent_name": "佐藤　花子", "agent_phone": "043-245-5111"})
    assert refused.status_code == 422  # nobody goes on with it
    assert "委任状" in visitor.text and visitor.heading == "代理人"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.pdf", "..\\..\\委任状.pdf", "<script>alert(1)</script>.pdf", "a\u202efdp.exe.pdf"],
)
def test_a_hostile_name_is_only_ever_a_name(live: Any, name: str) -> None:
    visitor = at_the_mandate(live)
    answer = visitor.post({}, files={"file_mandate": (name, hostile.pdf())}, button="attach=mandate")
    assert answer.status_code == 200
    [(stored,)] = rows(live, "SELECT name FROM documents_upload ORDER BY id DESC LIMIT 1")
    assert not re.search(r"[/\\<>\u202e]", stored) and stored.endswith(".pdf")
    assert "<script>alert" not in answer.text
