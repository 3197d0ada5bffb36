"""What the printing functions make is, byte for byte, what the templates they stand for make."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.template import Context, engines
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from moyai.ui.fields import field_html, field_parts
from moyai.ui.forms import DateParts, Form
from moyai.ui.renderers import PRINTERS, PrintedAlone, printer_of

HELD = Path(__file__).parent / "held"  # templates that are printed by functions now, as they were
TEMPLATES, FUNCTIONS = DjangoTemplates(), PrintedAlone()

HOSTILE = [
    "",
    "plain",
    "<script>alert(1)</script>",
    "\"><img src=x onerror='y'>",
    "a & b &amp; c",
    "%s %(x)s {{ y }} {% z %}",
    "line\nline\r\n  end  ",
    "髙𠮷\u200b辻󠄀",
    SafeString("<b>&amp;</b>"),
    gettext_lazy("検索"),
]
VALUES: list[Any] = [
    *HOSTILE,
    None,
    True,
    False,
    0,
    -1234567,
    12.5,
    Decimal("1234.50"),
    ("a", "<b>"),
    ["a", "<b>"],
    date(2026, 4, 1),
    datetime(2026, 4, 1, 12, 30, tzinfo=UTC),
    time(9, 5),
]
ATTRIBUTES: list[dict[str, Any]] = [
    {},
    {"id": "id_x", "class": "mo-input", "required": True, "maxlength": False},
    {"id": 'x"y<z>', "class": "a&b", "data-n": 12345, "aria-describedby": "a b"},
    {
        "<name>": "<value>",
        "data-none": None,
        "data-safe": SafeString("<i>"),
        "data-lazy": gettext_lazy("検索"),
    },
    {"id": "", "class": "", "data-pair": ("a", "b"), "data-amount": Decimal("1000.5")},
]
CHOICES = [
    ("", "選択してください"),
    ("a", "<甲>"),
    (1, "二 & 三"),
    ("<\"'>", SafeString("<em>")),
    ("群 <&>", [("g1", "一"), ("g2", gettext_lazy("検索"))]),
    (None, "なし"),
]
PLAIN = [
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.PasswordInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.TimeInput,
    forms.Textarea,
    forms.CheckboxInput,
    forms.FileInput,
    forms.ColorInput,
    forms.SearchInput,
    forms.TelInput,
    DateParts,
]
CHOOSING = [
    forms.Select,
    forms.SelectMultiple,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
]


def both(widget: forms.Widget, name: str, value: Any, attrs: dict[str, Any]) -> tuple[str, str]:
    return (
        str(widget.render(name, value, attrs=dict(attrs), renderer=TEMPLATES)),
        str(widget.render(name, value, attrs=dict(attrs), renderer=FUNCTIONS)),
    )


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", PLAIN)
def test_a_control_prints_as_its_template_does(kind: type[forms.Widget], language: str) -> None:
    with override(language):
        for value in VALUES:
            for attrs in ATTRIBUTES:
                for name in ("x", 'n<&">'):
                    theirs, ours = both(kind(), name, value, attrs)
                    assert ours == theirs


@pytest.mark.parametrize("kind", CHOOSING)
def test_a_list_of_choices_prints_as_its_template_does(kind: type[forms.ChoiceWidget]) -> None:
    for value in [*VALUES, "a", 1, ["a", 1, "g2"], "<\"'>", "g1"]:
        for attrs in ATTRIBUTES:
            for choices in (CHOICES, []):
                theirs, ours = both(kind(choices=choices), "x", value, attrs)
                assert ours == theirs


def test_a_list_of_yes_and_no_prints_as_its_template_does() -> None:
    for value in (None, True, False, "true", "unknown", "<"):
        theirs, ours = both(forms.NullBooleanSelect(), "x", value, {"id": "y"})
        assert ours == theirs


@pytest.mark.parametrize("kind", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_one_choice_alone_prints_as_its_template_does(kind: type[forms.ChoiceWidget]) -> None:
    class Asked(forms.Form):
        x = forms.MultipleChoiceField(choices=CHOICES, widget=kind)

    theirs, ours = (
        [
            (part.tag(), part.tag(wrap_label=True))
            for part in Asked(initial={"x": ["a"]}, renderer=renderer)["x"].subwidgets
        ]
        for renderer in (TEMPLATES, FUNCTIONS)
    )
    assert ours == theirs
    assert ours


@pytest.mark.parametrize("attrs", ATTRIBUTES)
def test_parts_of_a_date_print_as_their_template_does(attrs: dict[str, Any]) -> None:
    for own in ({}, {"autocomplete": "bday"}):
        for required in (True, False):
            for value in ("令和8年4月1日", "昭和<b>年\"月'日", date(2026, 4, 1), None):
                for invalid in ({}, {"aria-invalid": "true"}):
                    widget = DateParts(attrs=own)
                    widget.is_required = required
                    theirs, ours = both(widget, "x<", value, attrs | invalid)
                    assert ours == theirs


def test_what_is_compared_is_printed_by_functions() -> None:
    for kind in [*PLAIN, *CHOOSING]:
        widget = kind()
        assert printer_of(str(widget.template_name), widget.get_context("x", "a", {})["widget"]) is not None
    assert FUNCTIONS.render("django/forms/attrs.html", {"errors": []}) == ""


def test_a_widget_with_a_template_of_its_own_keeps_it() -> None:
    class Odd(forms.Select):
        option_template_name = "django/forms/widgets/input_option.html"

    assert "django/forms/widgets/clearable_file_input.html" not in PRINTERS
    theirs, ours = both(forms.ClearableFileInput(), "x", None, {"id": "y"})
    assert ours == theirs
    widget = Odd(choices=[("a", "<b>")])
    assert printer_of(str(widget.template_name), widget.get_context("x", "a", {})["widget"]) is None
    theirs, ours = both(forms.SelectDateWidget(), "x", date(2026, 4, 1), {"id": "y"})
    assert ours == theirs


# The frame of a field as a template: what `field_html` is held against.
FRAME = (HELD / "field.txt").read_text(encoding="utf-8")


def framed(field: BoundField) -> str:
    template = engines["django"].from_string(FRAME).template  # type: ignore[attr-defined]
    return str(template.render(Context({"field": field, "f": field_parts(field)})))


class Everything(Form):
    """Fields of every kind, with hints and labels that would break out."""

    name = forms.CharField(label="<b>氏名 & 姓</b>", help_text="<i>全角 & 半角</i>", max_length=10)
    free = forms.CharField(
        label="自由", required=False, widget=forms.TextInput(attrs={"data-suffix": "<円>"})
    )
    secret = forms.CharField(label="合言葉", widget=forms.PasswordInput)
    note = forms.CharField(label="備考", max_length=5, widget=forms.Textarea)
    count = forms.IntegerField(label="数", max_value=3)
    mail = forms.EmailField(label="メール", help_text="例")
    day = forms.CharField(label="日付", help_text=SafeString("<b>日</b>"), widget=DateParts)
    one = forms.ChoiceField(label="一つ", choices=CHOICES[:4], widget=forms.RadioSelect, help_text="<一つ>")
    many = forms.MultipleChoiceField(
        label="複数", choices=CHOICES[:4], widget=forms.CheckboxSelectMultiple(attrs={"inline": True})
    )
    listed = forms.ChoiceField(label="一覧", choices=CHOICES)
    agreed = forms.BooleanField(label="<同意>", help_text="規約 & 約款")
    file = forms.FileField(label="添付", required=False)
    hidden = forms.CharField(widget=forms.HiddenInput)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {
            "name": "<x>" * 9,
            "note": "123456789",
            "mail": '"><',
            "one": "zz",
            "many": ["a", "?"],
            "count": "9",
        },
        {"name": "x", "note": "12", "one": "a", "many": ["a"], "listed": "g2", "agreed": "on", "day": "<"},
    ],
)
def test_a_field_whole_prints_as_the_template_of_its_frame(
    data: dict[str, Any] | None, language: str
) -> None:
    with override(language):
        for renderer in (FUNCTIONS, TEMPLATES):
            for bound in Everything(data, renderer=renderer):
                # The template's file ends with a line end; the field itself does not.
                assert field_html(bound) + "\n" == framed(bound)


# The list as a template: what `summary_rows` is held against.
SUMMARY = (HELD / "summary_list.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_summary_list_prints_as_its_template(language: str) -> None:
    rows = [
        {"key": "<k>", "value": value, **more}
        for value in VALUES
        for more in (
            {},
            {"url": "/a?b=1&c='\"", "action": "<直す>"},
            {"url": "/x", "missing": "<ない>", "value_url": "/v?&"},
            {"state": {"kind": "progress", "word": "<審査中>"}},
        )
    ]
    with override(language):
        held = engines["django"].from_string(SUMMARY).render({"rows": [*rows, {"key": "鍵"}]})
        ours = render_to_string("ui/summary_list.html", {"rows": [*rows, {"key": "鍵"}]})
        assert ours == held
        assert render_to_string("ui/summary_list.html", {}) == '<dl class="mo-summary-list"></dl>\n'


def test_what_is_kept_of_the_layout_is_told_apart_by_its_values() -> None:
    template = engines["django"].from_string(
        "{% load ui %}{% kept a b.c %}{{ a }}|{{ b.c }}|{{ hidden }}{% endkept %}"
    )

    def printed(**values: Any) -> str:
        return str(template.render(values))

    assert printed(a="<", b={"c": 1}, hidden=1) == "&lt;|1|1"
    assert printed(a="<", b={"c": 1}, hidden=2) == "&lt;|1|1"  # kept
    assert printed(a=SafeString("<"), b={"c": 1}, hidden=2) == "<|1|2"
    assert printed(a="<", hidden=3) == "&lt;||3"
    with override("en"):
        assert printed(a="<", b={"c": 1}, hidden=5) == "&lt;|1|5"

    class Town:
        slug = "b-shi"

    assert printed(a="<", b={"c": 1}, hidden=6, body=Town) == "&lt;|1|6"
