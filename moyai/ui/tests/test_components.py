"""Components as HTML: wiring of errors and hints, badges, charts that equal their tables, layouts that never fail."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from moyai.ui.examples import WRONG, ExampleForm, examples
from moyai.ui.fields import field_html
from moyai.ui.public import (
    AmountField,
    CodeField,
    DateParts,
    Form,
    KanaField,
    MailField,
    NameField,
    PhoneField,
    PostalCodeField,
    Series,
    WholeNumberField,
    bar_chart,
    error_page,
    in_japanese,
    line_chart,
    page,
)


class Tree(HTMLParser):
    """Elements in order, as (tag, attributes); and the text of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> set[str | None]:
        return {attributes["id"] for _, attributes in self.elements if "id" in attributes}

    def with_id(self, name: str) -> dict[str, str | None]:
        return next(attributes for _, attributes in self.elements if attributes.get("id") == name)


class Asked(Form):
    name = NameField(label="氏名", help_text="戸籍のとおりに")
    kind = forms.ChoiceField(label="種類", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    items = forms.MultipleChoiceField(
        label="事項",
        choices=[("a", "甲")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="すべて",
    )
    agree = forms.BooleanField(label="同意する")
    note = forms.CharField(label="50%の理由", widget=forms.Textarea, max_length=5, required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_error_is_named_before_hint_and_both_exist() -> None:
    tree = Tree(str(Asked({})))
    box = tree.with_id("id_name")
    assert box["aria-describedby"] == "id_name_error id_name_helptext"
    assert box["aria-invalid"] == "true"
    assert {"id_name_error", "id_name_helptext"} <= tree.ids()
    assert not [a for _, a in tree.elements if "placeholder" in a]


def test_every_described_by_and_label_of_the_examples_points_at_something() -> None:
    tree = Tree(str(ExampleForm(WRONG)))
    for _, attributes in tree.elements:
        for name in (attributes.get("aria-describedby") or "").split():
            assert name in tree.ids()
        if "for" in attributes:
            assert attributes["for"] in tree.ids()


def test_required_and_badge_agree_on_every_field() -> None:
    form = ExampleForm()
    for field in form:
        html = render_to_string("ui/field.html", {"field": field})
        assert ("※必須" in html) is field.field.required
        assert ("※任意" in html) is not field.field.required
        if not isinstance(field.field.widget, forms.CheckboxSelectMultiple):
            assert (" required" in html) is field.field.required


def test_groups_are_fieldsets_whose_error_is_described() -> None:
    tree = Tree(str(Asked({})))
    group = tree.with_id("id_kind_field")
    assert group["aria-describedby"] == "id_kind_error"
    assert [a["for"] for a in tree.all("label") if (a.get("for") or "").startswith("id_kind")] == [
        "id_kind_0",
        "id_kind_1",
    ]
    legends = str(Asked()).split("<legend")
    assert "すべて" in legends[2].split("</legend>")[0], "checkbox groups repeat the hint in the legend"


def test_text_beyond_the_limit_stays_and_is_counted() -> None:
    form = Asked({"note": "123456789"})
    html = render_to_string("ui/field.html", {"field": form["note"]})
    assert form.errors["note"] == ["50%の理由は5文字以内にしてください。今は9文字です。"]
    assert "123456789" in html
    assert "maxlength" not in html
    assert "4文字多く入力されています" in html
    assert "あと3文字" in render_to_string("ui/field.html", {"field": Asked({"note": "12"})["note"]})


def test_error_summary_lists_what_stands_beside_the_fields_in_page_order() -> None:
    form = Asked({})
    tree = Tree(render_to_string("ui/error_summary.html", {"form": form}))
    assert [link["href"] for link in tree.all("a")] == ["#id_name", "#id_kind_0", "#id_agree"]
    fields = Tree(str(form))
    for link in tree.all("a"):
        assert str(link["href"])[1:] in fields.ids()
    for errors in form.errors.values():
        assert set(errors) <= {words.strip() for words in tree.words}
    assert "入力内容に誤りが3件あります" in "".join(tree.words)
    box = tree.all("div")[0]
    assert box["role"] == "alert"
    assert "autofocus" in box


def test_an_unbound_or_good_form_has_no_summary() -> None:
    assert render_to_string("ui/error_summary.html", {"form": Asked()}).strip() == ""
    assert render_to_string("ui/error_summary.html", {"form": None}).strip() == ""


def test_a_refused_form_answers_422_with_the_count_in_the_title() -> None:
    request = RequestFactory().post("/x/")
    response = page(request, "ui/display.html", {}, form=Asked({}))
    assert response.status_code == 422
    assert "<title>エラー（3件）：" in response.content.decode()
    good = page(RequestFactory().get("/x/"), "ui/display.html", form=Asked())
    assert good.status_code == 200
    assert "エラー" not in good.content.decode().split("</title>")[0]


def test_any_form_of_a_library_looks_like_ours() -> None:
    class Theirs(forms.Form):
        email = forms.EmailField(label="メール")
        count = forms.IntegerField(label="数")

    html = render_to_string("ui/fields.html", {"form": Theirs({"email": "x"})})
    tree = Tree(html)
    assert tree.with_id("id_email")["class"] == "mo-input"
    assert tree.with_id("id_email")["type"] == "text"
    assert tree.with_id("id_count")["inputmode"] == "numeric"
    assert tree.with_id("id_email")["aria-describedby"] == "id_email_error"


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (KanaField(label="カナ"), "ﾁﾊﾞ", "チバ"),
        (NameField(label="氏名"), " 髙 ", "髙"),
        (AmountField(label="金額"), "3万5千円", 35000),
        (AmountField(label="金額", required=False), "", None),
        (WholeNumberField(label="通数", low=1, high=10), "１０", 10),
        (PhoneField(label="電話"), "043-245-5111", "+81432455111"),
        (PostalCodeField(label="郵便番号"), "〒260-0013", "2600013"),
        (MailField(label="メール"), "A@EXAMPLE.JP", "A@example.jp"),
        (CodeField(label="番号", length=12), "1203-4857-1926", "120348571926"),
        (CodeField(label="番号"), "k7rm-4t2x", "K7RM4T2X"),
    ],
)
def test_fields_keep_the_canonical_value(field: forms.Field, typed: str, kept: object) -> None:
    assert field.clean(typed) == kept


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        (KanaField(label="フリガナ"), "千葉", "フリガナはカタカナかひらがなで入力してください。"),
        (AmountField(label="金額"), "1.5", "金額は1円単位の整数で入力してください。"),
        (AmountField(label="金額"), "△1", "金額は0円以上で入力してください。"),
        (WholeNumberField(label="通数", low=1, high=10), "11", "通数は1から10の間で入力してください。"),
        (WholeNumberField(label="通数", low=1), "0", "通数は1以上で入力してください。"),
        (WholeNumberField(label="通数", high=10), "11", "通数は10以下で入力してください。"),
        (WholeNumberField(label="通数"), "x", "通数は整数で入力してください。"),
        (PhoneField(label="電話番号"), "043", "電話番号は市外局番から入力してください。例：043-245-5111"),
        (PostalCodeField(label="郵便番号"), "1", "郵便番号は7桁の数字で入力してください。例：260-0013"),
        (
            MailField(label="メール"),
            "a@gmial.com",
            "メールは「a@gmail.com」ですか。確かめて入力し直してください。",
        ),
        (CodeField(label="整理番号", length=12), "12", "整理番号は12桁の数字で入力してください。"),
    ],
)
def test_fields_refuse_in_their_own_words(field: forms.Field, typed: str, words: str) -> None:
    class One(Form):
        it = field

    form = One({"it": typed})
    assert form.errors["it"] == [words]
    assert typed in str(form), "what was typed stays on the screen"


def test_words_a_form_wrote_itself_stay() -> None:
    class One(Form):
        name = forms.CharField(label="氏名", error_messages={"required": "お名前をどうぞ。"})
        added: Any

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["late"] = forms.CharField(label="後から")

    form = One({})
    assert form.errors["name"] == ["お名前をどうぞ。"]
    assert form.errors["late"] == ["後からを入力してください。"]


def test_date_parts_give_one_text_and_show_it_again() -> None:
    class One(Form):
        born_on = forms.CharField(label="生年月日", widget=DateParts, required=False)

    typed = {"born_on_era": "令和", "born_on_year": "元", "born_on_month": "５", "born_on_day": " 1 "}
    form = One(typed)
    assert form.is_valid()
    assert form.cleaned_data["born_on"] == "令和元年5月1日"
    shown = Tree(str(form))
    assert [shown.with_id(f"id_born_on_{n}").get("value") for n in (1, 2, 3)] == ["元", "5", "1"]
    seireki = One({"born_on_era": "西暦", "born_on_year": "2026", "born_on_month": "4", "born_on_day": "1"})
    assert seireki.is_valid()
    assert seireki.cleaned_data["born_on"] == "2026年4月1日"
    empty = One({"born_on_era": "令和", "born_on_year": "", "born_on_month": "", "born_on_day": ""})
    assert empty.is_valid()
    assert empty.cleaned_data["born_on"] == ""
    assert 'value="2026"' in str(One(initial={"born_on": "2026-04-01"}))


# --- charts --------------------------------------------------------------------------------------------
def _figures(chart: str) -> tuple[list[str], list[str]]:
    drawn = re.findall(r'<text class="mo-value"[^>]*>([^<]*)</text>', chart)
    body = chart.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    cells = re.findall(r'<td class="mo-numeric"[^>]*><span>(.*?)</span></td>', body)
    plain = [
        re.sub(r"<[^>]+>|マイナス", "", cell.replace('<span class="mo-hidden">マイナス', ""))
        for cell in cells
    ]
    return drawn, plain


def test_figures_in_a_bar_chart_are_those_of_its_table() -> None:
    chart = bar_chart(
        finding="千葉市が最も多い。",
        title="申請",
        labels=["千葉市", "松戸市", "東葛中部地区総合開発事務組合"],
        series=[Series("今年度", [12345, -120, None]), Series("前年度", [9000, 0, 3], quiet=True)],
        unit="件",
    )
    drawn, cells = _figures(chart)
    assert drawn == cells == ["12,345", "9,000", "△120", "0", "—", "3"]
    assert "東葛中部地区総合開発事務組合" in chart, "the table keeps the whole label"


def test_bars_are_as_long_as_their_figures() -> None:
    chart = bar_chart(finding="f", title="t", labels=["a", "b"], series=[Series("s", [100, 50])])
    widths = [float(w) for w in re.findall(r'<rect class="mo-c1"[^>]*width="([\d.]+)"', chart)]
    assert abs(widths[0] - 2 * widths[1]) < 0.2


def test_a_chart_is_an_image_with_words_and_an_open_table() -> None:
    for chart in (
        bar_chart(
            finding="発見", title="題", labels=["a"], series=[Series("s", [1])], source="記録", as_of="今"
        ),
        line_chart(finding="発見", title="題", labels=["a", "b"], series=[Series("s", [1, 2])], note="注記"),
    ):
        tree = Tree(chart)
        image = next(a for a in tree.all("svg") if a.get("role") == "img")
        for name in str(image["aria-labelledby"]).split():
            assert name in tree.ids()
        assert "open" in tree.all("details")[0]
        assert tree.all("figcaption")
        assert tree.all("table")
        assert not re.search(r"\sstyle=|<style|#[0-9a-f]{3,6}\b", chart)


def test_a_gap_in_a_line_stays_a_gap() -> None:
    chart = line_chart(finding="f", title="t", labels=list("abcde"), series=[Series("s", [1, 2, None, 4, 5])])
    assert chart.count('<path class="mo-line') == 2
    assert chart.count("<circle") == 4


def test_lines_differ_by_marker_and_dash_as_well() -> None:
    series = [Series(f"系列{n}", [n, n + 1]) for n in range(6)]
    chart = line_chart(finding="f", title="t", labels=["a", "b"], series=series)
    dashes = set(re.findall(r'mo-line (mo-c\d)"(?: stroke-dasharray="([^"]+)")?', chart))
    assert len({dash for _, dash in dashes}) == 6


def test_more_than_six_series_are_refused() -> None:
    with pytest.raises(ValueError, match="one to six"):
        bar_chart(finding="f", title="t", labels=["a"], series=[Series(str(n), [1]) for n in range(7)])
    with pytest.raises(ValueError, match="one value per label"):
        line_chart(finding="f", title="t", labels=["a", "b"], series=[Series("s", [1])])


# --- layouts, pages, tags --------------------------------------------------------------------------------
@pytest.mark.parametrize("layout", ["portal", "office", "council", "plain"])
def test_layouts_stand_without_actor_body_or_request(layout: str) -> None:
    tree = Tree(render_to_string(f"ui/{layout}.html", {}))
    assert len(tree.all("main")) == 1
    assert tree.with_id("main")["tabindex"] == "-1"
    assert [a for _, a in tree.elements if a.get("role") == "status"] == [tree.with_id("status")]
    links = tree.all("a")
    assert links[0]["href"] == "#main"
    assert tree.all("html")[0]["lang"] == "ja"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500, 503])
def test_error_pages_say_what_happened_and_give_the_number(status: int) -> None:
    request = RequestFactory().get("/nowhere/")
    request.moyai_id = "8F3K-21XA"  # type: ignore[attr-defined]
    response = error_page(request, status)
    html = response.content.decode()
    assert response.status_code == status
    assert html.count("<h1") == 1
    assert "8F3K-21XA" in html
    assert "Traceback" not in html
    assert 'class="mo-crumbs"' not in html


def test_error_page_of_another_refusal_carries_its_words() -> None:
    response = error_page(RequestFactory().get("/"), 422, message="この枠は予約済みです。")
    assert response.status_code == 422
    assert "この枠は予約済みです。" in response.content.decode()


def test_examples_show_every_component_with_ids_once() -> None:
    html = render_to_string("ui/examples.html", {**examples(), "layout": "ui/portal.html"})
    tree = Tree(html)
    ids = [a["id"] for _, a in tree.elements if "id" in a]
    assert len(ids) == len(set(ids))
    for needed in (
        "button",
        "badge",
        "banner",
        "panel",
        "steps",
        "summary-list",
        "table",
        "tabs",
        "timeline",
        "pager",
    ):
        assert f"mo-{needed}" in html
    assert len(tree.all("h1")) == 1
    levels = [int(tag[1]) for tag, _ in tree.elements if re.fullmatch(r"h[1-6]", tag)]
    first = levels.index(1)
    assert all(
        after - before <= 1 for before, after in zip(levels[first:], levels[first + 1 :], strict=False)
    )
    assert len(html.encode()) <= 100_000


def test_english_examples_have_no_japanese_but_names() -> None:
    with translation.override("en"):
        html = render_to_string("ui/examples.html", {**examples(), "layout": "ui/portal.html"})
    main = html.split("<main")[1].split("</main>")[0]
    main = re.sub(r"<textarea.*?</textarea>|value=\"[^\"]*\"", "", main, flags=re.DOTALL)
    left = set(re.findall(r"[\u3041-\u30fa\u4e00-\u9fff]+", re.sub(r"<[^>]+>", " ", main)))
    names = {
        "千葉市",
        "松戸市",
        "船橋市",
        "東葛中部地区総合開発事務組合",
        "東葛中部地区総",
        "東葛中部地区",
        "住民票の写し",
        "犬の登録",
    }
    names |= {"千葉", "花子", "千葉市中央区千葉港", "西暦", "令和", "平成", "昭和", "大正", "明治"}
    assert left - names == set()


def _tag(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_numbers_and_yen_as_they_are_printed() -> None:
    assert _tag("{{ v|yen }}", v=1234) == "1,234円"
    assert _tag("{{ v|yen }}", v=None) == "—"
    assert _tag("{{ v|yen }}", v=0) == "0円"
    assert _tag("{{ v|number }}", v=12345) == "12,345"
    assert re.sub(r"<[^>]+>", "", _tag("{{ v|number }}", v=-1000)) == "△マイナス1,000"
    assert _tag("{{ v|none_dash }}", v="") == "—"
    assert _tag("{{ v|none_dash }}", v=0) == "0"
    assert _tag("{{ v|grouped }}", v="120348571926") == "1203-4857-1926"
    with translation.override("en"):
        assert _tag("{{ v|yen }}", v=1234) == "1,234 yen"


def test_language_links_keep_the_page_and_its_question() -> None:
    request = RequestFactory().get("/ui/?theme=dark")
    assert _tag('{% lang_url "en" %}', request=request) == "/en/ui/?theme=dark"
    there = RequestFactory().get("/en/ui/?theme=dark")
    with translation.override("en"):
        assert _tag('{% lang_url "ja" %}', request=there) == "/ui/?theme=dark"
    nowhere = RequestFactory().get("/no/such/page/")
    assert _tag('{% lang_url "en" %}', request=nowhere) == "/en/no/such/page/"


def test_a_page_that_is_not_mounted_gives_no_address() -> None:
    assert _tag('{% page_url "no_such_page" %}') == ""
    assert _tag('{% page_url "ui_display" %}') == "/display/"


def test_wishes_and_colours_that_are_unknown_are_ignored() -> None:
    request = RequestFactory().get("/")
    request.COOKIES.update(moyai_theme="dark", moyai_text='"><script>')
    assert _tag("{% display_attributes %}", request=request) == ' data-theme="dark"'


def test_words_of_a_reader_are_never_markup() -> None:
    rows = [{"key": "<b>", "value": "<script>x</script>", "url": '"><i>'}]
    html = render_to_string("ui/summary_list.html", {"rows": rows})
    assert "<script>" not in html
    assert "<i>" not in html
    table = {"caption": "<b>x</b>", "columns": ["<b>"], "rows": [["<script>"]]}
    assert "<script>" not in render_to_string("ui/table.html", {"table": table})


# --- Japanese on a page in another language ---------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("住民票の写し", '<span lang="ja">住民票の写し</span>'),
        ("Enter 氏名（フリガナ）.", 'Enter <span lang="ja">氏名（フリガナ）</span>.'),
        ("A4 <用紙> & 1部", 'A4 &lt;<span lang="ja">用紙</span>&gt; &amp; 1<span lang="ja">部</span>'),
        ("plain words", "plain words"),
        (SafeString("1 &amp; 犬"), '1 &amp; <span lang="ja">犬</span>'),
        (SafeString('<b lang="ja">犬</b>'), '<b lang="ja">犬</b>'),
    ],
)
def test_japanese_is_marked_on_an_english_page_and_nowhere_else(text: str, shown: str) -> None:
    with translation.override("en"):
        assert conditional_escape(in_japanese(text)) == shown
    for language in ("ja", "ja-easy"):
        with translation.override(language):
            assert in_japanese(text) is text


def test_a_question_without_an_english_text_is_marked_with_its_choices() -> None:
    class Asked(Form):
        kind = forms.ChoiceField(
            label="犬の種類", choices=[("a", "秋田犬"), ("b", "Poodle")], widget=forms.RadioSelect
        )
        town = forms.ChoiceField(label="Town", choices=[("c", "千葉市")])

    with translation.override("en"):
        form = Asked()
        shown = str(field_html(form["kind"])) + str(field_html(form["town"]))
    assert '<span lang="ja">犬の種類</span>' in shown
    assert '<span><span lang="ja">秋田犬</span></span>' in shown
    assert "<span>Poodle</span>" in shown
    assert '<option value="c" lang="ja">千葉市</option>' in shown
