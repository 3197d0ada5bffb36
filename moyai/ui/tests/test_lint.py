"""The lint itself: each rule finds what it is for, and lets good text pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from moyai.ui import lint

GOOD = """{% extends "ui/portal.html" %}{% load i18n ui %}
{# 日本語の注記 #}
{% block main %}<h1>{% translate "案内" %}</h1>
<form method="post" novalidate>{% include "ui/field.html" with field=form.name %}
{% include "ui/button.html" with label=_("次へ進む") only %}</form>
<a href="/" lang="ja">日本語</a>
<script src="/static/x.js" defer></script>
<script type="application/json">{"a": 1}</script>
<button aria-disabled="true">{% translate "提出する" %}</button>{% endblock %}"""


def test_a_good_page_has_no_findings() -> None:
    assert lint.lint_markup(GOOD) == []
    assert lint.untranslated(GOOD) == []
    assert lint.lint_acts(GOOD) == []
    assert lint.lint_headings("p.html", {"p.html": GOOD}) == []


@pytest.mark.parametrize(
    ("markup", "word"),
    [
        ('<p style="color:red">x</p>', "inline style"),
        ("<style>p{}</style>", "inline style"),
        ("<script>alert(1)</script>", "inline script"),
        ('<a href="/" onclick="x()">x</a>', "event attribute"),
        ('<input placeholder="x">', "placeholder"),
        ("<button disabled>x</button>", "disabled"),
        ('<button type="submit" disabled="disabled">x</button>', "disabled"),
        ('<form method="post">{{ form }}</form>', "novalidate"),
        ('<form method="post">{% include "ui/fields.html" %}</form>', "novalidate"),
        ('<meta http-equiv="refresh" content="5">', "refresh"),
    ],
)
def test_forbidden_markup_is_found_on_its_line(markup: str, word: str) -> None:
    found = lint.lint_markup(f"\n\n{markup}")
    assert [line for line, _ in found] == [3]
    assert word in found[0][1]


@pytest.mark.parametrize(
    "markup",
    [
        '<p title="the style=x attribute">x</p>',
        '<a href="?online=1">x</a>',
        '<form method="post">{% csrf_token %}<button>x</button></form>',
        '<div aria-disabled="true">x</div>',
    ],
)
def test_what_only_looks_forbidden_passes(markup: str) -> None:
    assert lint.lint_markup(markup) == []


def test_japanese_outside_translate_is_found() -> None:
    assert lint.untranslated("<p>\n案内</p>") == [(2, "Japanese outside {% translate %}: 案内</p>")]
    assert lint.untranslated('{% include "ui/button.html" with label="次へ" %}')
    assert lint.untranslated('{% include "ui/button.html" with label=_("次へ") %}') == []
    assert lint.untranslated("{% blocktranslate trimmed %}\n案内{{ n }}\n{% endblocktranslate %}") == []
    assert lint.untranslated("<p>：｜（）</p>") == []


@pytest.mark.parametrize(
    "text",
    [
        "不正な入力です",
        "無効な値です",
        "必須項目です。",
        "エラーが発生しました",
        "正しく入力してください",
        "申し訳ございません",
        "ご入力ください",
        "１件あります",
        "ｶﾅで入力",
    ],
)
def test_banned_words_are_found(text: str) -> None:
    assert lint.lint_words(text)


def test_plain_words_pass() -> None:
    assert lint.lint_words("通数は1から10の間で入力してください。") == []


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="/">{% translate "こちら" %}</a>',
        "<a href='/'>詳しい案内はこちら</a>",
        '<button>{% translate "送信" %}</button>',
        "<button>OK</button>",
    ],
)
def test_acts_that_say_nothing_are_found(markup: str) -> None:
    assert lint.lint_acts(markup)


def test_headings_follow_branches_loops_and_includes() -> None:
    both = "{% if a %}<h1>x</h1>{% else %}<h1>y</h1>{% endif %}"
    assert lint.headings(both) == (1, 1)
    assert lint.headings("{% if a %}<h1>x</h1>{% endif %}") == (0, 1)
    assert lint.headings("{% if a %}<h1>x</h1>{% elif b %}<h1>x</h1>{% else %}z{% endif %}") == (0, 1)
    assert lint.headings("{% for a in b %}<h1>x</h1>{% endfor %}") == (0, 2)
    assert lint.headings('{% include "x/part.html" %}', {"x/part.html": "<h1>x</h1>"}) == (1, 1)
    assert lint.headings('{% include "ui/panel.html" with level=1 title=t %}') == (1, 1)
    assert lint.headings("{# <h1> #}") == (0, 0)


def test_a_page_without_or_with_two_headings_is_found() -> None:
    page = '{% extends "ui/portal.html" %}{% block main %}{% endblock %}'
    assert lint.lint_headings("p.html", {"p.html": page})
    two = page.replace("{% endblock %}", "<h1>a</h1><h1>b</h1>{% endblock %}")
    assert lint.lint_headings("p.html", {"p.html": two})
    layout = {
        "x/layout.html": page.replace(
            "{% endblock %}", "<h1>{{ t }}</h1>{% block in %}{% endblock %}{% endblock %}"
        )
    }
    child = '{% extends "x/layout.html" %}{% block in %}text{% endblock %}'
    assert lint.lint_headings("c.html", {**layout, "c.html": child}) == []


def test_messages_of_a_template_are_those_gettext_looks_up() -> None:
    text = """{% translate "50%引き" %}{% trans 'あ' as x %}{% if x == _("い") %}{% endif %}
{% blocktranslate trimmed with n=x %}
  {{ n }}件
  です
{% endblocktranslate %}{% blocktranslate count n=n %}一{% plural %}多{% endblocktranslate %}{# {% translate "注" %} #}"""
    assert sorted(lint.msgids_of_template(text)) == sorted(
        ["50%%引き", "あ", "い", "%(n)s件 です", "一", "多"]
    )


def test_messages_of_a_module_are_found_by_the_names_of_gettext() -> None:
    source = '_("あ" "い")\ngettext_lazy("う")\nngettext("え", "お", n)\npgettext("場", "か")\nother("き")\n_(name)\n'
    assert lint.msgids_of_python(source) == [(1, "あい"), (2, "う"), (3, "え"), (3, "お"), (4, "か")]


def test_only_real_translations_count() -> None:
    po = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "あ"
msgstr "a"

msgid "い"
msgstr ""

#, fuzzy
msgid "う"
msgstr "u"

msgid "え%(n)s"
msgstr "e %(m)s"
"""
    assert lint.translated_in(po) == {"あ", "え%(n)s"}
    assert lint.broken_placeholders(po) == ["え%(n)s"]


# --- easy Japanese -----------------------------------------------------------------------------------
def _house(root: Path, *, template: str, easy: str) -> Path:
    page = root / "cats" / "templates" / "cats" / "portal" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text(template, encoding="utf-8")
    catalogue = root / "cats" / "locale" / "ja_Easy" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' + easy, encoding="utf-8"
    )
    return root


@pytest.mark.parametrize(
    ("easy", "finding"),
    [
        ("", "no easy Japanese for 「猫の%(name)sを登録」"),
        ('msgid "猫の%(name)sを登録"\nmsgstr "猫《ねこ》の%(name)sを登録する"\n', "no reading over 登録"),
        ('msgid "猫の%(name)sを登録"\nmsgstr "ねこの%(kind)s"\n', "placeholder unknown"),
        ('msgid "猫の%(name)sを登録"\nmsgstr "猫《ねこ》の%(name)sを登録《とうろく》する"\n', ""),
    ],
)
def test_easy_texts_are_asked_for_and_read(tmp_path: Path, easy: str, finding: str) -> None:
    from moyai.ui.lint_easy import lint_easy

    template = "{% blocktranslate %}猫の{{ name }}を登録{% endblocktranslate %}"
    found = lint_easy(_house(tmp_path, template=template, easy=easy))
    assert (finding in found[0]) if finding else found == []


def test_messages_given_under_another_name_of_gettext_are_found() -> None:
    source = (
        'from django.utils.translation import gettext_lazy as lazy\nTEXT = lazy("猫")\nOTHER = quiet("犬")\n'
    )
    assert [msgid for _line, msgid in lint.msgids_of_python(source)] == ["猫"]
