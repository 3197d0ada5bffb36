"""稼働の帳簿 (M6, C24, C35, A17, O65): what rows of stops say of a year, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from moyai.operations.actions import stops as stop_actions
from moyai.operations.actions import systems as system_actions
from moyai.operations.actions.systems import HoursGiven
from moyai.operations.figures.levels import levels_table, monthly_table, rates_table, year_by_month
from moyai.operations.models import Dependency, MonthlyLevel, ServiceHours, ServiceLevel, Stop, System
from moyai.operations.queries.levels import SystemYear, book_of, levels_of_year, sides_of, status_now
from moyai.operations.rules.availability import Verdict
from moyai.operations.tests.places import NOW, OPENED, a_system, at, minutes, secretary
from moyai.tenants.public import Service

BY = {"actor": secretary(), "now": NOW}
SIDES = [("supplier", "受注者側"), ("orderer", "発注者側")]


def year_of(code: str, fiscal_year: int = 2017, *, side: str = "", now: Any = NOW) -> SystemYear:
    (found,) = [
        one
        for one in levels_of_year(fiscal_year, now=now)
        if one.system.code == code and one.side.code == side
    ]
    return found


def agreed(system: System, part: Fraction = Fraction(997, 1000)) -> None:
    system_actions.agree_level(
        **BY,
        system=system,
        numerator=part.numerator,
        denominator=part.denominator,
        source="合意書",
        from_on=OPENED,
    )


def outage(system: System, begins: Any, length: int, **more: Any) -> Stop:
    return stop_actions.note_outage(**BY, system=system, begins=begins, ends=begins + minutes(length), **more)


@pytest.mark.parametrize(
    ("stopped", "verdict", "word"), [(1_576, Verdict.MET, "達成"), (1_577, Verdict.MISSED, "未達成")]
)
def test_C24_the_fraction_decides_though_both_print_99_70(
    world: Any, stopped: int, verdict: Verdict, word: str
) -> None:
    system = a_system()
    agreed(system)
    outage(system, at(2017, 6, 1), stopped)
    found = year_of("e-bidding")
    assert (found.whole.planned, found.whole.stopped, found.whole.unknown) == (525_600, stopped, 0)
    assert found.printed == "99.70%"
    assert found.verdict is verdict
    assert found.most_minutes == 1_576
    (row,) = levels_table(2017, now=NOW).solved()
    assert [figure.value for figure in row] == [525_600, stopped, 0, Decimal("99.70"), "99.7％", word]


def test_C24_sides_are_measured_apart_and_a_stop_of_no_side_is_one_of_all(world: Any) -> None:
    system = a_system(sides=SIDES)
    outage(system, at(2017, 6, 1), 150, side="supplier")
    outage(system, at(2017, 7, 1), 100)
    assert year_of("e-bidding", side="supplier").whole.stopped == 250
    assert year_of("e-bidding", side="orderer").whole.stopped == 100
    table = rates_table(2017, now=NOW)
    assert [column.label for column in table.columns] == ["受注者側", "発注者側"]
    assert [figure.value for figure in table.solved()[0]] == [Decimal("99.95"), Decimal("99.98")]


def test_C24_eight_cells_of_five_systems_print_as_the_report_does(world: Any) -> None:
    two, one = SIDES, SIDES[1:]
    for code, sides, stopped in (
        ("register", two, 132),
        ("information", two, 131),
        ("bidding", two, 183),
        ("progress", one, 160),
        ("names", one, 150),
    ):
        outage(a_system(code, sides=sides, name=code), at(2017, 9, 1), stopped)
    cells = [
        figure.value
        for line in rates_table(2017, now=NOW).solved()
        for figure in line
        if figure.value is not None
    ]
    assert sorted(cells) == [Decimal("99.97")] * 6 + [Decimal("99.98")] * 2


def test_C24_a_printed_rate_stands_beside_the_computed_one(world: Any) -> None:
    outage(a_system(), at(2017, 9, 1), 200)
    table = rates_table(2017, now=NOW, published={("e-bidding", "all"): Decimal("99.97")})
    (figure,) = table.solved()[0]
    assert (figure.value, figure.published, figure.difference) == (
        Decimal("99.96"),
        Decimal("99.97"),
        Decimal("0.01"),
    )


def test_M6_unknown_minutes_stand_apart_and_are_never_up(world: Any) -> None:
    system = a_system()
    agreed(system)
    outage(system, at(2017, 6, 1), 1_500)
    stop_actions.note_unknown(**BY, system=system, begins=at(2017, 8, 1), ends=at(2017, 8, 1, 1, 40))
    found = year_of("e-bidding")
    assert (found.whole.stopped, found.whole.unknown) == (1_500, 100)
    assert found.whole.up == 525_600 - 1_600
    assert found.verdict is Verdict.UNPROVEN
    assert found.printed == "99.70%〜99.71%"


def test_M6_planned_minutes_are_no_time_to_run(world: Any) -> None:
    system = a_system()
    stop_actions.announce_stop(
        **BY,
        system=system,
        begins=at(2017, 5, 1),
        ends=at(2017, 5, 2, 9, 20),
        announced_on=date(2017, 4, 20),
    )
    outage(system, at(2017, 5, 1, 5), 30)
    found = year_of("e-bidding")
    assert (found.whole.planned, found.whole.stopped) == (525_600 - 2_000, 0)


def test_M6_hours_and_holidays_make_the_plan_and_new_hours_begin_on_their_day(world: Any) -> None:
    weekdays: tuple[int | str, ...] = (0, 1, 2, 3, 4)
    system = a_system(hours=[HoursGiven(weekdays, 480, 1200), HoursGiven(("holiday",), 600, 1200)])
    assert year_of("e-bidding").months[date(2017, 5, 1)].planned == 20 * 720 + 3 * 600  # 3 to 5 May
    system_actions.set_hours(**BY, system=system, hours=[HoursGiven()], from_on=date(2017, 6, 1))
    months = year_of("e-bidding").months
    assert months[date(2017, 5, 1)].planned == 20 * 720 + 3 * 600
    assert months[date(2017, 6, 1)].planned == 30 * 1440


def test_M6_a_stop_over_the_end_of_a_year_is_cut_there(world: Any) -> None:
    outage(a_system(), at(2018, 3, 31, 23, 30), 60)
    assert year_of("e-bidding", 2017).whole.stopped == 30
    assert year_of("e-bidding", 2018).whole.stopped == 30


def test_M6_a_stop_of_what_it_stands_on_is_its_own_and_a_pair_stands_in(world: Any) -> None:
    bidding, ground = a_system(), a_system("ground", name="共通基盤")
    first, second = a_system("line-a", name="主系"), a_system("line-b", name="従系")
    system_actions.lean_on(**BY, system=bidding, on=ground, from_on=OPENED)
    for line in (first, second):
        system_actions.lean_on(**BY, system=bidding, on=line, from_on=OPENED, redundant="回線")
    outage(ground, at(2017, 6, 1), 60)
    outage(first, at(2017, 7, 1), 600)
    outage(second, at(2017, 7, 1, 9, 30), 60)
    found = year_of("e-bidding")
    assert found.whole.stopped == 60 + 30
    book = book_of(date(2017, 4, 1), date(2018, 3, 31), now=NOW)
    assert sum(span.minutes for span in book.degraded(bidding, "")) == 600 + 60 - 2 * 30
    dependency = Dependency.objects.get(system=bidding, on=ground)
    system_actions.end_dependency(**BY, dependency=dependency, until_on=date(2017, 5, 31))
    assert year_of("e-bidding").whole.stopped == 30


def test_M6_a_year_is_counted_up_to_now_and_an_open_outage_until_now(world: Any) -> None:
    system = a_system(from_on=date(2026, 11, 19))
    stop_actions.note_outage(**BY, system=system, begins=at(2026, 11, 20, 9, 30))
    found = year_of("e-bidding", 2026)
    assert (found.whole.planned, found.whole.stopped) == (1440 + 600, 30)
    (standing,) = [one for one in status_now(now=NOW).systems if one.system.code == "e-bidding"]
    assert (standing.state, standing.since) == ("down", at(2026, 11, 20, 9, 30))


def test_C35_incidents_add_up_and_a_printed_total_that_does_not_is_shown_beside(world: Any) -> None:
    service = Service.objects.create(code="security-cloud", name="セキュリティクラウド", scope="all")
    counts = [616, 621, 665, 861, 879, 627, 820, 699, 810]
    months = [date(2017, month, 1) for month in range(7, 13)] + [date(2018, month, 1) for month in (1, 2, 3)]
    for month, incidents in zip(months, counts, strict=True):
        system_actions.report_month(
            **BY, service=service, month=month, rates={"web": "100", "mail": "100"}, incidents=incidents
        )
    table = monthly_table(2017, service="security-cloud", published={("total", "incidents"): 7_408})
    lines = table.solved()
    assert [line[-1].value for line in lines[:-1]] == counts
    total = lines[-1][-1]
    assert (total.value, total.published, total.difference) == (6_598, 7_408, 810)
    assert lines[0][0].value == Decimal(100)
    assert lines[-1][0].value is None  # a rate is not added
    ((row, column, figure),) = table.disagreements()
    assert (row.key, column.key, figure.difference) == ("total", "incidents", 810)


def test_A17_a_month_without_incidents_is_0_and_one_not_reported_is_none(world: Any) -> None:
    service = Service.objects.create(code="network", name="情報通信ネットワーク", scope="all")
    for month, incidents in ((date(2011, 4, 1), 0), (date(2011, 5, 1), None)):
        system_actions.report_month(**BY, service=service, month=month, rates={}, incidents=incidents)
    values = [line[-1].value for line in monthly_table(2011, service="network").solved()]
    assert values == [0, None, 0]


def test_C24_the_level_of_a_service_holds_for_its_systems_until_the_next_one(world: Any) -> None:
    service = Service.objects.create(code="procurement", name="電子調達", scope="all")
    a_system(service=service)
    for part, on in ((Fraction(992, 1000), OPENED), (Fraction(997, 1000), date(2018, 4, 1))):
        system_actions.agree_level(
            **BY,
            service=service,
            numerator=part.numerator,
            denominator=part.denominator,
            source="合意書",
            from_on=on,
        )
    assert year_of("e-bidding", 2017).level == Fraction(992, 1000)
    assert year_of("e-bidding", 2018).level == Fraction(997, 1000)
    assert ServiceLevel.objects.get(from_on=OPENED).until_on == date(2018, 3, 31)


def test_M6_the_months_of_a_system_add_up_to_its_year(world: Any) -> None:
    outage(a_system(), at(2017, 6, 30, 23), 120)
    lines = year_by_month(year_of("e-bidding")).solved()
    assert len(lines) == 13
    assert [figure.value for figure in lines[-1]][:3] == [525_600, 120, 0]
    assert (lines[2][1].value, lines[3][1].value) == (60, 60)


def test_M6_the_book_takes_as_many_queries_for_one_system_as_for_six(
    world: Any, django_assert_max_num_queries: Any
) -> None:
    for place in range(6):
        outage(a_system(f"system-{place}", name=f"{place}"), at(2017, 6, 1), 10)
    with django_assert_max_num_queries(8):
        levels_of_year(2017, now=NOW)
    with django_assert_max_num_queries(9):
        status_now(now=NOW)


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_M6_what_cannot_be_is_refused_and_nothing_changes(world: Any) -> None:
    system = a_system(sides=SIDES)
    other = a_system("other", name="別")
    before = (Stop.objects.count(), Dependency.objects.count(), ServiceHours.objects.count())
    begins = at(2017, 6, 1)
    for refusal, act in (
        (system_actions.SystemKnown, a_system),
        (system_actions.EndsBeforeItBegins, lambda: outage(system, begins, 0)),
        (system_actions.EndsBeforeItBegins, lambda: a_system("late", until_on=date(2016, 1, 1))),
        (system_actions.SideUnknown, lambda: outage(system, begins, 5, side="nobody")),
        (system_actions.SideUnknown, lambda: outage(other, begins, 5, side="supplier")),
        (stop_actions.NotYet, lambda: outage(system, NOW, 5)),
        (
            stop_actions.AnnouncedTooLate,
            lambda: stop_actions.announce_stop(**BY, system=system, begins=begins, ends=begins + minutes(5)),
        ),
        (
            stop_actions.AnnouncedTooLate,
            lambda: stop_actions.announce_stop(
                **BY,
                system=system,
                begins=begins,
                ends=begins + minutes(5),
                announced_on=date(2017, 6, 2),
            ),
        ),
        (
            system_actions.StandsOnItself,
            lambda: system_actions.lean_on(**BY, system=system, on=system, from_on=OPENED),
        ),
        (
            system_actions.HoursWrong,
            lambda: system_actions.set_hours(
                **BY, system=system, hours=[HoursGiven((0,), 600, 600)], from_on=date(2018, 1, 1)
            ),
        ),
        (
            system_actions.HoursBackwards,
            lambda: system_actions.set_hours(**BY, system=system, hours=[HoursGiven()], from_on=OPENED),
        ),
        (
            system_actions.LevelWrong,
            lambda: system_actions.agree_level(
                **BY, system=system, numerator=5, denominator=4, source="", from_on=OPENED
            ),
        ),
    ):
        with pytest.raises(refusal):
            act()
    assert (Stop.objects.count(), Dependency.objects.count(), ServiceHours.objects.count()) == before
    assert not ServiceLevel.objects.exists()
    assert System.objects.filter(code__in=("e-bidding", "other", "late")).count() == 2


def test_M6_of_two_who_end_one_outage_the_second_is_told(world: Any) -> None:
    stop = stop_actions.note_outage(**BY, system=a_system(), begins=NOW - minutes(60))
    stop_actions.close_stop(**BY, stop=stop, ends=NOW - minutes(30), cause="回線の工事")
    with pytest.raises(stop_actions.StopEnded):
        stop_actions.close_stop(**BY, stop=stop, ends=NOW, cause="別の原因")
    stop.refresh_from_db()
    assert (stop.ends, stop.cause) == (NOW - minutes(30), "回線の工事")
    stop_actions.explain_stop(**BY, stop=stop, cause="回線の工事（誤切断）")
    stop_actions.void_stop(**BY, stop=stop, reason="別のシステムの停止だった")
    with pytest.raises(stop_actions.StopVoided):
        stop_actions.explain_stop(**BY, stop=stop, cause="取り消した後")
    stop.refresh_from_db()
    assert (stop.cause, stop.why_voided) == ("回線の工事（誤切断）", "別のシステムの停止だった")
    assert year_of("e-bidding", 2026).whole.stopped == 0


def test_C35_a_month_is_reported_once_and_only_with_rates_that_can_be(world: Any) -> None:
    service = Service.objects.create(code="cloud", name="クラウド", scope="all")
    report = {**BY, "service": service, "incidents": 1}
    with pytest.raises(system_actions.NotFirstOfMonth):
        system_actions.report_month(**report, month=date(2017, 7, 2), rates={})
    for rate in ("100.01", "-1", "百", "NaN"):
        with pytest.raises(system_actions.RateWrong):
            system_actions.report_month(**report, month=date(2017, 7, 1), rates={"web": rate})
    assert not MonthlyLevel.objects.exists()
    system_actions.report_month(**report, month=date(2017, 7, 1), rates={"web": "99.98"})
    with pytest.raises(system_actions.MonthKnown):
        system_actions.report_month(**report, month=date(2017, 7, 1), rates={"web": "100"})
    assert [row.rates for row in MonthlyLevel.objects.all()] == [{"web": "99.98"}]


def test_M6_sides_of_a_system_without_any_is_one_without_a_name(world: Any) -> None:
    assert [(side.code, side.name) for side in sides_of(a_system())] == [("", "")]
