"""Rolls: one line for each member — attendance, and the votes of the room. And the forms of a ballot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.council.actions.attendance import MOST_PERSONS, Present
from moyai.council.forms.meetings import MomentFields
from moyai.council.models import Attendance, Vote
from moyai.council.queries.sitting import Sitter
from moyai.tenants.public import Body
from moyai.ui.public import Form, WholeNumberField

BLANK = ("", "—")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the page prints it: whose it is, and its boxes."""

    name: str
    note: str
    boxes: tuple[BoundField, ...]


def labelled(field: forms.Field, words: str) -> forms.Field:
    """A box in a table has its name for those who hear the page."""
    field.widget.attrs["aria-label"] = words
    field.widget.attrs["class"] = "mo-input"
    return field


class AttendanceForm(Form):
    """出席 — a line for each who sits, and two for others by name."""

    OTHERS = 2

    def __init__(
        self, *args: Any, sitters: Sequence[Sitter], known: Sequence[Attendance], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sitters = [one for one in sitters if one.body is not None]
        self.guests = [one for one in sitters if one.body is None]
        by_body = {line.body_id: line for line in known if line.body_id is not None}
        by_name = {line.name: line for line in known if line.body_id is None}
        holders = [BLANK, *((one.body.code, one.name) for one in self.sitters if one.votes and one.body)]
        for one in self.sitters:
            assert one.body is not None
            self._boxes(one.body.code, one.name, by_body.get(one.body.pk), holders)
        names = [one.name for one in self.guests]
        names += [name for name in by_name if name not in names]
        self.named = names + [""] * self.OTHERS
        for place, name in enumerate(self.named):
            words = name or gettext("ほかの出席者%(number)s") % {"number": place - len(names) + 1}
            box = forms.CharField(label=words, max_length=100, required=False, initial=name)
            self.fields[f"name_{place}"] = labelled(box, gettext("%(name)sの名前") % {"name": words})
            self._boxes(f"other_{place}", words, by_name.get(name) if name else None, None)

    def _boxes(
        self, key: str, name: str, line: Attendance | None, holders: list[tuple[Any, Any]] | None
    ) -> None:
        ways = Attendance.How.choices
        if holders is None:
            ways = [way for way in ways if way[0] in (Attendance.How.PERSON, Attendance.How.ONLINE)]
        how = forms.ChoiceField(
            label=name, choices=[BLANK, *ways], required=False, initial=line.how if line else ""
        )
        self.fields[f"how_{key}"] = labelled(how, gettext("%(name)sの出席") % {"name": name})
        persons = WholeNumberField(
            label=gettext("%(name)sの人数") % {"name": name}, low=0, high=MOST_PERSONS, required=False,
            initial=line.persons if line else 1,
        )  # fmt: skip
        self.fields[f"persons_{key}"] = labelled(persons, gettext("%(name)sの人数") % {"name": name})
        who = forms.CharField(
            label=gettext("%(name)sの出席者") % {"name": name}, max_length=200, required=False,
            initial=line.who if line else "",
        )  # fmt: skip
        self.fields[f"who_{key}"] = labelled(who, gettext("%(name)sの出席者") % {"name": name})
        if holders is not None:
            holder = forms.ChoiceField(
                label=gettext("%(name)sの委任先") % {"name": name}, choices=holders, required=False,
                initial=line.proxy_for.code if line and line.proxy_for else "",
            )  # fmt: skip
            self.fields[f"holder_{key}"] = labelled(holder, gettext("%(name)sの委任先") % {"name": name})

    def lines(self) -> list[Line]:
        return [
            Line(
                one.name, one.capacity_label, self._bound(one.body.code, ("how", "persons", "who", "holder"))
            )
            for one in self.sitters
            if one.body is not None
        ]

    def other_lines(self) -> list[Line]:
        return [
            Line("", "", (self[f"name_{place}"], *self._bound(f"other_{place}", ("how", "persons", "who"))))
            for place in range(len(self.named))
        ]

    def _bound(self, key: str, names: tuple[str, ...]) -> tuple[BoundField, ...]:
        return tuple(self[f"{name}_{key}"] for name in names)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for place in range(len(self.named)):
            if found.get(f"how_other_{place}") and not str(found.get(f"name_{place}") or "").strip():
                self.add_error(f"name_{place}", gettext("出席した方の名前を入力してください。"))
        return dict(found)

    def given(self) -> list[Present]:
        """The lines that say something."""
        found = self.cleaned_data
        by_code = {one.body.code: one.body for one in self.sitters if one.body is not None}
        lines = []
        for code, body in by_code.items():
            if found.get(f"how_{code}"):
                persons = found.get(f"persons_{code}")
                lines.append(
                    Present(
                        how=found[f"how_{code}"],
                        body=body,
                        persons=1 if persons is None else persons,
                        who=found.get(f"who_{code}") or "",
                        holder=by_code.get(found.get(f"holder_{code}") or ""),
                    )
                )
        for place in range(len(self.named)):
            if found.get(f"how_other_{place}"):
                persons = found.get(f"persons_other_{place}")
                lines.append(
                    Present(
                        how=found[f"how_other_{place}"],
                        name=found[f"name_{place}"],
                        persons=1 if persons is None else persons,
                        who=found.get(f"who_other_{place}") or "",
                    )
                )
        return lines


@dataclass(frozen=True, slots=True)
class Said:
    """One vote of the roll."""

    body: Body
    how: str
    choice: str
    proxy: Body | None


class RollCallForm(Form):
    """会場の表決 — a line for each voter; a line left as it is adds nothing."""

    def __init__(
        self,
        *args: Any,
        voters: Sequence[Body],
        standing: Mapping[int, Vote],
        room: bool,
        proxies: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.voters, self.standing = list(voters), standing
        known = {Vote.How.PRESENT: room, Vote.How.PROXY: proxies, Vote.How.WRITTEN: True}
        ways = [way for way in Vote.How.choices if known[Vote.How(way[0])]]
        for body in self.voters:
            vote = standing.get(body.pk)
            words = {"name": body.name}
            how = forms.ChoiceField(
                label=body.name, choices=[BLANK, *ways], required=False, initial=vote.how if vote else ""
            )
            self.fields[f"how_{body.code}"] = labelled(how, gettext("%(name)sの方法") % words)
            choice = forms.ChoiceField(
                label=gettext("%(name)sの表決") % words, choices=[BLANK, *Vote.Choice.choices], required=False,
                initial=vote.choice if vote else "",
            )  # fmt: skip
            self.fields[f"choice_{body.code}"] = labelled(choice, gettext("%(name)sの表決") % words)
            if proxies:
                others = [
                    ("", _("議長")),
                    *((one.code, one.name) for one in self.voters if one.pk != body.pk),
                ]
                proxy = forms.ChoiceField(
                    label=gettext("%(name)sの委任先") % words, choices=others, required=False,
                    initial=vote.proxy.code if vote and vote.proxy else "",
                )  # fmt: skip
                self.fields[f"proxy_{body.code}"] = labelled(proxy, gettext("%(name)sの委任先") % words)

    def lines(self) -> list[Line]:
        names = [
            name for name in ("how", "choice", "proxy") if f"{name}_{self.voters[0].code}" in self.fields
        ]
        return [
            Line(body.name, "", tuple(self[f"{name}_{body.code}"] for name in names)) for body in self.voters
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for body in self.voters:
            how, choice = found.get(f"how_{body.code}"), found.get(f"choice_{body.code}")
            if how and how != Vote.How.PROXY and not choice:
                self.add_error(f"choice_{body.code}", gettext("賛成・反対・棄権から選んでください。"))
            if choice and not how:
                self.add_error(f"how_{body.code}", gettext("出席・書面・委任から選んでください。"))
        return dict(found)

    def given(self) -> list[Said]:
        """Only what differs from the votes that stand."""
        found = self.cleaned_data
        by_code = {body.code: body for body in self.voters}
        said = []
        for body in self.voters:
            how = found.get(f"how_{body.code}") or ""
            if not how:
                continue
            choice = found.get(f"choice_{body.code}") or ""
            proxy = by_code.get(found.get(f"proxy_{body.code}") or "") if how == Vote.How.PROXY else None
            vote = self.standing.get(body.pk)
            if vote and (vote.how, vote.choice, vote.proxy_id) == (how, choice, proxy.pk if proxy else None):
                continue
            said.append(Said(body, how, choice, proxy))
        return said


class OpenBallotForm(MomentFields):
    """表決を始める."""

    chair = forms.ChoiceField(label=_("議長"), required=False)

    field_order = ("deadline_on", "deadline_at", "chair")

    def __init__(self, *args: Any, voters: Sequence[Body], written: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_code = {body.code: body for body in voters}
        choices = [("", _("いない")), *((code, body.name) for code, body in self.by_code.items())]
        self.fields["chair"].choices = choices  # type: ignore[attr-defined]
        if written:
            self.fields["deadline_on"].required = True

    def chosen(self) -> Body | None:
        return self.by_code.get(self.cleaned_data["chair"])


class CountForm(Form):
    """集計する — the chair is asked only when both sides are equal."""

    casting = forms.ChoiceField(
        label=_("議長の決（可否同数のときだけ）"),
        choices=[("", _("なし")), ("for", _("可決")), ("against", _("否決"))],
        required=False,
        widget=forms.RadioSelect,
    )


class WithdrawBallotForm(Form):
    """表決を取りやめる."""

    reason = forms.CharField(
        label=_("取りやめの理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("表決権のある団体すべてに知らせます。"),
    )


DELEGATE = "delegate"


class CastForm(Form):
    """表決する — a member's own."""

    choice = forms.ChoiceField(label=_("表決"), widget=forms.RadioSelect)
    proxy = forms.ChoiceField(label=_("委任する相手"), required=False, help_text=_("「委任する」のときだけ"))
    comment = forms.CharField(
        label=_("意見"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self, *args: Any, others: Sequence[Body], proxies: bool, chaired: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[Any, Any]] = list(Vote.Choice.choices)
        self.by_code = {body.code: body for body in others}
        if proxies:
            choices.append((DELEGATE, gettext("委任する")))
            first = _("議長") if chaired else _("選択してください")
            held = [("", first), *((code, body.name) for code, body in self.by_code.items())]
            self.fields["proxy"].choices = held  # type: ignore[attr-defined]
        else:
            del self.fields["proxy"]
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        found = self.cleaned_data
        delegate = found["choice"] == DELEGATE
        return {
            "choice": "" if delegate else found["choice"],
            "delegate": delegate,
            "proxy": self.by_code.get(found.get("proxy") or "") if delegate else None,
            "comment": found["comment"].replace("\r\n", "\n"),
        }
