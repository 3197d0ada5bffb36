"""What the examples page shows: each component in all states, with the words of a real counter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.ui.charts import Series, bar_chart, line_chart
from moyai.ui.forms import (
    AmountField,
    CodeField,
    DateParts,
    Form,
    KanaField,
    MailField,
    NameField,
    PhoneField,
    PostalCodeField,
    WholeNumberField,
)

WHEN = datetime(2026, 4, 1, 1, 5, tzinfo=UTC)


class ExampleForm(Form):
    name = NameField(label=gettext_lazy("氏名"), help_text=gettext_lazy("戸籍のとおりに入力してください。"))
    kana = KanaField(label=gettext_lazy("氏名（フリガナ）"))
    born_on = forms.CharField(label=gettext_lazy("生年月日"), widget=DateParts({"autocomplete": "bday"}))
    postal_code = PostalCodeField(label=gettext_lazy("郵便番号"), help_text=gettext_lazy("例：260-0013"))
    phone = PhoneField(label=gettext_lazy("電話番号"), required=False)
    mail = MailField(label=gettext_lazy("メールアドレス"), required=False)
    copies = WholeNumberField(label=gettext_lazy("通数"), low=1, high=10)
    price = AmountField(label=gettext_lazy("金額"), required=False)
    number = CodeField(label=gettext_lazy("整理番号"), length=12, required=False)
    secret = forms.CharField(label=gettext_lazy("パスワード"), widget=forms.PasswordInput, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("種類"),
        choices=[("whole", gettext_lazy("世帯全員の写し")), ("part", gettext_lazy("世帯の一部の写し"))],
        widget=forms.RadioSelect,
    )
    items = forms.MultipleChoiceField(
        label=gettext_lazy("記載する事項"),
        help_text=gettext_lazy("あてはまるものをすべて選んでください。"),
        choices=[
            ("head", gettext_lazy("世帯主との続柄")),
            ("domicile", gettext_lazy("本籍・筆頭者")),
            ("before", gettext_lazy("前の住所")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    ward = forms.ChoiceField(
        label=gettext_lazy("区"),
        choices=[
            ("", gettext_lazy("選択してください")),
            ("1", gettext_lazy("中央区")),
            ("2", gettext_lazy("花見川区")),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("使いみち"), widget=forms.Textarea, max_length=120, required=False
    )
    paper = forms.FileField(
        label=gettext_lazy("本人確認書類の写し"),
        help_text=gettext_lazy("JPEG、PNG、PDF。1件10MBまで。"),
        required=False,
    )
    agree = forms.BooleanField(label=gettext_lazy("記載した内容は事実と相違ありません"))


WRONG = {
    "name": "千葉 花子",
    "kana": "千葉花子",
    "born_on_era": "令和",
    "born_on_year": "8",
    "postal_code": "26000",
    "phone": "043",
    "mail": "hanako@gmial.com",
    "copies": "12",
    "price": "1.5",
    "number": "1234",
    "reason": "勤務先に提出するため。" * 12,
}

STATES = [
    ("neutral", gettext_lazy("下書き")),
    ("progress", gettext_lazy("審査中")),
    ("attention", gettext_lazy("補正待ち")),
    ("good", gettext_lazy("許可")),
    ("bad", gettext_lazy("不許可")),
    ("locked", gettext_lazy("封印中")),
]


def examples() -> dict[str, Any]:
    """The context of `ui/examples.html`."""
    states = [{"kind": kind, "word": str(word)} for kind, word in STATES]
    months = [_("%(month)s月") % {"month": month} for month in (4, 5, 6, 7, 8, 9)]
    wrong = ExampleForm(WRONG, prefix=None, auto_id="wrong_%s")
    return {
        "service": _("画面の部品"),
        "crumbs": [(_("トップページ"), "/"), (_("画面の部品"), None)],
        "menu": [
            {
                "heading": _("電子申請"),
                "entries": [
                    {"label": _("受付箱"), "url": "#table", "count": 12, "current": True},
                    {"label": _("手続き"), "url": "#form", "count": 0, "current": False},
                ],
            },
            {"heading": _("共通"), "entries": [{"label": _("統計"), "url": "#chart", "current": False}]},
        ],
        "states": states,
        "empty_form": ExampleForm(auto_id="empty_%s"),
        "wrong_form": wrong,
        "filter_form": FilterForm(auto_id="filter_%s"),
        "steps": [_("案内"), _("入力"), _("確認"), _("完了")],
        "tasks": [
            {"label": _("申込者の情報"), "url": "#task", "word": _("完了")},
            {"label": _("必要な書類"), "url": "#task", "state": {"kind": "progress", "word": _("入力中")}},
            {"label": _("内容の確認"), "word": _("まだ開始できません")},
        ],
        "summary": [
            {"key": _("氏名"), "value": "千葉 花子", "url": "#summary"},
            {"key": _("住所"), "value": "千葉市中央区千葉港1-1", "url": "#summary"},
            {"key": _("電話番号"), "value": "", "url": "#summary"},
            {"key": _("状態"), "state": states[1]},
        ],
        "panel_rows": [
            {"key": _("整理番号"), "number": "120348571926"},
            {"key": _("パスワード"), "code": "K7RM-4T2X"},
            {"key": _("受付日時"), "value": _("令和8年4月1日（水）午前10時5分12秒")},
        ],
        "cards": [
            {
                "title": _("住民票の写しの交付申請"),
                "url": "#cards",
                "facts": [
                    {"key": _("手数料"), "value": _("1通300円")},
                    {"key": _("結果まで"), "value": _("3開庁日")},
                ],
                "state": {"kind": "progress", "word": _("受付中")},
            },
            {
                "title": _("犬の登録"),
                "url": "#cards",
                "facts": [
                    {"key": _("手数料"), "value": _("1頭3,000円")},
                    {"key": _("結果まで"), "value": _("5開庁日")},
                ],
                "state": {"kind": "neutral", "word": _("受付終了")},
            },
        ],
        "table": {
            "caption": _("申請 3件（期限の早い順）"),
            "columns": [
                {"label": _("整理番号")},
                {"label": _("手続き"), "url": "?sort=name"},
                {"label": _("期限"), "url": "?sort=due", "sorted": "ascending"},
                {"label": _("状態")},
                {"label": _("手数料（円）"), "numeric": True},
            ],
            "rows": [
                {
                    "cells": [
                        {"text": "1203-4857-1926", "url": "#table"},
                        _("住民票の写し"),
                        "R8.4.3",
                        {"state": states[2]},
                        600,
                    ],
                    "late": True,
                },
                [
                    {"text": "1203-4857-1934", "url": "#table"},
                    _("犬の登録"),
                    "R8.4.8",
                    {"state": states[1]},
                    12000,
                ],
                [
                    {"text": "1203-4857-1942", "url": "#table"},
                    _("アンケート"),
                    "",
                    {"state": states[3]},
                    None,
                ],
            ],
            "foot": [[_("合計"), "", "", "", 12600]],
            "cards": True,
        },
        "chips": [{"label": _("状態＝補正待ち"), "url": "#filter"}],
        "tabs": [
            {"label": _("内容"), "url": "#tabs", "current": True},
            {"label": _("添付"), "url": "#tabs", "count": 2},
            {"label": _("経過"), "url": "#tabs"},
        ],
        "timeline": [
            {
                "act": _("補正を依頼しました"),
                "at": WHEN,
                "by": _("市民課 佐藤"),
                "note": _("氏名の読みを確かめてください。"),
            },
            {"act": _("申込みを受け付けました"), "at": WHEN, "by": _("システム")},
        ],
        "acts": [
            {"label": _("担当を決める"), "value": "assign"},
            {"label": _("出力する"), "value": "export"},
        ],
        "identity": [
            {"key": _("生年月日"), "value": _("昭和45年3月2日（56歳）")},
            {"key": _("整理番号"), "value": "1203-4857-1926"},
            {"key": _("期限"), "value": _("4月15日（水）")},
        ],
        "files": [
            {
                "name": "menkyo.jpg",
                "size": "1.2MB",
                "state": {"kind": "good", "word": _("添付済")},
                "remove_url": "#files",
            },
            {"name": "shashin.heic", "size": "2.0MB", "state": {"kind": "progress", "word": _("確認中")}},
            {
                "name": "ooki.pdf",
                "size": "12MB",
                "state": {"kind": "bad", "word": _("受け付けられません")},
                "why": _("ooki.pdfは12MBです。10MB以下にして、添付し直してください。"),
            },
        ],
        "figures": [
            {"label": _("申請"), "value": 12345, "unit": _("件"), "note": _("前年同月より8％増")},
            {"label": _("未処理"), "value": 12, "unit": _("件"), "url": "#figures"},
            {"label": _("前月との差"), "value": -340, "unit": _("件")},
        ],
        "bars": bar_chart(
            finding=_("申請は千葉市が最も多く、松戸市の約2倍です。"),
            title=_("団体別の申請件数"),
            labels=["千葉市", "松戸市", "船橋市", "東葛中部地区総合開発事務組合"],
            series=[
                Series(_("今年度"), [12345, 6120, 5980, None]),
                Series(_("前年度"), [11200, 6010, 5100, 40], quiet=True),
            ],
            unit=_("件"),
            source=_("受付の記録"),
            as_of=_("令和8年9月30日"),
        ),
        "lines": line_chart(
            finding=_("申請は6月に最も多くなりました。"),
            title=_("月別の申請件数"),
            labels=months,
            series=[
                Series(_("千葉市"), [820, 940, 1310, 1010, None, 980]),
                Series(_("松戸市"), [410, 520, 640, 500, 480, 470]),
                Series(_("船橋市"), [400, 500, 610, 480, 450, 460]),
            ],
            unit=_("件"),
            note=_("8月の千葉市は欠測です。"),
        ),
    }


class FilterForm(Form):
    state = forms.ChoiceField(
        label=gettext_lazy("状態"),
        required=False,
        choices=[("", gettext_lazy("すべて")), ("1", gettext_lazy("補正待ち"))],
    )
    words = forms.CharField(label=gettext_lazy("ことば"), required=False)
