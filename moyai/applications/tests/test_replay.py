"""The reference year: the plan is the seed's, its forms are sound, its days are played by the real actions."""

from __future__ import annotations

import json
import random
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from moyai.applications.models import Application, Procedure
from moyai.applications.replay import forms, is_waiting, plan, play_day, prepare
from moyai.applications.replay.plan import Day, totals
from moyai.applications.rules import answer, check_edition, compile_edition
from moyai.audit.public import Deed
from moyai.calendars.public import office_calendar
from moyai.tenants.public import acting_in
from moyai.web.replay import YEARS


@pytest.fixture(scope="module")
def year() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((YEARS / "chiba_fy2017.json").read_text(encoding="utf-8"))
    return found


def test_C27_the_plan_holds_202_608_applications_84_056_of_the_prefecture(year) -> None:
    counts = {body.name: body.applications for body in plan(year)}
    assert sum(counts.values()) == 202_608
    assert counts["千葉県"] == 84_056
    assert sum(counts.values()) - counts["千葉県"] == 118_552
    assert len(counts) == 21


def test_C28_the_plan_holds_1_928_procedures(year) -> None:
    assert sum(body.procedures for body in plan(year)) == 1_928
    assert {body.name: body.procedures for body in plan(year)}["浦安市"] == 376


def test_applications_follow_procedures_within_one(year) -> None:
    counts = totals(year["applications"])
    others = {name: n for name, n in year["applications"]["procedures"].items() if name != "千葉県"}
    for name, procedures in others.items():
        exact = Fraction(118_552 * procedures, sum(others.values()))
        assert int(exact) <= counts[name] <= int(exact) + 1


@pytest.mark.parametrize("scale", ["1", "0.01", "1/3"])
def test_the_same_year_and_scale_give_the_same_plan(year, scale: str) -> None:
    once, again = plan(year, scale=Fraction(scale)), plan(year, scale=Fraction(scale))
    assert once == again
    assert sum(body.applications for body in once) == int(202_608 * Fraction(scale))
    assert all(len(body.days) == 365 for body in once)


@pytest.mark.parametrize("form", list(forms.FORMS))
def test_every_answer_of_the_replay_is_taken_by_its_form(form: str) -> None:
    document = forms.document(form, code="r-1", title="届出")
    assert check_edition(document) == []
    compiled = compile_edition(document)
    dice = random.Random(form)
    for _ in range(100):
        result = answer(compiled, forms.answers(form, dice), today=date(2017, 6, 1))
        assert result.ok, result.errors


def test_a_day_is_played_through_the_real_actions(world) -> None:
    body = world.chiba
    with acting_in(body) as now:
        before = Application.objects.filter(body=body).count()
        street = prepare(
            body=body, procedures=4, registered_on=date(2017, 4, 1), now=now, calendar=office_calendar(body)
        )
        assert Procedure.objects.filter(body=body, code__startswith="r-", published=True).count() == 4
        for day in (
            date(2017, 4, 3),
            date(2017, 4, 20),
        ):  # a Monday, and a Thursday more than five days later
            assert play_day(body=body, street=street, day=Day(day, 6)) == 6
        rows = Application.objects.filter(body=body, procedure__code__startswith="r-")
        assert is_waiting(body=body)  # Thursday's are not decided yet
        assert play_day(body=body, street=street, day=Day(date(2017, 5, 8), 0)) == 0
        assert not is_waiting(body=body)
        assert rows.count() == 12
        assert Application.objects.filter(body=body).count() == before + 12
        assert set(rows.filter(received_on=date(2017, 4, 3)).values_list("open", flat=True)) <= {False}
        assert (
            Deed.objects.filter(body=body, verb="applications.submit", thing_id__in=rows.values("pk")).count()
            == 12
        )
        # Playing the body's first day again adds no procedure.
        prepare(
            body=body, procedures=4, registered_on=date(2017, 4, 1), now=now, calendar=office_calendar(body)
        )
        assert Procedure.objects.filter(body=body, code__startswith="r-").count() == 4
