"""Readings over kanji: written 漢字《かんじ》, shown as ruby on easy pages only, never a way in for markup."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from hypothesis import given
from hypothesis import strategies as st

from moyai.ui import readings
from moyai.ui.readings import marked, readings_in_brackets, with_ruby, without_readings

KANJI = marked("漢字《かんじ》")
RUBY = "<ruby>漢字<rp>（</rp><rt>かんじ</rt><rp>）</rp></ruby>"


def test_readings_become_ruby_in_text() -> None:
    assert with_ruby(f"<p>この{KANJI}です</p>") == f"<p>この{RUBY}です</p>"


def test_a_reading_stands_over_the_kanji_alone_or_over_what_is_marked() -> None:
    assert without_readings(marked("｜1日《ついたち》に払《はら》う")) == "1日に払う"
    assert readings_in_brackets(marked("｜1日《ついたち》に払《はら》う")) == "1日（ついたち）に払（はら）う"


@pytest.mark.parametrize(
    "html",
    [
        '<a title="{}">x</a>',
        "<a title='>{}'>x</a>",
        "<title>{}</title>",
        '<select><option value="1">{}</option></select>',
        "<textarea>\n{}</textarea>",
        '<script type="application/json">"{}"</script>',
        "<svg><text>{}</text></svg>",
        "<!-- {} -->",
    ],
)
def test_readings_are_left_out_where_html_has_no_place_for_them(html: str) -> None:
    assert with_ruby(html.format(KANJI)) == html.format("漢字")


def test_what_somebody_typed_in_brackets_stays_as_it_is() -> None:
    typed = "<p>山田《やまだ》 &lt;b&gt;</p>"
    assert with_ruby(typed) == typed
    assert without_readings(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        f"{readings.START}&lt;script&gt;{readings.BETWEEN}x{readings.END}",
        f"{readings.START}{readings.START}a{readings.BETWEEN}",
        f"{readings.END}{readings.BETWEEN}{readings.START}",
        f"{readings.START}<b>{readings.BETWEEN}</b>{readings.END}",
    ],
)
def test_marks_somebody_sent_make_no_markup(typed: str) -> None:
    shown = with_ruby(f"<p>{typed}</p>")
    assert "<script" not in shown
    assert not set(shown) & {readings.START, readings.BETWEEN, readings.END}
    assert with_ruby(f'<a title="{typed}">').count("<ruby") == 0 or "<b>" in typed


@given(st.text(alphabet="a<>\"'&/!- 漢《》" + readings.START + readings.BETWEEN + readings.END, max_size=60))
def test_doing_it_twice_changes_nothing_more(text: str) -> None:
    once = with_ruby(text)
    assert with_ruby(once) == once
    assert without_readings(without_readings(text)) == without_readings(text)


@given(st.text(alphabet="a<>\"'&/!- =漢" + readings.START + readings.BETWEEN + readings.END, max_size=60))
def test_escaped_text_gains_only_ruby(text: str) -> None:
    from html import escape

    shown = with_ruby(f'<p title="{escape(text)}">{escape(text)}</p>')
    for tag in ("ruby", "rp", "rt"):
        shown = shown.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    assert shown.count("<") == 2
    assert shown.count('"') == 2


def test_a_page_with_broken_quotes_is_read_in_linear_time() -> None:
    started = time.perf_counter()
    with_ruby("<a " + "\"'" * 20_000 + KANJI)
    with_ruby("<svg" * 3_000 + KANJI)
    assert time.perf_counter() - started < 2


def _answer(rf: Any, made: Any, *, language: str = "ja-easy", **cookies: str) -> Any:
    request = rf.get("/")
    request.LANGUAGE_CODE = language
    request.COOKIES.update(cookies)
    return readings.readings(lambda _request: made)(request)


def test_easy_pages_show_readings_unless_the_reader_switched_them_off(rf: Any) -> None:
    shown = _answer(rf, HttpResponse(f"<p>{KANJI}</p>"))
    assert shown.content.decode() == f"<p>{RUBY}</p>"
    assert shown["Content-Language"] == "ja"
    switched_off = _answer(rf, HttpResponse(f"<p>{KANJI}</p>"), moyai_ruby="off")
    assert switched_off.content.decode() == "<p>漢字</p>"


def test_other_answers_lose_the_readings(rf: Any) -> None:
    in_japanese = _answer(rf, HttpResponse(f"<p>{KANJI}</p>"), language="ja")
    assert in_japanese.content.decode() == "<p>漢字</p>"
    data = _answer(rf, JsonResponse({"a": KANJI}, json_dumps_params={"ensure_ascii": False}))
    assert data.content.decode() == '{"a": "漢字"}'
    picture = HttpResponse(KANJI.encode(), content_type="image/png")
    assert _answer(rf, picture).content == KANJI.encode()
    assert b"".join(_answer(rf, StreamingHttpResponse([KANJI]))) == KANJI.encode()


def test_the_address_says_the_variant_and_leads_to_the_others(client: Any, world: Any) -> None:
    answer = client.get("/ja-easy/help/?q=1")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="ja" data-variant="easy"' in html
    assert 'href="/help/?q=1" lang="ja" hreflang="ja"' in html
    assert 'href="/en/help/?q=1" lang="en" hreflang="en"' in html
    assert not answer.cookies
    assert 'href="/ja-easy/help/" lang="ja"' in client.get("/help/").content.decode()
    assert 'href="/ja-easy/help/" lang="ja"' in client.get("/en/help/").content.decode()
    assert int(answer["Content-Length"]) == len(answer.content)


def test_staff_pages_have_no_easy_variant_in_the_header(client_for: Any, world: Any) -> None:
    html = client_for(world.at_chiba.clerk).get("/chiba-shi/office/", follow=True).content.decode()
    assert "/en/chiba-shi/office/" in html
    assert "/ja-easy/" not in html
