"""Forms of 稼働: systems, hours, dependencies, levels, stops, probes, months."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.operations.actions.systems import EVERY_DAY, HoursGiven
from moyai.operations.forms.fields import (
    CHOOSE,
    DAY_HINT,
    NONE,
    TIME_HINT,
    MinuteField,
    Offered,
    RateField,
    ShareField,
    choose,
    moment,
)
from moyai.operations.models import Probe, Stop, System
from moyai.operations.queries.levels import Side
from moyai.tenants.public import Service
from moyai.ui.public import Form, WholeNumberField, fold

WEEKDAYS = [
    ("0", _("月")), ("1", _("火")), ("2", _("水")), ("3", _("木")), ("4", _("金")), ("5", _("土")), ("6", _("日")),
    ("holiday", _("祝日")),
]  # fmt: skip
FIRST_YEAR, LAST_YEAR = 2000, 2100


class YearForm(Form):
    """年度."""

    fiscal_year = forms.IntegerField(
        label=_("年度"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
        help_text=_("西暦。例：2017（平成29年度）"),
    )

    def year_or(self, otherwise: int) -> int:
        asked = self.cleaned_data.get("fiscal_year") if self.is_bound and self.is_valid() else None
        return asked if isinstance(asked, int) else otherwise


class SystemForm(Form):
    """稼働を測るシステム."""

    code = forms.SlugField(
        label=_("システムの記号"), max_length=60, help_text=_("英小文字とハイフン。例：e-bidding")
    )
    name = forms.CharField(label=_("システムの名前"), max_length=120)
    service = forms.ChoiceField(label=_("事業"), required=False)
    sides = forms.CharField(
        label=_("測る区分"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("1行に1つ、「記号 名前」。例：supplier 受注者側。分けないときは空のままにします。"),
    )
    from_on = DateBoxField(label=_("測り始める日"), help_text=DAY_HINT)

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = Offered(services=services)
        choose(self, "service", self.offered.service_choices())

    def clean_sides(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for line in self.cleaned_data["sides"].splitlines():
            code, _space, name = fold(line).strip().partition(" ")
            if not code:
                continue
            wrong = not name.strip() or not code.replace("-", "").isalnum() or not code.isascii()
            if wrong or len(code) > 20 or len(name) > 40 or code in dict(found):
                raise forms.ValidationError(
                    _("1行に1つ、「supplier 受注者側」のように記号と名前を入力してください。")
                )
            found.append((code, name.strip()))
        return found

    def chosen(self) -> dict[str, Any]:
        return {**self.cleaned_data, "service": self.offered.services.get(self.cleaned_data["service"])}


class ChangeSystemForm(Form):
    name = forms.CharField(label=_("システムの名前"), max_length=120)
    service = forms.ChoiceField(label=_("事業"), required=False)
    until_on = DateBoxField(label=_("測り終える日"), required=False, help_text=DAY_HINT)
    position = WholeNumberField(label=_("並び順"), low=0, high=9_999, required=False)

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = Offered(services=services)
        choose(self, "service", self.offered.service_choices())

    def chosen(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            **given,
            "service": self.offered.services.get(given["service"]),
            "position": given["position"] or 0,
        }


class _OfSides(Form):
    """A form about a system that may have sides."""

    def __init__(self, *args: Any, sides: list[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(side.code, side.name) for side in sides if side.code]
        if named:
            choose(self, "side", [("", _("すべての区分")), *named])
        else:
            del self.fields["side"]

    def side_code(self) -> str:
        return str(self.cleaned_data.get("side") or "")


class HoursForm(_OfSides):
    """運用時間 — one span of hours, and a second one where some days have others."""

    side = forms.ChoiceField(label=_("区分"), required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("曜日"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    begins = MinuteField(label=_("始まり"), help_text=TIME_HINT)
    ends = MinuteField(label=_("終わり"), help_text=_("例：20:00。終日は24:00"))
    other_weekdays = forms.MultipleChoiceField(
        label=_("ほかの曜日"),
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("時間の違う曜日があるときだけ選びます。"),
    )
    other_begins = MinuteField(label=_("ほかの曜日の始まり"), required=False)
    other_ends = MinuteField(label=_("ほかの曜日の終わり"), required=False)
    from_on = DateBoxField(label=_("この運用時間にする日"), help_text=DAY_HINT)

    def hours(self) -> list[HoursGiven]:
        given = self.cleaned_data
        found = [HoursGiven(_days(given["weekdays"]), given["begins"], given["ends"])]
        if given["other_weekdays"]:
            found.append(
                HoursGiven(_days(given["other_weekdays"]), given["other_begins"], given["other_ends"])
            )
        return found

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for prefix in ("", "other_"):
            begins, ends = given.get(f"{prefix}begins"), given.get(f"{prefix}ends")
            if begins is not None and ends is not None and ends <= begins:
                self.add_error(f"{prefix}ends", _("終わりを始まりより後にしてください。"))
        if given.get("other_weekdays"):
            for name in ("other_begins", "other_ends"):
                if given.get(name) is None and name not in self.errors:
                    self.add_error(name, _("時刻を「9:00」のように入力してください。"))
        return given


def _days(chosen: list[str]) -> tuple[int | str, ...]:
    return tuple(day for day in EVERY_DAY if str(day) in chosen)


class DependencyForm(Form):
    """依存."""

    on = forms.ChoiceField(label=_("依存するシステム"))
    redundant = forms.CharField(
        label=_("冗長の組の名前"),
        max_length=40,
        required=False,
        help_text=_("主系と従系のように、片方が動けばよいものに同じ名前を付けます。例：回線"),
    )
    from_on = DateBoxField(label=_("依存が始まる日"), help_text=DAY_HINT)

    def __init__(self, *args: Any, systems: list[System], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_code = {system.code: system for system in systems}
        choose(self, "on", [CHOOSE, *((code, system.name) for code, system in self.by_code.items())])

    def chosen(self) -> System:
        return self.by_code[self.cleaned_data["on"]]


class UntilForm(Form):
    until_on = DateBoxField(label=_("最後の日"), help_text=DAY_HINT)


class LevelForm(Form):
    """サービスレベル."""

    percent = ShareField(label=_("約束する割合（％）"), max_length=30, help_text=_("例：99.7"))
    source = forms.CharField(label=_("根拠"), max_length=200, help_text=_("例：サービスレベル合意書 第5条"))
    from_on = DateBoxField(label=_("約束が始まる日"), help_text=DAY_HINT)
    whole_service = forms.BooleanField(label=_("同じ事業のすべてのシステムの約束にする"), required=False)


class ServiceLevelForm(LevelForm):
    """事業のサービスレベル — also of a service whose systems are not measured here."""

    service = forms.ChoiceField(label=_("事業"))
    field_order = ("service", "percent", "source", "from_on")

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["whole_service"]
        self.offered = Offered(services=services)
        choose(self, "service", [CHOOSE, *self.offered.service_choices()[1:]])

    def chosen(self) -> Service:
        return self.offered.services[self.cleaned_data["service"]]


class StopForm(_OfSides):
    """停止. A planned one has its end; an outage may still go on."""

    side = forms.ChoiceField(label=_("区分"), required=False)
    begins_on = DateBoxField(label=_("始まりの日"), help_text=DAY_HINT)
    begins_at = MinuteField(label=_("始まりの時刻"), help_text=TIME_HINT)
    ends_on = DateBoxField(label=_("終わりの日"), help_text=DAY_HINT)
    ends_at = MinuteField(label=_("終わりの時刻"), help_text=_("その分は停止に数えません。"))
    cause = forms.CharField(
        label=_("理由・原因"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, kind: str, sides: list[Side], **kwargs: Any) -> None:
        super().__init__(*args, sides=sides, **kwargs)
        if kind != Stop.Kind.PLANNED:
            for name in ("ends_on", "ends_at"):
                self.fields[name].required = False
            self.fields["ends_on"].help_text = _("まだ続いているときは、終わりの日と時刻を空のままにします。")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        one_of_two = (given.get("ends_on") is None) != (given.get("ends_at") is None)
        if one_of_two and not {"ends_on", "ends_at"} & set(self.errors):
            self.add_error(
                "ends_on" if given.get("ends_on") is None else "ends_at",
                _("終わりは、日と時刻を両方入力してください。"),
            )
        return given

    def span(self) -> dict[str, Any]:
        given = self.cleaned_data
        ends = moment(given["ends_on"], given["ends_at"]) if given.get("ends_on") else None
        return {
            "begins": moment(given["begins_on"], given["begins_at"]),
            "ends": ends,
            "side": self.side_code(),
            "cause": given["cause"],
        }


class CloseStopForm(Form):
    ends_on = DateBoxField(label=_("終わりの日"), help_text=DAY_HINT)
    ends_at = MinuteField(label=_("終わりの時刻"), help_text=TIME_HINT)
    cause = forms.CharField(
        label=_("理由・原因"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExplainForm(Form):
    cause = forms.CharField(label=_("理由・原因"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4}))


class VoidForm(Form):
    reason = forms.CharField(label=_("取り消す理由"), max_length=200)


class ProbeForm(_OfSides):
    """監視."""

    name = forms.CharField(label=_("監視の名前"), max_length=60, help_text=_("例：入口の画面"))
    kind = forms.ChoiceField(label=_("確かめ方"), choices=Probe.Kind.choices, widget=forms.RadioSelect)
    url = forms.CharField(
        label=_("確かめるアドレス"),
        max_length=300,
        required=False,
        help_text=_("HTTPで確かめるときだけ。例：https://system.example.jp/health"),
    )
    side = forms.ChoiceField(label=_("区分"), required=False)
    every_seconds = WholeNumberField(label=_("間隔（秒）"), low=60, high=86_400, initial=60)
    grace_seconds = WholeNumberField(
        label=_("猶予（秒）"),
        low=0,
        high=86_400,
        initial=180,
        help_text=_("これより長く続いたら停止とします。"),
    )


class MonthForm(Form):
    """月次報告."""

    service = forms.ChoiceField(label=_("事業"))
    month = DateBoxField(label=_("月"), help_text=_("その月のどの日でもかまいません。例：2017/7/1"))
    web = RateField(label=_("Webの稼働率（％）"), required=False, max_length=12)
    mail = RateField(label=_("メールの稼働率（％）"), required=False, max_length=12)
    incidents = WholeNumberField(
        label=_("インシデント件数"),
        low=0,
        high=10_000_000,
        required=False,
        help_text=_("なかったときは0。報告がないときは空のままにします。"),
    )
    source = forms.CharField(label=_("出典"), max_length=200, required=False)

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = Offered(services=services)
        choose(self, "service", [CHOOSE, *self.offered.service_choices()[1:]])

    def chosen(self) -> dict[str, Any]:
        given = self.cleaned_data
        month: date = given["month"]
        return {
            "service": self.offered.services[given["service"]],
            "month": month.replace(day=1),
            "rates": {name: given[name] for name in ("web", "mail") if given[name] is not None},
            "incidents": given["incidents"],
            "source": given["source"],
        }


__all__ = [
    "NONE", "ChangeSystemForm", "CloseStopForm", "DependencyForm", "ExplainForm", "HoursForm", "LevelForm", "MonthForm",
    "ProbeForm", "ServiceLevelForm", "StopForm", "SystemForm", "UntilForm", "VoidForm", "YearForm",
]  # fmt: skip
