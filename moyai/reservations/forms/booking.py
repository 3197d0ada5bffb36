"""予約の入力 — which part of a room from when until when, and what for. What is possible is decided by the actions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.calendars.public import DateBoxField
from moyai.reservations.actions.asked import Asked
from moyai.reservations.models import Equipment
from moyai.reservations.rules.series import Terms
from moyai.tenants.public import Refusal
from moyai.ui.public import AmountField, Form, WholeNumberField

Choices = Sequence[tuple[Any, Any]]
# A refusal names what was asked for; the field of a page beside which it stands.
FIELD_OF = {"combination": "unit"}
EVERY_WORDS = {"week": lazy("毎週"), "fortnight": lazy("2週ごと"), "month": lazy("毎月（同じ週の同じ曜日）")}


class PlaceForm(Form):
    """いつ・どこを — unit, from–until, and as whom. `day` only where the page lets it be changed."""

    unit = forms.ChoiceField(label=lazy("利用単位"), widget=forms.RadioSelect)
    day = DateBoxField(label=lazy("利用日"), help_text=lazy("例：12/5、2026-12-05、明日"))
    starts = forms.TypedChoiceField(label=lazy("始まり"), coerce=int)
    ends = forms.TypedChoiceField(label=lazy("終わり"), coerce=int)
    registration = forms.ChoiceField(label=lazy("予約する登録"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        units: Choices,
        starts: Choices,
        ends: Choices,
        registrations: Choices = (),
        today: date,
        fixed_day: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["day"].today = today
        for name, choices in (("unit", units), ("starts", starts), ("ends", ends)):
            fields[name].choices = choices
        if len(units) == 1:
            fields["unit"].widget = forms.HiddenInput()
        if len(registrations) > 1:
            fields["registration"].choices = registrations
        else:
            del fields["registration"]
        if fixed_day:
            fields["day"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        starts, ends = found.get("starts"), found.get("ends")
        if starts is not None and ends is not None and ends <= starts:
            self.add_error("ends", _("終わりは、始まりより後の時刻を選んでください。"))
        return found


def _commercial() -> forms.BooleanField:
    return forms.BooleanField(label=lazy("営利・宣伝を目的に利用する"), required=False)


def _admission() -> AmountField:
    return AmountField(
        label=lazy("入場料（最も高い額）"),
        help_text=lazy("入場料や参加費を集めないときは、空けておいてください。"),
        required=False,
        limit_yen=1_000_000,
    )


class WonForm(Form):
    """当選の確定 — what the fee depends on and the entry did not ask: `asks` of rules.fees.asks_about."""

    commercial = _commercial()
    admission_yen = _admission()

    def __init__(self, *args: Any, asks: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(asks):
            del self.fields[name]

    def clean_admission_yen(self) -> int:
        return self.cleaned_data["admission_yen"] or 0


class DetailsForm(Form):
    """利用の内容 — purpose, people, title; equipment, extras and attached rooms where there are some."""

    purpose = forms.ChoiceField(label=lazy("利用目的"))
    people = WholeNumberField(
        label=lazy("利用する人数"),
        low=1,
        high=1_000_000,
    )
    title = forms.CharField(
        label=lazy("行事・活動の名前"),
        help_text=lazy("公開しません。例：少年野球の練習"),
        required=False,
        max_length=100,
    )
    commercial = _commercial()
    admission_yen = _admission()

    def __init__(
        self,
        *args: Any,
        purposes: Choices,
        equipment: Sequence[tuple[Equipment, int, str]] = (),
        extras: Choices = (),
        attached: Choices = (),
        **kwargs: Any,
    ) -> None:
        """`equipment`: each piece with how many are left and its price in words; `attached`: (unit id, words)."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["purpose"].choices = [("", _("選択してください")), *purposes]
        self.pieces = {f"equipment_{piece.code}": piece.code for piece, _left, _words in equipment}
        for piece, left, words in equipment:
            fields[f"equipment_{piece.code}"] = WholeNumberField(
                label=_("備品：%(name)s") % {"name": piece.name},
                help_text=_("%(price)s。この時間はあと%(left)s個あります。")
                % {"price": words, "left": f"{left:,}"},
                required=False,
                low=0,
                high=max(0, left),
            )
        if extras:
            fields["extras"] = forms.MultipleChoiceField(
                label=_("冷暖房など"),
                choices=extras,
                widget=forms.CheckboxSelectMultiple,
                required=False,
                error_messages={
                    "invalid_choice": _("この利用単位では使えないものがありました。選び直してください。")
                },
            )
        if attached:
            fields["attached"] = forms.TypedMultipleChoiceField(
                label=_("一緒に予約する付属の室場"),
                choices=attached,
                coerce=int,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    def kept(self) -> dict[str, Any]:
        """What was typed, as JSON: kept until the booking is made."""
        given = self.cleaned_data
        return {
            "purpose": given["purpose"],
            "people": given["people"],
            "title": given["title"],
            "commercial": given["commercial"],
            "admission_yen": given["admission_yen"] or 0,
            "equipment": {code: given[name] for name, code in self.pieces.items() if given.get(name)},
            "extras": list(given.get("extras", ())),
            "attached": list(given.get("attached", ())),
        }


def as_initial(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was kept, as the form shows it again."""
    initial = {name: value for name, value in kept.items() if name not in ("equipment", "admission_yen")}
    initial["admission_yen"] = kept.get("admission_yen") or None
    initial |= {f"equipment_{code}": count for code, count in kept.get("equipment", {}).items()}
    return initial


def asked_with(kept: Mapping[str, Any], *, combination_id: int, day: date, starts: int, ends: int) -> Asked:
    """The whole of what is asked for: place, time and what was typed."""
    return Asked(
        combination_id=combination_id,
        day=day,
        starts=starts,
        ends=ends,
        purpose=str(kept.get("purpose", "")),
        title=str(kept.get("title", "")),
        people=kept.get("people"),
        commercial=bool(kept.get("commercial")),
        admission_yen=int(kept.get("admission_yen", 0)),
        equipment=dict(kept.get("equipment", {})),
        extras=tuple(kept.get("extras", ())),
    )


def put_on(form: Form, refusal: Refusal) -> bool:
    """A refusal beside the fields it names; whether all of it found its place. The rest stands over the form."""
    elsewhere: list[str] = []
    for name, text in refusal.fields.items():
        field = FIELD_OF.get(name, name)
        if field == "equipment":
            field = next((one for one in form.fields if one.startswith("equipment_")), field)
        if field in form.fields and not form.fields[field].widget.is_hidden:
            form.add_error(field, str(text))
        else:
            elsewhere.append(str(text))
    for text in dict.fromkeys(elsewhere or ([] if refusal.fields else [str(refusal.message)])):
        form.add_error(None, text)
    return not elsewhere


class RoomForm(Form):
    """変更先の室場 — by facility."""

    room = forms.TypedChoiceField(
        label=lazy("変更先の室場"),
        help_text=lazy("ほかの室場に変えるときは、先に室場を選んでください。"),
        coerce=int,
    )

    def __init__(self, *args: Any, rooms: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["room"].choices = rooms


class ChangeForm(PlaceForm, DetailsForm):
    """予約の変更 — place, time and details of a booking that stands, on one page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, fixed_day=False, **kwargs)
        self.order_fields(["unit", "day", "starts", "ends", "purpose", "people", "title"])

    def kept(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            **super().kept(),
            "unit": int(given["unit"]),
            "day": given["day"].isoformat(),
            "starts": given["starts"],
            "ends": given["ends"],
        }


class SeriesForm(ChangeForm):
    """くり返しの予約 — a use as for one day, how often it comes again and how many times."""

    every = forms.ChoiceField(label=lazy("くり返し方"), widget=forms.RadioSelect)
    times = WholeNumberField(
        label=lazy("回数"), help_text=lazy("1回目を含めた回数を入力してください。"), low=2, high=60
    )

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["day"].label = _("1回目の利用日")
        fields["every"].choices = [(one, EVERY_WORDS[one]) for one in terms.every]
        fields["times"].high = terms.most
        fields["times"].help_text = _("1回目を含めて%(most)s回まで申し込めます。") % {
            "most": f"{terms.most:,}"
        }
        self.order_fields(
            ["registration", "unit", "day", "starts", "ends", "every", "times", "purpose", "people"]
        )

    def kept(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            **super().kept(),
            "every": given["every"],
            "times": given["times"],
            "registration": given.get("registration", ""),
        }


class DaysForm(Form):
    """予約する日 — those of a series that can be had; one decides which."""

    days = forms.MultipleChoiceField(
        label=lazy("予約する日"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": lazy("予約する日を選んでください。")},
    )

    def __init__(self, *args: Any, days: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["days"].choices = days


class RestForm(Form):
    """残す分 — what remains of a booking when a part of it is given up."""

    unit = forms.ChoiceField(label=lazy("残す利用単位"), widget=forms.RadioSelect)
    starts = forms.TypedChoiceField(label=lazy("残す時間の始まり"), coerce=int)
    ends = forms.TypedChoiceField(label=lazy("残す時間の終わり"), coerce=int)

    def __init__(self, *args: Any, units: Choices, starts: Choices, ends: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, choices in (("unit", units), ("starts", starts), ("ends", ends)):
            fields[name].choices = choices
            if len(choices) == 1:
                fields[name].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        starts, ends = found.get("starts"), found.get("ends")
        if starts is not None and ends is not None and ends <= starts:
            self.add_error("ends", _("終わりは、始まりより後の時刻を選んでください。"))
        return found
