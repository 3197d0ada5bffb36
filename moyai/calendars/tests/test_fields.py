"""日付の入力欄: in parts for residents, in one box for staff; what was typed stays on the screen."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from moyai.calendars.fields import DateBoxField, WarekiPartsField
from moyai.tenants.public import clock
from moyai.ui.public import Form

TODAY = date(2026, 11, 21)
APRIL_1 = date(2026, 4, 1)


class Asked(Form):
    born_on = WarekiPartsField(label="生年月日", latest=TODAY, today=TODAY, autocomplete="bday")
    received_on = DateBoxField(label="受付日", today=TODAY, required=False)


def ask(received_on: str = "", **parts: str) -> Asked:
    return Asked({f"born_on_{part}": value for part, value in parts.items()} | {"received_on": received_on})


def test_a_resident_gives_a_date_of_birth_in_parts() -> None:
    form = ask(era="S", year="45", month="１２", day="25", received_on="4/1")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"born_on": date(1970, 12, 25), "received_on": APRIL_1}
    assert form.fields["born_on"].echo == ""  # type: ignore[attr-defined]
    assert form.fields["received_on"].echo == "令和8年4月1日（水）として扱います"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("parts", "message", "wrong"),
    [
        ({}, "生年月日を入力してください。", None),
        ({"era": "R"}, "生年月日を入力してください。", None),
        ({"era": "S", "year": "45", "month": "12"}, "生年月日の日を入力してください。", "day"),
        ({"era": "S", "year": "45", "month": "4", "day": "31"}, "日は1から30の間で入力してください。", "day"),
        ({"year": "45", "month": "4", "day": "3"}, "生年月日の元号を選んでください。", "era"),
        ({"era": "Q", "year": "45", "month": "4", "day": "3"}, "生年月日の元号を選んでください。", "era"),
        (
            {"era": "R", "year": "8", "month": "11", "day": "22"},
            "生年月日は令和8年11月21日以前の日付にしてください。",
            None,
        ),
    ],
)
def test_a_resident_is_told_which_box_is_wrong(
    parts: dict[str, str], message: str, wrong: str | None
) -> None:
    form = ask(**parts)
    assert form.errors["born_on"] == [message]
    html = str(form["born_on"])
    assert html.count('aria-invalid="true"') == (1 if wrong else 4)
    if wrong in ("month", "day"):
        assert re.search(rf'name="born_on_{wrong}"[^>]*aria-invalid="true"', html)
    for part, value in parts.items():
        kept = f'value="{value}"' if part != "era" or value == "Q" else f'value="{value}" selected'
        assert (kept in html) is (value != "Q")


def test_a_date_is_shown_in_the_form_in_which_it_is_asked() -> None:
    form = Asked(initial={"born_on": date(2019, 5, 1), "received_on": APRIL_1})
    parts, box = str(form["born_on"]), str(form["received_on"])
    assert '<option value="R" selected>令和</option>' in parts
    assert 'name="born_on_year" id="id_born_on_1" value="1"' in parts
    assert 'value="令和8年4月1日"' in box


def test_an_era_year_is_never_filled_in_by_the_browser() -> None:
    html = str(Asked()["born_on"])
    assert 'autocomplete="bday-month"' in html
    assert "bday-year" not in html


def test_a_form_that_does_not_know_today_asks_the_clock() -> None:
    class Plain(Form):
        on = DateBoxField(label="日付")

    with clock.at(datetime(2026, 11, 20, 15, 30, tzinfo=UTC)):
        form = Plain({"on": "今日"})
        assert form.is_valid()
        assert form.cleaned_data["on"] == TODAY


def test_the_echo_of_one_person_is_not_the_echo_of_the_next() -> None:
    first, second = ask(received_on="4/1"), ask(received_on="R8.4.1")
    first.is_valid(), second.is_valid()
    assert first.fields["received_on"].echo != ""  # type: ignore[attr-defined]
    assert second.fields["received_on"].echo == ""  # type: ignore[attr-defined]


def test_an_english_reader_is_refused_in_english() -> None:
    with translation.override("en"):
        form = ask(received_on="26/4/1", era="S", year="45", month="4", day="31")
        assert form.errors["born_on"] == ["Enter a day from 1 to 30."]
        assert form.errors["received_on"] == [
            "The year can be read in two ways. Enter it like R8.4.1 or 2026/4/1."
        ]


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ d|wareki }}", '<time datetime="2026-04-01">令和8年4月1日（水）</time>'),
        ("{{ d|wareki_day }}", '<time datetime="2026-04-01">令和8年4月1日</time>'),
        ("{{ d|wareki_gregorian }}", '<time datetime="2026-04-01">令和8年（2026年）4月1日</time>'),
        ("{{ d|short_wareki }}", '<time datetime="2026-04-01">R8.4.1</time>'),
        ("{{ d|fiscal_year }}", "令和8年度"),
        ("{{ 2019|fiscal_year }}", "平成31年度"),
        (
            "{{ t|wareki_time }}",
            '<time datetime="2026-04-01T09:30+09:00">令和8年4月1日（水）午前9時30分</time>',
        ),
        ("{{ t|short_wareki_time }}", '<time datetime="2026-04-01T09:30+09:00">R8.4.1 09:30</time>'),
        ("{{ t|wareki }}", '<time datetime="2026-04-01">令和8年4月1日（水）</time>'),
        ("{{ none|wareki }}{{ none|wareki_time }}{{ none|short_wareki }}{{ none|fiscal_year }}", "————"),
        (
            "{{ d|wareki_range:d }}",
            '<time datetime="2026-04-01">令和8年4月1日</time>から<time datetime="2026-04-01">令和8年4月1日</time>まで',
        ),
        ("{{ d|wareki_range:none }}", '<time datetime="2026-04-01">令和8年4月1日</time>から'),
    ],
)
def test_a_template_writes_dates_inside_time(template: str, shown: str) -> None:
    values = {"d": APRIL_1, "t": datetime(2026, 4, 1, 0, 30, tzinfo=UTC), "none": None}
    assert Template("{% load calendars %}" + template).render(Context(values)) == shown


def test_an_english_page_has_no_era_years() -> None:
    template = Template(
        "{% load calendars %}{{ d|wareki }} {{ t|wareki_time }} {{ d|fiscal_year }} {{ d|wareki_range:none }}"
    )
    with translation.override("en"):
        html = template.render(
            Context({"d": APRIL_1, "t": datetime(2026, 4, 1, 8, 15, tzinfo=UTC), "none": None})
        )
    assert html == (
        '<time datetime="2026-04-01">1 April 2026 (Wed)</time> '
        '<time datetime="2026-04-01T17:15+09:00">1 April 2026 (Wed) 5:15 pm</time> FY2026 '
        'from <time datetime="2026-04-01">1 April 2026</time>'
    )


def test_a_plain_django_form_takes_the_fields_as_well() -> None:
    class Plain(forms.Form):
        on = DateBoxField(today=TODAY)

    assert Plain({"on": "R8.4.1"}).is_valid()
