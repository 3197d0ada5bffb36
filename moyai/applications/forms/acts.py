"""Small forms: inquiry and resume of residents, the acts of staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.applications import flow
from moyai.applications.rules import SummarySection
from moyai.applications.secrets import as_typed
from moyai.applications.wording import with_rows
from moyai.calendars.public import DateBoxField
from moyai.ui.public import Form


class InquiryForm(Form):
    """申込内容の照会 — 整理番号 and パスワード, in any width, with or without hyphens."""

    number = forms.CharField(
        label=_("整理番号"),
        help_text=_("12桁の数字です。控えと受付のメールにあります。"),
        max_length=40,
        error_messages={"required": _("整理番号を入力してください。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("パスワード"),
        help_text=_("10文字の英数字です。控えにあります。大文字と小文字は区別しません。"),
        max_length=40,
        error_messages={"required": _("パスワードを入力してください。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_number(self) -> str:
        return as_typed(self.cleaned_data["number"])


class ResumeForm(Form):
    """続きから入力する — the code shown when the answers were saved."""

    code = forms.CharField(
        label=_("再開用の番号"),
        help_text=_("保存したときに画面に出た8桁の数字です。"),
        max_length=20,
        error_messages={"required": _("再開用の番号を入力してください。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ReasonForm(Form):
    """A reason: of 不受理, 差戻し, 取下げ."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=2000,
        error_messages={"required": _("理由を入力してください。")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, required: bool = True, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
        self.fields["reason"].help_text = help_text


class DecisionForm(Form):
    """決定 — no default; the reason is needed for what is adverse (行政手続法 第8条)."""

    kind = forms.ChoiceField(
        label=_("決定"),
        choices=[(kind, _(flow.OUTCOME_WORDS[kind].staff)) for kind in flow.DECISIONS],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("決定を選んでください。"),
            "invalid_choice": _("決定を選んでください。"),
        },
    )
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("却下・一部承認では必ず入力します。事実、根拠の条文、当てはめの順に書いてください。"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") in flow.ADVERSE and not str(cleaned.get("reason", "")).strip():
            self.add_error("reason", _("理由を入力してください。"))
        return cleaned


def _named(sections: Sequence[SummarySection], correctable: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The fields that can be corrected: path → (label with its row, value)."""
    allowed = set(correctable)
    return {
        row.path: (with_rows(row.rows, row.label), row.value)
        for section in sections
        for row in section.rows
        if row.path in allowed
    }


class CorrectionFieldsForm(Form):
    """補正の依頼, first step — tick the fields."""

    paths = forms.MultipleChoiceField(
        label=_("補正する項目"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("補正する項目を1つ以上選んでください。"),
            "invalid_choice": _("補正する項目を1つ以上選んでください。"),
        },
    )

    def __init__(
        self, *args: Any, sections: Sequence[SummarySection], correctable: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paths"].choices = [  # type: ignore[attr-defined]
            (path, f"{label}（{value or '—'}）")
            for path, (label, value) in _named(sections, correctable).items()
        ]


class CorrectionForm(Form):
    """補正の依頼, second step — what is to be corrected in each ticked field, and until when."""

    message = forms.CharField(
        label=_("全体への説明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    deadline_on = DateBoxField(label=_("期限"))

    def __init__(
        self,
        *args: Any,
        sections: Sequence[SummarySection],
        correctable: Iterable[str],
        paths: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known = _named(sections, correctable)
        self.asked = [path for path in dict.fromkeys(paths) if path in known]
        self.labels = {path: known[path][0] for path in self.asked}
        for at, path in enumerate(self.asked):
            self.fields[f"words_{at}"] = forms.CharField(
                label=_("「%(label)s」をどう直すか") % {"label": self.labels[path]},
                help_text=_("今の内容：%(value)s") % {"value": known[path][1] or "—"},
                max_length=500,
                error_messages={"required": _("どこをどう直すかを入力してください。")},
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.order_fields([*(f"words_{at}" for at in range(len(self.asked))), "message", "deadline_on"])

    def items(self) -> list[tuple[str, str, str]]:
        """(path, label, words) of the ticked fields."""
        return [
            (path, self.labels[path], str(self.cleaned_data[f"words_{at}"]).strip())
            for at, path in enumerate(self.asked)
        ]


class AssignForm(Form):
    """担当を決める."""

    assignee = forms.ChoiceField(label=_("担当"), required=False)

    def __init__(self, *args: Any, staff: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = dict(staff)
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            ("", _("未割当")),
            *((str(number), name) for number, name in staff),
        ]

    def chosen(self) -> tuple[int, str] | None:
        text = self.cleaned_data["assignee"]
        return (int(text), self.staff[int(text)]) if text else None


class NoteForm(Form):
    text = forms.CharField(
        label=_("メモ"),
        help_text=_("職員だけが見ます。申請した方には見えません。"),
        max_length=4000,
        error_messages={"required": _("メモを入力してください。")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # int() takes no ², the database no more


class BulkForm(Form):
    """まとめて行う — which applications, and what."""

    act = forms.ChoiceField(
        label=_("まとめて行うこと"),
        choices=[
            ("assign", _("担当を決める")),
            ("accept", _("受理する")),
            ("decide", _("承認と決定する")),
            ("complete", _("完了にする")),
        ],
        error_messages={"required": _("まとめて行うことを選んでください。")},
    )
    chosen = forms.MultipleChoiceField(
        label=_("対象"),
        error_messages={"required": _("対象を1件以上選んでください。")},
        widget=forms.CheckboxSelectMultiple,
    )
    assignee = forms.ChoiceField(label=_("担当にする職員"), required=False)

    def __init__(
        self, *args: Any, staff: Sequence[tuple[int, str]], acts: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.staff = dict(staff)
        choices = list(self.fields["act"].choices)  # type: ignore[attr-defined]
        self.fields["act"].choices = [choice for choice in choices if choice[0] in acts]  # type: ignore[attr-defined]
        self.fields["assignee"].choices = [  # type: ignore[attr-defined]
            ("", _("未割当")),
            *((str(number), name) for number, name in staff),
        ]
        numbers = self.data.getlist("chosen") if self.is_bound else []  # type: ignore[attr-defined]
        self.fields["chosen"].choices = [(number, number) for number in numbers if _is_id(number)][:200]  # type: ignore[attr-defined]

    def who(self) -> tuple[int, str] | None:
        text = self.cleaned_data["assignee"]
        return (int(text), self.staff[int(text)]) if text else None
