"""What a person entrusts to the account: every field may stay empty, so nobody says more than wanted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.people.dates import birth_date_field
from moyai.people.models import Profile
from moyai.people.rules import corporate_number_ok
from moyai.ui.public import CodeField, Form, KanaField, MailField, NameField, PhoneField, PostalCodeField

PREFECTURES = tuple(
    """
    北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県
    石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県
    岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
    """.split()  # noqa: SIM905  (a list of 47 quoted words reads worse)
)  # 全国地方公共団体コード順


def _text(label: Any, length: int, autocomplete: str = "off") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"}),
    )


class DetailsForm(Form):
    """本人情報 — the A票 of DS-451-1. `given` says whether the owner agreed before."""

    kind = forms.ChoiceField(
        label=_("どなたの情報ですか"),
        choices=Profile.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("個人か、法人・団体かを選んでください。")},
    )
    name = NameField(label=_("氏名"), max_length=100, required=False)
    kana = KanaField(label=_("氏名（フリガナ）"), max_length=100, required=False)
    postal_code = PostalCodeField(label=_("郵便番号"), required=False)
    prefecture = forms.ChoiceField(
        label=_("都道府県"),
        required=False,
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
        choices=[("", _("選択してください")), *((name, name) for name in PREFECTURES)],
    )
    city = _text(_("市区町村"), 60, "address-level2")
    street = _text(_("町名・番地"), 200, "street-address")
    building = _text(_("建物名・部屋番号"), 200, "address-line2")
    phone = PhoneField(label=_("電話番号"), required=False)
    email = MailField(label=_("連絡先のメールアドレス"), required=False, max_length=254)
    firm_name = _text(_("法人・団体の名称"), 150, "organization")
    firm_kana = KanaField(label=_("法人・団体の名称（フリガナ）"), max_length=150, required=False)
    corporate_number = CodeField(
        label=_("法人番号"), help_text=_("13桁の数字。国税庁の通知書にあります。"), length=13, required=False
    )
    representative = _text(_("代表者の氏名"), 100)
    agree = forms.BooleanField(label=_("この情報をアカウントに残し、手続きの入力に使うことに同意する"))

    def __init__(self, *args: Any, today: date, given: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["born_on"] = birth_date_field(
            label=_("生年月日"), required=False, autocomplete="bday", latest=today, today=today
        )
        if given:
            del self.fields["agree"]

    def clean_corporate_number(self) -> str:
        number: str = self.cleaned_data["corporate_number"]
        if number and not corporate_number_ok(number):
            raise forms.ValidationError(_("法人番号が1文字違う可能性があります。番号を確かめてください。"))
        return number

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("kind") == Profile.Kind.FIRM and not answers.get("firm_name"):
            if "firm_name" not in self.errors:
                self.add_error("firm_name", _("法人・団体の名称を入力してください。"))
        elif (
            answers.get("kind") == Profile.Kind.PERSON
            and not answers.get("name")
            and "name" not in self.errors
        ):
            self.add_error("name", _("氏名を入力してください。"))
        return answers

    def details(self) -> dict[str, Any]:
        """What is kept: every fact of the profile, blank where nothing was given."""
        return {name: self.cleaned_data.get(name) or _blank(name) for name in Profile.FACTS}

    def groups(self) -> list[dict[str, Any]]:
        """The fields under their headings, in the order of the page."""
        return [
            {"title": title, "fields": [self[name] for name in names if name in self.fields]}
            for title, names in (
                ("", ("kind",)),
                (_("氏名・生年月日"), ("name", "kana", "born_on")),
                (_("住所"), ("postal_code", "prefecture", "city", "street", "building")),
                (_("連絡先"), ("phone", "email")),
                (
                    _("法人・団体の情報"),
                    ("firm_name", "firm_kana", "corporate_number", "representative"),
                ),
                (_("同意"), ("agree",)),
            )
            if any(name in self.fields for name in names)
        ]


def _blank(name: str) -> Any:
    return None if name == "born_on" else ""
