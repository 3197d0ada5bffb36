"""事業のサービスレベル (C24): also of a service without a system, and on every page that says it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from moyai.operations.actions import stops as stop_actions
from moyai.operations.actions import systems as system_actions
from moyai.operations.figures import yearly_levels
from moyai.operations.figures.agreements import agreements_table
from moyai.operations.models import ServiceLevel, System
from moyai.operations.queries.agreements import Agreement, Basis, agreements_of_year
from moyai.operations.queries.levels import levels_of_year
from moyai.operations.registers import PrintedRate, printed_rates_of_services
from moyai.operations.rules.availability import Verdict
from moyai.operations.tests.places import NOW, OPENED, a_system, at, minutes, secretary
from moyai.tenants.public import Service

BY = {"actor": secretary(), "now": NOW}
LEVELS = "/council/levels/"
CELLS = [("入札情報サービスシステム（受注者側）", "99.98"), ("電子入札システム（発注者側）", "99.97")]


@pytest.fixture
def service(world: Any) -> Service:
    return Service.objects.create(code="procurement", name="電子調達", scope="all")


@pytest.fixture
def printed() -> Iterator[dict[str, list[PrintedRate]]]:
    """What a report printed of the year 2017, as a room above brings it."""
    rates: dict[str, list[PrintedRate]] = {}
    printed_rates_of_services.register("test", lambda year: rates if year == 2017 else {})
    yield rates
    del printed_rates_of_services.sources["test"]


def agreed(part: str = "997/1000", *, from_on: date = OPENED, **of: Any) -> ServiceLevel:
    share = Fraction(part)
    facts = {"numerator": share.numerator, "denominator": share.denominator, "source": "合意書"}
    return system_actions.agree_level(**BY, **of, **facts, from_on=from_on)


def judged(fiscal_year: int = 2017, *, now: Any = NOW) -> Agreement:
    (found,) = agreements_of_year(fiscal_year, now=now, years=levels_of_year(fiscal_year, now=now))
    return found


def stopped(system: System, length: int, **more: Any) -> None:
    begins = at(2017, 6, 1)
    stop_actions.note_outage(**BY, system=system, begins=begins, ends=begins + minutes(length), **more)


def reported(service: Service, web: str, *months: int) -> None:
    for month in months:
        on = date(2017 if month >= 4 else 2018, month, 1)
        system_actions.report_month(**BY, service=service, month=on, rates={"web": web}, incidents=0)


def test_C24_a_service_without_systems_and_reports_cannot_be_judged(service: Service) -> None:
    agreed(service=service)
    found = judged()
    assert (found.basis, found.judged, found.verdict) == (Basis.NOTHING, (), Verdict.UNPROVEN)
    (line,) = agreements_table(2017, now=NOW).solved()
    assert [figure.value for figure in line][1:6] == [0, 0, None, "判定できない", "稼働の記録がない"]


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [("99.97", Verdict.MET), ("99.70", Verdict.UNPROVEN), ("99.69", Verdict.MISSED), ("100", Verdict.MET)],
)
def test_C24_a_service_without_systems_is_judged_by_its_monthly_reports(
    service: Service, rate: str, verdict: Verdict
) -> None:
    agreed(service=service)
    reported(service, rate, *range(4, 13), 1, 2, 3)
    found = judged()
    assert (found.basis, found.verdict) == (Basis.MONTHS, verdict)
    assert [one.name for one in found.judged] == ["web"]
    assert found.judged[0].printed == f"{Decimal(rate):.2f}%"


def test_C24_a_month_not_reported_may_have_been_anything_and_one_not_over_is_not_asked_for(
    service: Service,
) -> None:
    agreed(service=service)
    reported(service, "100", *range(4, 13), 1, 2)
    assert judged().verdict is Verdict.UNPROVEN  # March is missing
    assert judged().judged[0].printed.startswith("91.5")
    assert judged(now=at(2018, 3, 20)).verdict is Verdict.MET  # March is not over
    assert not agreements_of_year(2027, now=NOW, years=[])


def test_C24_months_before_the_first_agreement_are_not_asked_for(service: Service) -> None:
    agreed("992/1000", service=service, from_on=date(2017, 7, 1))
    agreed(service=service, from_on=date(2018, 1, 1))
    reported(service, "99.98", *range(7, 13), 1, 2, 3)
    assert (judged().part, judged().verdict) == (Fraction(997, 1000), Verdict.MET)


@pytest.mark.parametrize(("length", "verdict"), [(1_576, Verdict.MET), (1_577, Verdict.MISSED)])
def test_C24_a_service_with_systems_is_judged_by_each_side_on_the_exact_fraction(
    service: Service, length: int, verdict: Verdict
) -> None:
    agreed(service=service)
    system = a_system(service=service, sides=[("supplier", "受注者側"), ("orderer", "発注者側")])
    reported(service, "100", 4)  # systems of ours go before what is reported
    stopped(system, length, side="supplier")
    found = judged()
    assert (found.basis, len(found.judged), found.verdict) == (Basis.SYSTEMS, 2, verdict)
    assert found.lowest is not None and found.lowest.printed == "99.70%"
    assert found.met == (2 if verdict is Verdict.MET else 1)


def test_C24_a_system_with_a_level_of_its_own_is_not_judged_by_that_of_its_service(service: Service) -> None:
    agreed(service=service)
    own = a_system(service=service)
    agreed("1/2", system=own)
    stopped(own, 9_000)
    assert judged().basis is Basis.NOTHING
    a_system("other", name="別", service=service)
    assert (judged().basis, judged().verdict) == (Basis.SYSTEMS, Verdict.MET)


def test_C24_printed_yearly_rates_prove_a_level_where_every_cell_does(
    service: Service, printed: dict[str, list[PrintedRate]]
) -> None:
    agreed(service=service)
    printed["procurement"] = [PrintedRate(*cell) for cell in CELLS]
    found = judged()
    assert (found.basis, found.met, found.verdict) == (Basis.PRINTED, 2, Verdict.MET)
    table = yearly_levels(actor=secretary(), now=NOW, fiscal_year=2017)["agreed"]
    values = [[figure.value for figure in line] for line in table.solved()]
    assert [row.label for row in table.rows] == ["電子調達", *(f"電子調達　{name}" for name, _rate in CELLS)]
    assert [str(values[0][0]), *values[0][1:6]] == [
        "99.7", 2, 2, "99.97%", "達成", "報告書に記載の稼働率",
    ]  # fmt: skip
    assert [line[3:5] for line in values[1:]] == [["99.98%", "達成"], ["99.97%", "達成"]]
    printed["procurement"].append(PrintedRate("業務進行管理システム", "99.70"))
    assert judged().verdict is Verdict.UNPROVEN
    printed["procurement"].append(PrintedRate("名簿管理システム", "99.6"))
    assert judged().verdict is Verdict.MISSED
    assert agreements_of_year(2018, now=NOW, years=[])[0].basis is Basis.NOTHING


def test_C24_the_secretary_agrees_a_level_for_a_service_without_systems_and_reads_the_verdict(
    world: Any, service: Service, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    desk = client_for(world.secretary)
    page = f"{LEVELS}services/level/"
    facts = {"service": "procurement", "percent": "99.7", "source": "合意書 第5条", "from_on": "H29.4.1"}
    for wrong in ({"service": "nobody"}, {"percent": "101"}, {"source": ""}, {"from_on": "H29.13.1"}):
        assert desk.post(page, facts | wrong).status_code == 422, wrong
    assert not ServiceLevel.objects.exists()
    assert client_for(world.auditor).post(page, facts).status_code == 403
    assert not ServiceLevel.objects.exists()
    assert desk.post(page, facts).status_code == 302
    again = desk.post(page, facts)
    assert again.status_code == 422 and "今の合意が始まる日より後から" in again.content.decode()
    assert ServiceLevel.objects.get().service_id == service.pk
    reported(service, "99.97", *range(4, 13), 1, 2, 3)
    with django_assert_max_num_queries(40):
        shown = desk.get(f"{LEVELS}?fiscal_year=2017").content.decode()
    assert "事業ごとの約束と判定" in shown and "1／1" in shown and "99.97%" in shown
    saved = desk.get(f"{LEVELS}?fiscal_year=2017&table=agreed&format=csv").content.decode()
    assert "電子調達" in saved and "達成" in saved
    mine = client_for(world.at_chiba.clerk).get("/chiba-shi/office/levels/?fiscal_year=2017")
    assert "事業ごとの約束と判定" in mine.content.decode()
    Service.objects.filter(pk=service.pk).update(scope="some")
    mine = client_for(world.at_chiba.clerk).get("/chiba-shi/office/levels/?fiscal_year=2017")
    assert "電子調達" not in mine.content.decode()  # a service it does not use
