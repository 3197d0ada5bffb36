"""Forms of the lotteries for who enters: a wish, an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import day_words
from moyai.reservations.actions.lotteries.entries import Wish
from moyai.reservations.models import Purpose, Registration, Room
from moyai.reservations.rules.rooms import RoomPlan, clock_face
from moyai.ui.public import Form, WholeNumberField


class RoomForm(Form):
    """室場をえらぶ — the first step of a wish."""

    room = forms.ChoiceField(label=_("施設・室場"))

    def __init__(self, *args: Any, rooms: Iterable[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grouped: dict[str, list[tuple[str, str]]] = {}
        for room in rooms:
            grouped.setdefault(room.facility.name, []).append((str(room.pk), room.name))
        choices: list[Any] = [("", _("選んでください")), *grouped.items()]
        self.fields["room"].choices = choices  # type: ignore[attr-defined]


class WishForm(Form):
    """希望 — a unit of one room, a day of the round on which it is open, from–to."""

    unit = forms.ChoiceField(label=_("利用単位"))
    day = forms.ChoiceField(label=_("利用日"))
    starts = forms.ChoiceField(label=_("開始"))
    ends = forms.ChoiceField(label=_("終了"))

    def __init__(
        self,
        *args: Any,
        plan: RoomPlan,
        days: Sequence[date],
        times: Sequence[tuple[int, int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("unit", [(str(unit.id), unit.name) for unit in plan.units])
        self._choose("day", [(day.isoformat(), day_words(day)) for day in days])
        self._choose(
            "starts", [(str(starts), f"{clock_face(starts)} {name}".strip()) for starts, _ends, name in times]
        )
        self._choose(
            "ends", [(str(ends), f"{clock_face(ends)} {name}".strip()) for _starts, ends, name in times]
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices if len(choices) == 1 else [("", _("選んでください")), *choices]

    def wish(self) -> Wish:
        found = self.cleaned_data
        return Wish(
            int(found["unit"]), date.fromisoformat(found["day"]), int(found["starts"]), int(found["ends"])
        )


class EntryForm(Form):
    """抽選の申込み — who enters, and what for; the wishes stand beside it."""

    registration = forms.ChoiceField(label=_("利用者登録"), widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label=_("利用目的"), required=False)
    people = WholeNumberField(label=_("利用人数"), low=1, high=100_000, required=False)

    def __init__(
        self,
        *args: Any,
        registrations: Sequence[Registration],
        purposes: Iterable[Purpose],
        rooms: Iterable[Room],
        **kwargs: Any,
    ) -> None:
        """`rooms`: those of the round; a purpose is asked for where one of them is for some purposes only."""
        super().__init__(*args, **kwargs)
        self.fields["purpose"].required = any(room.purposes for room in rooms)
        choose: Any = self.fields
        choose["registration"].choices = [(one.number, one.name) for one in registrations]
        choose["purpose"].choices = [("", _("選んでください")), *((one.code, one.name) for one in purposes)]
        if len(registrations) == 1:
            self.initial.setdefault("registration", registrations[0].number)
