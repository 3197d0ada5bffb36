"""The pages of the look over the whole house: settings of display, examples."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.django_db(databases=["default", "across"])


def test_reader_chooses_dark_and_large(client: Any, world: Any) -> None:
    shown = client.get("/display/", headers={"referer": "http://testserver/help/"})
    assert shown.status_code == 200
    answer = client.post("/display/", {"theme": "dark", "text": "large", "ruby": "off", "back": "/help/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/help/"
    html = client.get("/display/").content.decode()
    assert '<html lang="ja" data-theme="dark" data-text="large"' in html
    assert answer.cookies["moyai_theme"]["httponly"]


def test_nobody_is_sent_out_of_the_house(client: Any, world: Any) -> None:
    for address in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
        answer = client.post(
            "/display/", {"theme": "auto", "text": "standard", "ruby": "on", "back": address}
        )
        assert answer["Location"] == "/display/"


def test_a_wish_we_do_not_have_is_refused_and_nothing_is_kept(client: Any, world: Any) -> None:
    answer = client.post("/display/", {"theme": "pink", "text": "large", "ruby": "on"})
    assert answer.status_code == 422
    assert "明るさを一覧から選んでください。" in answer.content.decode()
    assert "moyai_theme" not in answer.cookies
    assert "moyai_text" not in answer.cookies


@pytest.mark.parametrize("query", ["", "?theme=dark", "?surface=office", "?theme=%22onload="])
def test_examples_open_for_everyone_and_set_no_cookie(client: Any, world: Any, query: str) -> None:
    answer = client.get(f"/ui/{query}")
    assert answer.status_code == 200
    assert not answer.cookies
    assert client.get(f"/en/ui/{query}").status_code == 200


def test_an_address_nobody_knows_is_a_plain_page(client: Any, world: Any) -> None:
    answer = client.get("/no-such-body/none/")
    assert answer.status_code == 404
    assert "ページが見つかりません" in answer.content.decode()
