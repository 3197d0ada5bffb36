"""/rules/ and /api/rules: what readers and machines see."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from moyai.rulebook.registry import all_rules

NAMES = [rule.name for rule in all_rules()]


def test_a_reader_finds_a_rule_by_words(client: Client) -> None:
    everything = client.get("/rules/").content.decode()
    assert all(f'href="/rules/{name}/"' in everything for name in NAMES)
    found = client.get("/rules/", {"q": "標準処理 行政手続法"}).content.decode()
    assert 'href="/rules/standard-processing-due/"' in found
    assert 'href="/rules/age/"' not in found
    assert "合うルールはありません" in client.get("/rules/", {"q": "<b>ない</b>"}).content.decode()


def test_what_a_reader_typed_is_never_markup(client: Client) -> None:
    assert "<b>x" not in client.get("/rules/", {"q": "<b>x"}).content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_page_explains_itself_without_cookies(client: Client, name: str) -> None:
    answer = client.get(f"/rules/{name}/")
    assert answer.status_code == 200
    assert not answer.cookies
    html = answer.content.decode()
    assert len(re.findall("<h1", html)) == 1
    for heading in ("試す", "版と定め", "計算例", "機械から使う"):
        assert heading in html


def test_a_reader_tries_a_rule(client: Client) -> None:
    answer = client.get(
        "/rules/age/", {"try": "1", "case-born_on": "H20.2.29", "case-as_of": "令和８年３月１日", "on": ""}
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "満年齢：18" in html
    assert '<time datetime="2026-02-28">令和8年2月28日（土）</time>' in html  # 18歳に達した日


def test_a_reader_gives_a_list_a_line_each(client: Client) -> None:
    asked = {
        "try": "1",
        "case-received_on": "2026-04-01",
        "case-days": "５",
        "case-in_office_days": "true",
        "case-stops": "R8.4.3, R8.4.10\n\n",
        "case-closed": "",
        "case-opened": "",
    }
    html = client.get("/rules/standard-processing-due/", asked).content.decode()
    assert '満了日：<time datetime="2026-04-15">' in html
    refused = client.get("/rules/standard-processing-due/", asked | {"case-stops": "R8.4.10, R8.4.3"})
    assert refused.status_code == 422
    assert "補正が届いた日は、補正を求めた日以降の日付にしてください。" in refused.content.decode()
    refused = client.get("/rules/standard-processing-due/", asked | {"case-stops": "R8.4.10"})
    assert "1行目：2個の値を入力してください。" in refused.content.decode()


def test_a_reader_is_told_what_is_wrong_beside_the_field(client: Client) -> None:
    answer = client.get("/rules/age/", {"try": "1", "case-born_on": "8/4/1", "case-as_of": ""})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>エラー（2件）：満年齢" in html
    assert html.count("年が2通りに読めます。R8.4.1 か 2026/4/1 の形で入力してください。") == 2
    assert html.count("いつの年齢かを入力してください。") == 2
    assert "計算の段階" not in html
    assert 'value="8/4/1"' in html  # nothing typed is lost


def test_a_day_before_every_version_is_refused_on_the_page(client: Client) -> None:
    answer = client.get(
        "/rules/age/",
        {"try": "1", "case-born_on": "1890-01-01", "case-as_of": "1895-01-01", "on": "1895-01-01"},
    )
    assert answer.status_code == 422
    assert "1895-01-01に有効な版がありません" in answer.content.decode()


def test_a_rule_that_does_not_exist_is_not_found(client: Client) -> None:
    assert client.get("/rules/no-such-rule/").status_code == 404


def test_an_english_reader_sees_english_around_the_japanese_sources(client: Client) -> None:
    html = client.get(
        "/en/rules/age/", {"try": "1", "case-born_on": "2008-02-29", "case-as_of": "2026-03-01"}
    )
    text = html.content.decode()
    assert "<h1>Age</h1>" in text
    assert "28 February 2026 (Sat)" in text
    assert "令和" not in text


# --- the API ----------------------------------------------------------------------------------------------


def post(client: Client, name: str, body: Any, **more: Any) -> Any:
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return client.post(f"/api/rules/{name}", raw, content_type="application/json", **more)


def test_a_machine_reads_every_rule(client: Client) -> None:
    listed = client.get("/api/rules").json()["rules"]
    assert [rule["name"] for rule in listed] == NAMES
    whole = client.get("/api/rules/age").json()
    assert whole["input"]["required"] == ["born_on", "as_of"]
    assert whole["versions"][0]["from_on"] == "1902-12-22"
    assert len(whole["examples"]) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_works_out_every_published_example(client: Client, name: str) -> None:
    for example in client.get(f"/api/rules/{name}").json()["examples"]:
        asked = {"case": example["case"], "on": example["on"]}
        if example["body"]:
            asked["body"] = example["body"]
        answer = post(client, name, asked)
        assert answer.status_code == 200, answer.content.decode()
        assert answer.json()["result"] == example["result"]
        assert answer.json()["steps"]


@pytest.mark.parametrize(
    ("body", "status", "code", "fields"),
    [
        (b"{", 400, "json_unreadable", {}),
        (b"", 400, "json_unreadable", {}),
        (b'{"case": {"born_on": NaN}}', 400, "json_unreadable", {}),
        (b" " * 70_000, 413, "json_too_large", {}),
        ([], 422, "case_refused", {"case": "項目と値の組（JSONのオブジェクト）にしてください。"}),
        ({}, 422, "case_refused", {"case": "入力を入力してください。"}),
        ({"case": 1}, 422, "case_refused", {"case": "項目と値の組（JSONのオブジェクト）にしてください。"}),
        (
            {"case": {"born_on": 20080229, "as_of": "2026-03-01", "age": 18}, "on": "2026-04-01"},
            422,
            "case_refused",
            {
                "case.born_on": "生年月日は文字で入力してください。",
                "case.age": "この項目はありません。使える項目: born_on、as_of",
            },
        ),
        (
            {"case": {"born_on": "2008-02-29", "as_of": "2026-03-01"}, "day": "2026-04-01"},
            422,
            "case_refused",
            {"day": "この項目はありません。使える項目: case、on、body"},
        ),
        (
            {"case": {"born_on": "2026-03-02", "as_of": "2026-03-01"}},
            422,
            "case_refused",
            {"case.as_of": "いつの年齢かは、生年月日以降の日付にしてください。"},
        ),
        (
            {"case": {"born_on": "2008-02-29", "as_of": "2026-03-01"}, "on": "1900-01-01"},
            422,
            "version_missing",
            {},
        ),
    ],
)
def test_a_machine_is_refused_in_one_shape(
    client: Client, body: Any, status: int, code: str, fields: dict[str, str]
) -> None:
    answer = post(client, "age", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["fields"]) == (status, code, fields)
    assert error["message"].endswith("。")


def test_a_machine_asks_for_a_rule_that_does_not_exist(client: Client) -> None:
    for answer in (client.get("/api/rules/no-such-rule"), post(client, "no-such-rule", {"case": {}})):
        assert answer.status_code == 404
        assert answer.json()["error"] == {
            "code": "rule_unknown",
            "message": "「no-such-rule」という規則はありません。",
            "fields": {},
        }


def test_a_policy_among_the_figures_is_shown_as_json_that_can_be_tried(client: Client) -> None:
    html = unescape(client.get("/rules/reservation-fee/").content.decode())
    start = html.index("公民館の定め（例）：") + len("公民館の定め（例）：")
    policy, _end = json.JSONDecoder().raw_decode(html[start:].lstrip())
    typed = {
        "try": "1",
        "case-policy": "own",
        "case-document": json.dumps(policy),
        "case-on": "R8.5.13",
        "case-room": "meeting",
        "case-starts": "540",
        "case-ends": "720",
    }
    assert "使用料：750円" in client.get("/rules/reservation-fee/", typed).content.decode()
