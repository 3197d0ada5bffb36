"""条件と版の入力 — one more test joined to a condition, who may answer, and a trial of an edition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.applications.building import formulas
from moyai.applications.building.shape import Document, fields_of, named
from moyai.applications.forms.formula_fields import formula_words
from moyai.applications.rules import KINDS
from moyai.calendars.public import DateBoxField
from moyai.ui.public import Form


class TestForm(Form):
    """条件を足す — one more test, joined to those there are."""

    __test__ = False  # not a test of pytest

    joined = forms.ChoiceField(
        label=_("今の条件に"),
        choices=[("and", _("かつ（どちらも成り立つとき）")), ("or", _("または（どちらかが成り立つとき）"))],
    )
    asked = forms.ChoiceField(label=_("どの項目が"))
    how = forms.ChoiceField(
        label=_("どうなら"),
        choices=[
            ("＝", _("等しい")),
            ("≠", _("等しくない")),
            ("≧", _("以上・以後")),
            ("≦", _("以下・以前")),
            ("含む", _("含む（複数選択）")),
            ("答えがある", _("答えがある")),
            ("答えがない", _("答えがない")),
        ],
    )
    answer = forms.CharField(
        label=_("どの答え"),
        required=False,
        max_length=200,
        help_text=_("選択肢の言葉、数、日付（2026-04-01）、「はい」「いいえ」のどれか"),
    )

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        self.fields["asked"].choices = [  # type: ignore[attr-defined]
            (one["id"], label)
            for one, label in named(document)
            if KINDS[one["kind"]].answerable or one["kind"] == "calculated"
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        how, answer = cleaned.get("how", ""), (cleaned.get("answer") or "").strip()
        if not cleaned.get("asked"):
            return cleaned
        field = f"「{cleaned['asked']}」"
        if how in ("答えがある", "答えがない"):
            text = f"答えがある({field})" if how == "答えがある" else f"でない(答えがある({field}))"
        elif not answer:
            self.add_error("answer", _("どの答えのときかを入力してください。"))
            return cleaned
        else:
            plain = answer in ("はい", "いいえ") or answer[:1].isdigit() or answer in formulas.FACTS
            known = next(one for one in fields_of(self.document) if one["id"] == cleaned["asked"])
            chooses = known["kind"] in ("single_choice", "multiple_choice", "listed", "ranking")
            written = answer if plain and not chooses else f"『{answer}』"
            text = f"含む({field}, {written})" if how == "含む" else f"{field} {how} {written}"
        try:
            cleaned["test"] = formulas.read(text, self.document)
        except formulas.FormulaWrong as wrong:
            self.add_error("answer", formula_words(wrong))
        return cleaned

    def joined_to(self, before: Any) -> Any:
        """The condition there was, and this test."""
        test = self.cleaned_data["test"]
        if before is None:
            return test
        joined = self.cleaned_data["joined"]
        if isinstance(before, dict) and list(before) == [joined]:
            return {joined: [*before[joined], test]}
        return {joined: [before, test]}


class PeopleForm(Form):
    """申し込む人 — which fields say who applies, what a signature is compared with, what a blind review hides."""

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        applicant, signature = document.get("applicant", {}), document.get("signature", {})
        initial = {
            f"applicant_{role}": value if isinstance(value, list) else [value]
            for role, value in applicant.items()
        }
        initial |= {f"signature_{role}": value for role, value in signature.items()}
        kwargs.setdefault("initial", initial | {"blind": document.get("blind", [])})
        super().__init__(*args, **kwargs)
        known = named(document)

        def of(*kinds: str) -> Sequence[tuple[str, str]]:
            return [(one["id"], label) for one, label in known if not kinds or one["kind"] in kinds]

        roles = {
            "name": (_("氏名"), ("name", "text")),
            "kana": (_("フリガナ"), ("kana",)),
            "born_on": (_("生年月日"), ("date",)),
            "address": (_("住所"), ("address",)),
            "phone": (_("電話番号"), ("phone",)),
            "mail": (_("メールアドレス"), ("mail",)),
        }
        for role, (label, kinds) in roles.items():
            self.fields[f"applicant_{role}"] = forms.MultipleChoiceField(
                label=_("申し込む人の%(what)s") % {"what": label},
                choices=of(*kinds),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for role in ("name", "born_on", "address"):
            label, kinds = roles[role]
            self.fields[f"signature_{role}"] = forms.ChoiceField(
                label=_("署名と照らす%(what)s") % {"what": label},
                choices=[("", _("照らさない")), *of(*kinds)],
                required=False,
            )
        self.fields["blind"] = forms.MultipleChoiceField(
            label=_("伏せた審査で見せない項目"),
            choices=of(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def put_into(self, document: Document) -> None:
        cleaned = self.cleaned_data
        roles = ("name", "kana", "born_on", "address", "phone", "mail")
        applicant = {role: cleaned[f"applicant_{role}"] for role in roles if cleaned[f"applicant_{role}"]}
        signature = {
            role: cleaned[f"signature_{role}"]
            for role in ("name", "born_on", "address")
            if cleaned[f"signature_{role}"]
        }
        single = {role: ids[0] if len(ids) == 1 else ids for role, ids in applicant.items()}
        for key, value in (("applicant", single), ("signature", signature), ("blind", cleaned["blind"])):
            if value:
                document[key] = value
            else:
                document.pop(key, None)


class TryForm(Form):
    """試す — answers, the day on which they come, and what the form is given."""

    document = forms.CharField(
        label=_("答えのJSON"),
        initial="{}",
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "mo-mono"}),
    )
    on = DateBoxField(label=_("申込みの日"), required=False, help_text=_("空のときは今日です。"))
    given = forms.CharField(
        label=_("渡される値のJSON"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mo-mono"}),
    )

    def clean(self) -> dict[str, Any]:
        import json

        cleaned = super().clean() or self.cleaned_data
        for name in ("document", "given"):
            text = cleaned.get(name) or "{}"
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                self.add_error(name, _("JSONとして読み取れません。"))
                continue
            if not isinstance(found, dict):
                self.add_error(name, _("{ で始まるJSONにしてください。"))
            cleaned[f"{name}_found"] = found
        return cleaned
