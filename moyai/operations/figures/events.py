"""研修・行事, 参加, 意見交換・情報共有 (A04, A20, A45, A50, O14, O20–O24, O32, O40, O41, O82–O84, O124, Y12)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from moyai.calendars.public import fiscal_year_range, short_wareki
from moyai.documents.public import Column, FigureTable, Row, all_rows_of
from moyai.operations.figures.cells import NOTHING, Number, Published
from moyai.operations.models import Event
from moyai.operations.queries import events as event_queries


def events_table(fiscal_year: int, *, kind: str = "", published: Published = NOTHING) -> FigureTable:
    """研修・行事 — with members and people that came; — where a record gives no number."""
    rows = [
        Row(
            f"event-{one.event.pk}",
            one.event.name,
            {
                "kind": one.event.get_kind_display(),
                "on": event_days(one.event),
                "place": one.event.place or None,
                "hosts": one.event.hosts or None,
                "text": one.event.text or None,
                "sessions": one.event.sessions,
                "bodies": one.bodies,
                "persons": one.persons,
            },
        )
        for one in event_queries.events_of(fiscal_year, kind=kind)
        if one.event.called_off_on is None
    ]
    return FigureTable(
        caption=_("研修・行事"),
        rows_label=_("名称"),
        columns=[
            Column("kind", _("種類"), kind="text", down=False),
            Column("on", _("開催日"), kind="text", down=False),
            Column("place", _("場所"), kind="text", down=False),
            Column("hosts", _("主催・共催"), kind="text", down=False),
            Column("text", _("内容"), kind="text", down=False),
            Column("sessions", _("回数")),
            Column("bodies", _("参加団体数"), down=False),
            Column("persons", _("参加人数")),
        ],
        rows=all_rows_of(rows, label=_("合計")) if rows else rows,
        source=_("行事の記録"),
        published=published,
    )


def event_days(event: Event) -> str | None:
    if event.from_on is None:
        return None
    first = short_wareki(event.from_on)
    if event.until_on is None or event.until_on == event.from_on:
        return first
    return f"{first}〜{short_wareki(event.until_on)}"


def people_table(fiscal_year: int, *, published: Published = NOTHING) -> FigureTable:
    """参加者の内訳 — every member or group that came to an event of the year: 65 + 3, 20 + 18, 8部局."""
    rows = []
    for one in event_queries.attendance_of_year(fiscal_year):
        name = "　".join(part for part in (one.body.name if one.body is not None else "", one.group) if part)
        rows.append(
            Row(
                f"attendance-{one.pk}",
                f"{one.event.name}　{name}".strip("　"),
                {
                    "bodies": one.bodies or (1 if one.body is not None else None),
                    "persons": one.persons,
                    "how": _("Web参加") if one.remote else None,
                },
            )
        )
    return FigureTable(
        caption=_("参加者の内訳"),
        rows_label=_("行事・区分"),
        columns=[
            Column("bodies", _("団体数"), down=False),
            Column("persons", _("参加人数")),
            Column("how", _("方法"), kind="text", down=False),
        ],
        rows=all_rows_of(rows, label=_("合計")) if rows else rows,
        source=_("行事の記録"),
        published=published,
    )


def attendance_table(event: Event, *, published: Published = NOTHING) -> FigureTable:
    """参加の状況 — of one event, by member or group; those who only put themselves down are counted apart."""
    rows = []
    for one in event_queries.attendance_of(event):
        name = one.body.name if one.body is not None else one.group or _("参加者")
        label = f"{name}（{one.group}）" if one.body is not None and one.group else name
        values: dict[str, Number | str | None] = {
            "bodies": one.bodies or (1 if one.body is not None else None)
        }
        values["persons" if one.came else "wanting"] = one.persons
        values["how"] = _("Web参加") if one.remote else ""
        rows.append(Row(f"attendance-{one.pk}", label, values))
    return FigureTable(
        caption=_("%(event)sの参加の状況") % {"event": event.name},
        rows_label=_("団体・区分"),
        columns=[
            Column("bodies", _("団体数"), down=False),
            Column("persons", _("参加人数")),
            Column("wanting", _("申込人数")),
            Column("how", _("方法"), kind="text", down=False),
        ],
        rows=all_rows_of(rows, label=_("合計")) if rows else rows,
        source=_("行事の記録"),
        published=published,
    )


def exchanges_table(fiscal_year: int, *, published: Published = NOTHING) -> FigureTable:
    """意見交換・情報共有 — newsletters, lists, Web会議 and reports, by topic; newsletters sent from here count by themselves."""
    first, last = fiscal_year_range(fiscal_year)
    rows: list[Row] = []
    counted: dict[tuple[str, str], int] = {}
    labels: dict[str, str] = {}
    for one in event_queries.exchanges_of(fiscal_year):
        labels[one.kind] = one.get_kind_display()
        counted[one.kind, one.topic] = counted.get((one.kind, one.topic), 0) + one.count
    for name, count in event_queries.issues_between(first, last):
        labels.setdefault("newsletter", _("メールマガジン"))
        counted[("newsletter", name)] = counted.get(("newsletter", name), 0) + count
    for place, ((kind, topic), count) in enumerate(counted.items(), 1):
        rows.append(Row(f"{kind}.{place}", topic, {"kind": labels[kind], "count": count}))
    totals = [
        Row(
            f"total-{kind}",
            _("%(kind)sの合計") % {"kind": label},
            sum_of=tuple(row.key for row in rows if row.key.startswith(f"{kind}.")),
        )
        for kind, label in labels.items()
    ]
    return FigureTable(
        caption=_("意見交換・情報共有"),
        rows_label=_("主題"),
        columns=[Column("kind", _("種類"), kind="text", down=False), Column("count", _("件数・回数"))],
        rows=[*rows, *totals],
        source=_("行事の記録"),
        published=published,
    )
