"""窓口の入力 — find and filter bookings, book for somebody who came, reasons, blocks. What is possible the actions decide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.calendars.public import DateBoxField
from moyai.reservations.forms.booking import EVERY_WORDS, ChangeForm, Choices
from moyai.reservations.forms.registration_acts import REASON, ReasonForm
from moyai.reservations.rules.rooms import clock_face
from moyai.ui.public import AmountField, CodeField, Form, WholeNumberField

MOST_WEEKS: Final = 52


class MinuteField(forms.CharField):
    """時刻 in any width, as minutes of the day: 9:00, 09時30分, 24:00."""

    def prepare_value(self, value: Any) -> Any:
        return clock_face(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = unicodedata.normalize("NFKC", str(super().clean(value) or "")).strip()
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,2})(?::|時)(\d{2})?分?", text) or re.fullmatch(r"(\d{1,2})(\d{2})", text)
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found and int(found[2] or 0) < 60 else -1
        if not 0 <= minutes <= 1440:
            raise forms.ValidationError(_("時刻を「9:00」のように入力してください。"))
        return minutes


class _Filter(Form):
    """絞り込み — everything optional."""

    facility = forms.TypedChoiceField(label=lazy("施設"), required=False, coerce=int, empty_value=None)

    def __init__(
        self, *args: Any, facilities: Choices, today: date, every: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["facility"].choices = [("", _("すべて")), *facilities] if every else [*facilities]
        if "day" in fields:
            fields["day"].today = today


class DayForm(_Filter):
    """施設と日."""

    day = DateBoxField(label=lazy("利用日"), required=False, help_text=lazy("例：R8.12.5、12/5、明日"))


class ListForm(_Filter):
    view = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=lazy("予約番号・利用者番号・氏名・フリガナ・電話番号"), required=False, max_length=100
    )
    day = DateBoxField(label=lazy("利用日"), required=False)
    state = forms.ChoiceField(label=lazy("状態"), required=False)

    field_order = ("q", "facility", "day", "state")

    def __init__(self, *args: Any, states: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["state"].choices = [("", _("すべて")), *states]


class FacilityForm(_Filter):
    """施設 of a list with views."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)


class FindForm(Form):
    """利用者をさがす."""

    q = forms.CharField(
        label=lazy("利用者番号・氏名・フリガナ・電話番号"),
        max_length=100,
        error_messages={"required": lazy("番号か、名前の初めを入力してください。")},
    )


class CounterForm(ChangeForm):
    """窓口での予約 — as a resident books; again and again if wanted; with a reason where a rule is to be set aside."""

    weeks = WholeNumberField(
        label=lazy("くり返す回数"),
        help_text=lazy("同じ時間で続けて予約するときの、1回目を含めた回数です。"),
        required=False,
        low=1,
        high=MOST_WEEKS,
    )
    every = forms.ChoiceField(
        label=lazy("くり返し方"), choices=list(EVERY_WORDS.items()), required=False, initial="week"
    )
    skip = forms.BooleanField(
        label=lazy("予約できない日を除いて予約する"),
        help_text=lazy("選ばないときは、すべての日が取れるときだけ予約します。"),
        required=False,
    )
    reason = forms.CharField(
        label=lazy("特例の理由"),
        help_text=lazy("決まりに合わない予約を、別の決裁者に伺うときに入力します。"),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = ("weeks", "every", "skip", "reason")
        self.order_fields([*(name for name in self.fields if name not in last), *last])


class GiveForm(ChangeForm):
    """仮押えを予約にする — for whom, and what for."""

    number = CodeField(label=lazy("利用者番号"), length=12)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["number", "unit", "day", "starts", "ends", "purpose", "people", "title"])


class NoteForm(Form):
    reason = forms.CharField(
        label=lazy("備考"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ExcuseForm(ReasonForm):
    why = forms.ChoiceField(
        label=lazy("免除の理由の種類"),
        choices=[("weather", lazy("天候・災害")), ("facility", lazy("施設の都合"))],
        widget=forms.RadioSelect,
    )

    field_order = ("why", "reason")


class CancelForm(Form):
    """取消し — whose reasons decide what is given back."""

    why = forms.ChoiceField(
        label=lazy("取消しの理由の種類"),
        choices=[
            ("own", lazy("利用者の都合")),
            ("weather", lazy("天候・災害")),
            ("facility", lazy("施設の都合")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=lazy("理由"),
        help_text=lazy("利用者に知らせます。利用者の都合のときは、なくてもかまいません。"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("why") not in (None, "own") and not str(found.get("reason", "")).strip():
            self.add_error("reason", _("理由を入力してください。"))
        return found


class RefundForm(ReasonForm):
    yen = AmountField(label=lazy("取消料から返す金額"), limit_yen=100_000_000)

    field_order = ("yen", "reason")


class ExtendForm(Form):
    minutes = WholeNumberField(
        label=lazy("延長の合計（分）"),
        help_text=lazy("予約の終わりから何分延ばすかを入力します。0にすると延長を取り消します。"),
        low=0,
        high=240,
    )


class AnswerForm(Form):
    """決裁 — the answer; not granting needs one."""

    answer = forms.CharField(
        label=lazy("決裁の意見"),
        help_text=lazy("承認しないときは必ず入力します。利用者に知らせることがあります。"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BlockForm(Form):
    """保守・休止、仮押え — a unit from–to on a day, or every week."""

    kind = forms.ChoiceField(
        label=lazy("種類"),
        choices=[("block", lazy("保守・休止")), ("keep", lazy("仮押え（優先利用・行事）"))],
        widget=forms.RadioSelect,
    )
    unit = forms.TypedChoiceField(label=lazy("室場と利用単位"), coerce=int)
    day = DateBoxField(label=lazy("日"), help_text=lazy("例：R8.12.5、12/5、明日"))
    starts = MinuteField(label=lazy("始まりの時刻"), help_text=lazy("例：9:00"), max_length=8)
    ends = MinuteField(label=lazy("終わりの時刻"), help_text=lazy("例：17:00、24:00"), max_length=8)
    weeks = WholeNumberField(
        label=lazy("毎週くり返す回数"),
        help_text=lazy("同じ曜日にくり返すときの、1回目を含めた回数です。"),
        required=False,
        low=1,
        high=MOST_WEEKS,
    )
    reason = forms.CharField(
        label=lazy("理由"), help_text=lazy("例：床の補修、市民まつり"), max_length=100, error_messages=REASON
    )

    def __init__(self, *args: Any, units: Sequence[tuple[Any, Any]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].choices = [("", _("選択してください")), *units]
        fields["day"].today = today

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        starts, ends = found.get("starts"), found.get("ends")
        if starts is not None and ends is not None and ends <= starts:
            self.add_error("ends", _("終わりは、始まりより後の時刻を入力してください。"))
        return found
