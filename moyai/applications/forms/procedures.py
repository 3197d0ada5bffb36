"""Forms of the procedures' pages: the facts of a procedure, a document, and the simple builder."""

from __future__ import annotations

import json
import unicodedata
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.applications.models import FormEdition, Procedure
from moyai.applications.rules.procedure_words import LANGUAGES, WORDS, field_name
from moyai.calendars.public import DateBoxField
from moyai.tenants.public import clock
from moyai.ui.public import Form, WholeNumberField

CODE = RegexValidator(
    r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$",
    _("英小文字で始め、英小文字・数字・ハイフンで3から40文字にしてください。"),
)
LARGEST_DOCUMENT = 1_000_000
CATEGORIES = (
    "戸籍・住民票",
    "くらし・環境",
    "子育て・教育",
    "健康・福祉",
    "税・納付",
    "しごと・事業",
    "講座・催し",
    "採用",
    "ご意見・アンケート",
    "そのほか",
)


class _Time(forms.CharField):
    """時刻 in 24 hours: 17:15, 1715, 24:00."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        digits = "".join(
            sign for sign in text.translate(str.maketrans("０１２３４５６７８９：", "0123456789:"))
        )
        hour, _colon, minute = digits.partition(":") if ":" in digits else (digits[:-2], "", digits[-2:])
        if not (hour.isdigit() and minute.isdigit() and int(hour) <= 24 and int(minute) <= 59):
            raise forms.ValidationError(gettext("時刻は「17:15」のように入力してください。"))
        return int(hour), int(minute)


class _Code(forms.CharField):
    """手続コード in any width and case: it is an address, written small."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return unicodedata.normalize("NFKC", text).strip().lower() if isinstance(text, str) else text


def _moment(day: date | None, at: tuple[int, int] | None) -> datetime | None:
    if day is None:
        return None
    hour, minute = at or (0, 0)
    if hour == 24:
        from datetime import timedelta

        return datetime.combine(day + timedelta(days=1), time(0, 0), tzinfo=clock.JST)
    return datetime.combine(day, time(hour, minute), tzinfo=clock.JST)


class ProcedureForm(Form):
    """手続の内容 — what the page of the procedure says, and how its applications are dealt with."""

    code = _Code(
        label=_("手続コード"),
        help_text=_("アドレスに使います。後から変えられません。例：bicycle-parking"),
        max_length=40,
        validators=[CODE],
        widget=forms.TextInput(attrs={"data-width": "code", "spellcheck": "false", "autocomplete": "off"}),
    )
    title = forms.CharField(label=_("手続きの名前"), max_length=100)
    summary = forms.CharField(
        label=_("ひとことの説明"),
        max_length=200,
        help_text=_("だれが、何のためにする手続きかを1文で書きます。"),
    )
    category = forms.ChoiceField(
        label=_("分類"), choices=[("", _("選択してください")), *((c, c) for c in CATEGORIES)]
    )
    section = forms.CharField(label=_("担当課"), max_length=60)
    contact = forms.CharField(
        label=_("問い合わせ先"),
        required=False,
        max_length=200,
        help_text=_("例：043-245-5111（内線1234）平日 午前9時から午後5時"),
    )
    audience = forms.CharField(label=_("対象"), required=False, max_length=200)
    to_prepare = forms.CharField(
        label=_("用意するもの"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("1行に1つずつ書きます。"),
    )
    fee_note = forms.CharField(label=_("手数料の説明"), required=False, max_length=200)
    minutes = WholeNumberField(
        label=_("入力にかかる時間"), low=1, high=600, widget=forms.TextInput(attrs={"data-suffix": _("分")})
    )
    elsewhere = forms.CharField(
        label=_("窓口・郵送の方法"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    legal_basis = forms.CharField(
        label=_("根拠"), required=False, max_length=200, help_text=_("例：住民基本台帳法第12条")
    )
    needs_review = forms.BooleanField(
        label=_("審査をする"),
        required=False,
        help_text=_("アンケートや先着の申込みのように、審査しない手続きは外します。"),
    )
    issues_letter = forms.BooleanField(label=_("決定を文書で通知する"), required=False)
    identity = forms.ChoiceField(
        label=_("申込みのしかた"), choices=Procedure.Identity.choices, widget=forms.RadioSelect
    )
    processing_days = WholeNumberField(
        label=_("標準処理期間"), low=0, high=365, widget=forms.TextInput(attrs={"data-suffix": _("日")})
    )
    processing_calendar = forms.ChoiceField(
        label=_("日数の数え方"), choices=Procedure.Calendar.choices, widget=forms.RadioSelect
    )
    appeal = forms.ChoiceField(label=_("教示"), choices=Procedure.Appeal.choices, widget=forms.RadioSelect)
    opens_on = DateBoxField(label=_("受付を始める日"), required=False)
    opens_time = _Time(
        label=_("受付を始める時刻"),
        required=False,
        help_text=_("例：9:00。空のときは0:00です。"),
        widget=forms.TextInput(attrs={"data-width": "number"}),
    )
    closes_on = DateBoxField(label=_("受付を終える日"), required=False)
    closes_time = _Time(
        label=_("受付を終える時刻"),
        required=False,
        help_text=_("例：17:15。この時刻になると受け付けません。24:00とも書けます。"),
        widget=forms.TextInput(attrs={"data-width": "number"}),
    )
    published = forms.BooleanField(label=_("手続きを公開する"), required=False)

    def __init__(self, *args: Any, procedure: Procedure | None = None, **kwargs: Any) -> None:
        if procedure is not None:
            kwargs.setdefault("initial", _initial(procedure))
        super().__init__(*args, **kwargs)
        if procedure is not None:
            del self.fields["code"]
            known = procedure.category
            if known and known not in CATEGORIES:
                self.fields["category"].choices = [*self.fields["category"].choices, (known, known)]  # type: ignore[attr-defined]
        else:
            del self.fields["published"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = (
            _moment(cleaned.get(f"{end}_on"), cleaned.get(f"{end}_time")) for end in ("opens", "closes")
        )
        if opens and closes and closes <= opens and not self.errors:
            self.add_error("closes_on", gettext("受付の終わりは、受付の始まりより後にしてください。"))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What `create_procedure` and `edit_procedure` take."""
        cleaned = dict(self.cleaned_data)
        for end in ("opens", "closes"):
            cleaned[f"{end}_at"] = _moment(cleaned.pop(f"{end}_on"), cleaned.pop(f"{end}_time"))
        cleaned.pop("code", None)
        return cleaned


def _initial(procedure: Procedure) -> dict[str, Any]:
    known = {name: getattr(procedure, name) for name in ProcedureForm.base_fields if hasattr(procedure, name)}
    for end in ("opens", "closes"):
        moment = getattr(procedure, f"{end}_at")
        if moment is not None:
            local = moment.astimezone(clock.JST)
            known |= {f"{end}_on": local.date(), f"{end}_time": f"{local:%H:%M}"}
    return known


LANGUAGE_NAMES = {"en": _("英語"), "ja-easy": _("やさしい日本語")}
_LONG_WORDS = ("summary", "audience", "to_prepare", "elsewhere")


def word_label(language: str, name: str) -> str:
    """ひとことの説明（英語）."""
    fact = ProcedureForm.base_fields[name].label
    return gettext("%(fact)s（%(language)s）") % {"fact": fact, "language": LANGUAGE_NAMES[language]}


class ProcedureWordsForm(Form):
    """外国語・やさしい日本語 — what the page of the procedure says, in the other languages. Blank: it stands in Japanese."""

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.said = {name: str(getattr(procedure, name)) for name in WORDS if getattr(procedure, name)}
        for name in self.said:
            for language in LANGUAGES:
                spoken = {"lang": "en" if language == "en" else "ja"}
                long = forms.Textarea(attrs=spoken | {"rows": 4})
                self.fields[field_name(language, name)] = forms.CharField(
                    label=word_label(language, name),
                    required=False,
                    initial=procedure.translations.get(language, {}).get(name, ""),
                    widget=long if name in _LONG_WORDS else forms.TextInput(attrs=spoken),
                )

    def rows(self) -> list[dict[str, Any]]:
        """Each fact: what it is called, its Japanese, and its fields."""
        return [
            {
                "label": ProcedureForm.base_fields[name].label,
                "japanese": text,
                "fields": [self[field_name(language, name)] for language in LANGUAGES],
            }
            for name, text in self.said.items()
        ]

    def facts(self) -> dict[str, Any]:
        """What `edit_procedure` takes. A fact of one line stays one."""
        made: dict[str, dict[str, str]] = {}
        for language in LANGUAGES:
            for name in self.said:
                text = self.cleaned_data[field_name(language, name)].replace("\r\n", "\n")
                if name not in ("to_prepare", "elsewhere"):
                    text = " ".join(text.split())
                if text:
                    made.setdefault(language, {})[name] = text
        return {"translations": made}


class DocumentForm(Form):
    """様式の版をJSONで — pasted, or as a file."""

    document = forms.CharField(
        label=_("様式のJSON"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "mo-mono"}),
    )
    file = forms.FileField(
        label=_("JSONのファイル"), required=False, help_text=_("選ぶと、上の欄の代わりに読み込みます。")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        upload = cleaned.get("file")
        if upload is not None:
            if upload.size > LARGEST_DOCUMENT:
                self.add_error("file", _("1MB以下のファイルにしてください。"))
                return cleaned
            try:
                text = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("文字コードをUTF-8にして保存したファイルにしてください。"))
                return cleaned
        else:
            text = cleaned.get("document") or ""
        if len(text) > LARGEST_DOCUMENT:
            self.add_error("document", _("1MB以下にしてください。"))
            return cleaned
        if not text.strip():
            self.add_error("document", _("様式のJSONを入力するか、ファイルを選んでください。"))
            return cleaned
        try:
            found = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", None)
            where = gettext("%(line)s行目を確かめてください。") % {"line": line} if line else ""
            self.add_error("document", gettext("JSONとして読み取れません。") + where)
            return cleaned
        if not isinstance(found, dict):
            self.add_error("document", _("様式は { で始まるJSONにしてください。"))
            return cleaned
        cleaned["found"] = found
        return cleaned


def _no_constant(name: str) -> Any:
    raise ValueError(name)


class PublishForm(Form):
    """公開 — and what becomes of those who are filling in the edition before."""

    policy = forms.ChoiceField(
        label=_("入力中の方の扱い"), choices=FormEdition.InFlight.choices, widget=forms.RadioSelect
    )
    until = DateBoxField(
        label=_("前の版で続けられる最後の日"),
        required=False,
        help_text=_("「前の版のまま続ける」を選んだときだけ使います。空のときは期限がありません。"),
    )
