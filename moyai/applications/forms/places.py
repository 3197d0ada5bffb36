"""Forms of the places' pages: one pool, many by a pattern, a CSV, the seed of a draw."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.applications.actions.pools import PoolFacts
from moyai.applications.forms.procedures import _moment, _Time
from moyai.applications.models import Pool
from moyai.calendars.public import DateBoxField
from moyai.tenants.public import clock
from moyai.ui.public import Form, WholeNumberField

MOST_POOLS = 1000
LARGEST_CSV = 1_000_000
WEEKDAYS = [
    ("0", _("月")),
    ("1", _("火")),
    ("2", _("水")),
    ("3", _("木")),
    ("4", _("金")),
    ("5", _("土")),
    ("6", _("日")),
]
COLUMNS = (
    "枠コード",
    "名前",
    "定員・予算",
    "単位",
    "方法",
    "補欠",
    "仮押さえ（分）",
    "返事の期限（日）",
    "抽選日時",
    "種の決め方",
    "締切",
    "確保",
    "補欠の件数",
)
UNITS = {"人・件": Pool.Unit.SEATS, "円": Pool.Unit.YEN}
MODES = {"先着順": Pool.Mode.FIRST_COME, "抽選": Pool.Mode.LOTTERY}
YES = "○"


class _Rules(Form):
    """What one pool and a pattern of pools have in common."""

    capacity = WholeNumberField(label=_("定員または予算"), low=0, high=10**12)
    unit = forms.ChoiceField(label=_("単位"), choices=Pool.Unit.choices, widget=forms.RadioSelect)
    mode = forms.ChoiceField(label=_("決め方"), choices=Pool.Mode.choices, widget=forms.RadioSelect)
    waiting_list = forms.BooleanField(
        label=_("補欠を受け付ける"),
        required=False,
        help_text=_("満員のときも申し込めます。空きが出ると、順番に繰り上がります。"),
    )
    offer_days = WholeNumberField(
        label=_("繰上げのお返事の期限（日）"),
        low=0,
        high=60,
        help_text=_("0にすると、お返事を待たずにすぐ確保します。"),
    )
    hold_minutes = WholeNumberField(
        label=_("入力中の仮押さえ（分）"),
        low=0,
        high=1440,
        help_text=_("0にすると、申し込むまで押さえません。抽選の枠では使えません。"),
    )
    draw_on = DateBoxField(label=_("抽選の申込みを締め切る日"), required=False)
    draw_time = _Time(label=_("その時刻"), required=False, help_text=_("例：17:15。空欄は午前0時です。"))
    seed_source = forms.CharField(
        label=_("抽選の種の決め方"),
        required=False,
        max_length=200,
        help_text=_(
            "締切より後に決まる、誰も選べない値を書きます。例：第1234回ロト6の当せん番号。締切の前に公開します。"
        ),
    )

    def draw_at(self) -> datetime | None:
        if self.cleaned_data["mode"] != Pool.Mode.LOTTERY:
            return None
        return _moment(self.cleaned_data["draw_on"], self.cleaned_data["draw_time"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("mode") == Pool.Mode.LOTTERY and "draw_on" in cleaned and cleaned["draw_on"] is None:
            self.add_error("draw_on", gettext("抽選の枠には、申込みを締め切る日を入れてください。"))
        return cleaned

    def shared(self) -> dict[str, Any]:
        known = {
            name: self.cleaned_data[name]
            for name in (
                "capacity",
                "unit",
                "mode",
                "waiting_list",
                "offer_days",
                "hold_minutes",
                "seed_source",
            )
        }
        return known | {"draw_at": self.draw_at()}


START: dict[str, Any] = {
    "unit": Pool.Unit.SEATS,
    "mode": Pool.Mode.FIRST_COME,
    "offer_days": 3,
    "hold_minutes": 0,
}


class PoolForm(_Rules):
    """枠 — one of them. The key stays once it is made."""

    key = forms.CharField(
        label=_("枠コード"),
        max_length=120,
        help_text=_("様式の選択肢の値、または日時や会場をつないだ値と同じにします。例：2026-12-06_10:00"),
    )
    label = forms.CharField(label=_("枠の名前"), max_length=120, help_text=_("例：12月6日（日）午前"))
    field_order = ("key", "label")

    def __init__(self, *args: Any, pool: Pool | None = None, seed_source: str = "", **kwargs: Any) -> None:
        if pool is not None:
            local = pool.draw_at.astimezone(clock.JST) if pool.draw_at else None
            kwargs["initial"] = {
                "label": pool.label,
                "capacity": pool.capacity,
                "unit": pool.unit,
                "mode": pool.mode,
                "waiting_list": pool.waiting_list,
                "offer_days": pool.offer_days,
                "hold_minutes": pool.hold_minutes,
                "draw_on": local.date() if local else None,
                "draw_time": f"{local:%H:%M}" if local else "",
                "seed_source": seed_source,
            }
        super().__init__(*args, **kwargs)
        if pool is not None:
            del self.fields["key"]
        self.pool = pool

    def facts(self) -> PoolFacts:
        key = self.pool.key if self.pool is not None else self.cleaned_data["key"].strip()
        closed = self.pool.closed if self.pool is not None else False
        return PoolFacts(key=key, label=self.cleaned_data["label"], closed=closed, **self.shared())


class PatternForm(_Rules):
    """枠をまとめてつくる — every day of a period that falls on the chosen weekdays × times × venues."""

    from_on = DateBoxField(label=_("最初の日"))
    until_on = DateBoxField(label=_("最後の日"))
    weekdays = forms.MultipleChoiceField(
        label=_("曜日"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    times = forms.CharField(
        label=_("時刻"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("1行に1つ。例：9:00"),
    )
    venues = forms.CharField(
        label=_("会場"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("1行に1つ。なければ空欄にします。"),
    )
    field_order = ("from_on", "until_on", "weekdays", "times", "venues")

    def clean_times(self) -> list[str]:
        found = []
        for line in self.cleaned_data["times"].splitlines():
            if line.strip():
                hour, minute = _Time().clean(line.strip())
                found.append(f"{hour:02d}:{minute:02d}")
        return found

    def clean_venues(self) -> list[str]:
        return [line.strip()[:60] for line in self.cleaned_data["venues"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", gettext("最後の日は、最初の日以降にしてください。"))
        elif first and last and (last - first).days > 366:
            self.add_error("until_on", gettext("1年以内の期間にしてください。"))
        elif not self.errors:
            count = len(list(self._days())) * max(1, len(cleaned["times"])) * max(1, len(cleaned["venues"]))
            if not 0 < count <= MOST_POOLS:
                self.add_error(
                    None, gettext("枠は1個から1,000個までです（今は%(count)s個）。") % {"count": f"{count:,}"}
                )
        return cleaned

    def _days(self) -> Iterator[date]:
        day, last = self.cleaned_data["from_on"], self.cleaned_data["until_on"]
        chosen = set(self.cleaned_data.get("weekdays", ()))
        while day <= last:
            if str(day.weekday()) in chosen:
                yield day
            day += timedelta(days=1)

    def facts(self) -> list[PoolFacts]:
        """Keys are day, time and venue with _ between; labels are stored, so they are Japanese."""
        found = []
        for day in self._days():
            for at in self.cleaned_data["times"] or [""]:
                for venue in self.cleaned_data["venues"] or [""]:
                    key = "_".join(part for part in (day.isoformat(), at, venue) if part)
                    words = f"{day.month}月{day.day}日（{'月火水木金土日'[day.weekday()]}）"
                    label = " ".join(part for part in (words, at, venue) if part)
                    found.append(PoolFacts(key=key, label=label, **self.shared()))
        return found


class PoolCsvForm(Form):
    """枠のCSV — the list as it was written out, changed; rows that are not in it stay as they are."""

    file = forms.FileField(
        label=_("枠のCSVファイル"), help_text=_("書き出したCSVと同じ列です。UTF-8またはシフトJIS、1MBまで。")
    )

    def clean_file(self) -> list[PoolFacts]:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_CSV:
            raise forms.ValidationError(gettext("ファイルは1MBまでです。"))
        data = file.read()
        for encoding in ("utf-8-sig", "cp932"):
            try:
                text = data.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            raise forms.ValidationError(gettext("文字コードを読み取れません。UTF-8で保存してください。"))
        try:
            rows = list(csv.DictReader(StringIO(text)))
        except csv.Error as error:
            raise forms.ValidationError(gettext("CSVとして読み取れません。")) from error
        if not rows or len(rows) > MOST_POOLS or not {"枠コード", "名前", "定員・予算"} <= set(rows[0]):
            raise forms.ValidationError(
                gettext("1行目に「枠コード」「名前」「定員・予算」の列がいります。1,000行までです。")
            )
        found, wrong = [], []
        for number, row in enumerate(rows, 2):
            try:
                found.append(_facts_of_row(row))
            except (ValueError, TypeError, KeyError):
                wrong.append(gettext("%(number)s行目を読み取れません。") % {"number": number})
        if wrong:
            raise forms.ValidationError(wrong[:20])
        return found


class SeedForm(Form):
    """種 — typed by one official, and again by another."""

    seed = forms.CharField(
        label=_("種（決まった値）"),
        max_length=128,
        help_text=_("半角の英数字と記号で、公表された値のとおりに入れます。例：03 12 18 25 33 41"),
    )


class PromoteForm(Form):
    """順番によらない繰上げ — the reason stays on record."""

    reason = forms.CharField(
        label=_("順番によらない理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


def row_of(facts: PoolFacts, taken: int, waiting: int) -> list[str | int]:
    """One line of the CSV."""
    local = facts.draw_at.astimezone(clock.JST) if facts.draw_at else None
    return [
        facts.key,
        facts.label,
        facts.capacity,
        next(word for word, unit in UNITS.items() if unit == facts.unit),
        next(word for word, mode in MODES.items() if mode == facts.mode),
        YES if facts.waiting_list else "",
        facts.hold_minutes,
        facts.offer_days,
        f"{local:%Y-%m-%d %H:%M}" if local else "",
        facts.seed_source,
        YES if facts.closed else "",
        taken,
        waiting,
    ]


def _facts_of_row(row: dict[str, str]) -> PoolFacts:
    known = {name: (value or "").strip().lstrip("'") for name, value in row.items() if name}
    draw = known.get("抽選日時", "").replace("/", "-")
    return PoolFacts(
        key=known["枠コード"],
        label=known["名前"],
        capacity=int(known["定員・予算"].replace(",", "")),
        unit=UNITS[known.get("単位") or "人・件"],
        mode=MODES[known.get("方法") or "先着順"],
        waiting_list=known.get("補欠") == YES,
        hold_minutes=int(known.get("仮押さえ（分）") or 0),
        offer_days=int(known.get("返事の期限（日）") or 3),
        draw_at=datetime.strptime(draw, "%Y-%m-%d %H:%M").replace(tzinfo=clock.JST) if draw else None,
        seed_source=known.get("種の決め方", ""),
        closed=known.get("締切") == YES,
    )
