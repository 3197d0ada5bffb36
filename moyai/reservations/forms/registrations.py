"""Forms of 利用者登録: what residents and the counter tell of a person or a group, and what staff decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField, DateRefused, WarekiPartsField, parse_date, wareki
from moyai.reservations.actions.registration_facts import Facts, MemberFacts
from moyai.reservations.models import Registration
from moyai.ui.public import (
    CodeField,
    Form,
    KanaField,
    MailField,
    NameField,
    PhoneField,
    PostalCodeField,
    Unreadable,
    kana,
    name_as_given,
)

MOST_MEMBERS: Final = 300
INSIDE: Final = {"市内": True, "在住": True, "在勤": True, "在学": True, "○": True, "市外": False, "×": False}


def _name(label: Any, **more: Any) -> NameField:
    return NameField(label=label, max_length=100, **more)


def relief_choices(reliefs: Sequence[tuple[str, str]], had: str | None) -> list[tuple[str, Any]]:
    """None, those of the policies, and the one that the registration has though no policy gives it any more."""
    past = [(had, had)] if had and had not in dict(reliefs) else []
    return [("", _("なし")), *reliefs, *past]


class FactsForm(Form):
    """利用者登録の内容 — `kind` decides what is asked; `staff` types at the counter in one box per date."""

    name = _name(_("氏名"))
    kana = KanaField(label=_("氏名（フリガナ）"), max_length=200)
    representative = _name(_("代表者の氏名"))
    representative_kana = KanaField(label=_("代表者の氏名（フリガナ）"), max_length=200)
    postal_code = PostalCodeField(label=_("郵便番号"), required=False)
    address = forms.CharField(
        label=_("住所"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address", "data-width": "full"}),
    )
    phone = PhoneField(label=_("電話番号"))
    email = MailField(
        label=_("メールアドレス"),
        required=False,
        help_text=_("承認の結果や、期限のお知らせを送ります。"),
    )
    resident_class = forms.ChoiceField(
        label=_("区分"),
        choices=Registration.Class.choices,
        widget=forms.RadioSelect,
        help_text=_("在勤・在学の方は、証明するものを窓口で見せてください。"),
    )
    relief = forms.ChoiceField(label=_("減免区分"), required=False)
    people = forms.CharField(
        label=_("構成員"),
        max_length=20_000,
        help_text=_(
            "1行に1人、「氏名、フリガナ、生年月日、市内または市外」の順に入力します。代表者も入れてください。"
            "例：千葉 花子、チバ ハナコ、昭和60年4月2日、市内"
        ),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        kind: str,
        today: date,
        staff: bool = False,
        reliefs: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.today = kind, today
        group = kind == Registration.Kind.GROUP
        label = _("代表者の生年月日") if group else _("生年月日")
        self.fields["born_on"] = (
            DateBoxField(label=label, today=today)
            if staff
            else WarekiPartsField(label=label, required=True, today=today, autocomplete="bday")
        )
        if group:
            self.fields["name"].label = _("団体の名称")
            self.fields["name"].widget.attrs["autocomplete"] = "organization"
            self.fields["kana"].label = _("団体の名称（フリガナ）")
        else:
            for name in ("representative", "representative_kana", "people"):
                del self.fields[name]
        if staff:
            self.fields["relief"].choices = relief_choices(reliefs, self.initial.get("relief"))  # type: ignore[attr-defined]
        else:
            del self.fields["relief"]
        self.order_fields(
            [
                "name", "kana", "representative", "representative_kana", "born_on", "postal_code", "address",
                "phone", "email", "resident_class", "relief", "people",
            ]
        )  # fmt: skip

    def clean_people(self) -> tuple[MemberFacts, ...]:
        lines = [line for line in str(self.cleaned_data["people"]).splitlines() if line.strip()]
        if len(lines) > MOST_MEMBERS:
            raise ValidationError(gettext("構成員は%(most)s人までです。") % {"most": MOST_MEMBERS})
        return tuple(self._member(number, line) for number, line in enumerate(lines, 1))

    def _member(self, number: int, line: str) -> MemberFacts:
        parts = [part.strip() for part in re.split(r"[、,，\t]", line)]
        where = {"number": number}
        if len(parts) < 3:
            raise ValidationError(
                gettext("%(number)s行目：氏名、フリガナ、生年月日を「、」で区切ってください。") % where
            )
        try:
            name, reading = name_as_given(parts[0]), kana(parts[1])
        except Unreadable:
            raise ValidationError(
                gettext("%(number)s行目：氏名とフリガナ（カタカナ）を確かめてください。") % where
            ) from None
        try:
            born_on = parse_date(parts[2], today=self.today).on
        except DateRefused:
            raise ValidationError(
                gettext("%(number)s行目：生年月日は「平成2年4月1日」か「1990-04-01」の形で入力してください。")
                % where
            ) from None
        if born_on > self.today or len(name) > 100:
            raise ValidationError(gettext("%(number)s行目：生年月日と氏名を確かめてください。") % where)
        place = parts[3] if len(parts) > 3 and parts[3] else "市内"
        if place not in INSIDE:
            raise ValidationError(gettext("%(number)s行目：最後は「市内」か「市外」にしてください。") % where)
        return MemberFacts(name, reading, born_on, INSIDE[place])

    def facts(self) -> Facts:
        """What was told, for the action."""
        given = self.cleaned_data
        return Facts(
            kind=self.kind,
            name=given["name"],
            kana=given["kana"],
            representative=given.get("representative") or "",
            representative_kana=given.get("representative_kana") or "",
            born_on=given["born_on"],
            postal_code=given.get("postal_code") or "",
            address=given["address"].strip(),
            phone=given["phone"],
            email=given.get("email") or "",
            resident_class=given["resident_class"],
            relief=given.get("relief") or "",
            members=given.get("people") or (),
        )


def written_members(members: tuple[MemberFacts, ...]) -> str:
    """構成員 as they are typed: one line for each."""
    return "\n".join(
        "、".join(
            (one.name, one.kana, wareki(one.born_on) if one.born_on else "", "市内" if one.inside else "市外")
        )
        for one in members
    )


def first_answers(facts: Facts) -> dict[str, Any]:
    """Facts as the form shows them."""
    shown = {
        name: getattr(facts, name)
        for name in (
            "name", "kana", "representative", "representative_kana", "born_on", "postal_code", "address", "phone",
            "email", "resident_class", "relief",
        )
    }  # fmt: skip
    return shown | {"people": written_members(facts.members)}


class ClaimForm(Form):
    """窓口での登録を自分のアカウントで使う — number, birthday and phone as they were given at the counter."""

    number = CodeField(
        label=_("利用者番号"), length=12, help_text=_("利用者証や承認のお知らせにある12桁の数字です。")
    )
    phone = PhoneField(label=_("電話番号"), help_text=_("登録したときの電話番号です。"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["born_on"] = WarekiPartsField(
            label=_("生年月日（団体は代表者）"), required=True, today=today, autocomplete="bday"
        )
        self.order_fields(["number", "born_on", "phone"])
