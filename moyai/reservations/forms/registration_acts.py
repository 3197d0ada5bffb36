"""Forms of 利用者登録 at the office: find, approve, renew, suspend, join, give points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.reservations.forms.registrations import relief_choices
from moyai.reservations.models import Penalty, Registration
from moyai.ui.public import CodeField, Form

REASON: Final = {"required": _("理由を入力してください。")}


class FilterForm(Form):
    """絞り込み — everything optional."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("利用者番号・氏名・フリガナ・電話番号"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("個人・団体"), required=False)
    resident_class = forms.ChoiceField(label=_("区分"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("kind", Registration.Kind.choices),
            ("resident_class", Registration.Class.choices),
        ):
            self.fields[name].choices = [("", _("すべて")), *choices]  # type: ignore[attr-defined]


class ReasonForm(Form):
    """A reason its reader gets to know."""

    reason = forms.CharField(
        label=_("理由"), max_length=200, error_messages=REASON, widget=forms.Textarea(attrs={"rows": 3})
    )


class ApproveForm(Form):
    """承認 — the class that was proved, until when, and that the candidates for doubles were looked at."""

    resident_class = forms.ChoiceField(
        label=_("区分"), choices=Registration.Class.choices, widget=forms.RadioSelect
    )
    class_until = DateBoxField(
        label=_("在勤・在学の証明の期限"),
        required=False,
        help_text=_("空欄にすると、決まりの月数になります。例：R8.4.1、+365"),
    )
    relief = forms.ChoiceField(label=_("減免区分"), required=False)
    looked_at_doubles = forms.BooleanField(label=_("重複の候補を確かめた"), required=False)

    def __init__(
        self,
        *args: Any,
        doubles: bool,
        with_relief: bool = True,
        reliefs: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relief"].choices = relief_choices(reliefs, self.initial.get("relief"))  # type: ignore[attr-defined]
        if not doubles:
            del self.fields["looked_at_doubles"]
        if not with_relief:
            del self.fields["relief"]


class RenewForm(Form):
    """更新 — a new proof, where the class needs one."""

    class_until = DateBoxField(
        label=_("在勤・在学の証明の期限"),
        required=False,
        help_text=_("空欄にすると、決まりの月数になります。例：R8.4.1、+365"),
    )


class SuspendForm(ReasonForm):
    until = DateBoxField(
        label=_("停止の終わりの日"), required=False, help_text=_("空欄にすると、再開するまで停止します。")
    )


class JoinForm(ReasonForm):
    """同じ方とする — the number of the other registration."""

    number = CodeField(label=_("もう一方の利用者番号"), length=12)

    field_order = ("number", "reason")


class PenaltyForm(Form):
    why = forms.ChoiceField(label=_("理由の種類"), choices=Penalty.Why.choices, widget=forms.RadioSelect)
    number = CodeField(
        label=_("予約番号"), length=12, required=False, help_text=_("予約についての違反点のとき。")
    )
    reason = forms.CharField(
        label=_("内容"),
        required=False,
        max_length=200,
        help_text=_("本人に見える言葉で書きます。決まりの違反では必ず入力します。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("why") == Penalty.Why.BREACH and not str(cleaned.get("reason", "")).strip():
            self.add_error("reason", gettext("内容を入力してください。"))
        return cleaned
