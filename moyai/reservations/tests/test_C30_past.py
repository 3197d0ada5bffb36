"""利用者登録 of past fiscal years: what was approved, ran out, was renewed, struck and taken in again since is not mixed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from moyai.reservations.actions.approvals import (
    approve_registration,
    reinstate_registration,
    strike_registration,
)
from moyai.reservations.actions.registration_terms import renew_registration
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import Registration
from moyai.reservations.tests.people import (
    CLUB,
    TERMS,
    account,
    approved,
    other,
    registered,
    settle,
    signed_in,
)
from moyai.tenants.public import Actor, clock
from moyai.web.demo_council import load_council


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=clock.JST)


def counts(world: Any, *days: date) -> list[tuple[int, int]]:
    found = [registered(world.chiba, day) for day in days]
    return [(one.person, one.group) for one in found]


DAYS = (
    date(2016, 3, 31), date(2017, 3, 31), date(2018, 3, 30), date(2018, 3, 31), date(2018, 8, 31),
    date(2019, 3, 31), date(2019, 6, 10), date(2019, 6, 20), date(2020, 3, 31),
)  # fmt: skip
TOLD = [(0, 0), (2, 0), (2, 1), (1, 1), (1, 1), (2, 1), (1, 0), (2, 0), (2, 0)]


@pytest.fixture
def years(world: Any, in_chiba: datetime) -> list[tuple[int, int]]:
    """Five years of a person who leaves and comes back, one who renews late, a club that runs out; what was there before."""
    before = counts(world, *DAYS)
    settle(world.chiba, at(2015, 4, 1), "eligibility", TERMS)
    clerk: Actor = world.actor(world.at_chiba.clerk, world.chiba)
    approver: Actor = world.actor(world.at_chiba.approver, world.chiba)
    taro = signed_in(world.chiba, account("taro@years.example"))
    jiro = signed_in(world.chiba, account("jiro@years.example"))
    leaves = approved(taro, at(2016, 5, 10), clerk, other())
    late = approved(
        jiro, at(2016, 6, 1), clerk, other(name="松戸　次郎", kana="マツド　ジロウ", born_on=date(1960, 2, 3))
    )
    club = approved(jiro, at(2017, 4, 1), clerk, CLUB)
    register(actor=taro, now=at(2017, 4, 2), facts=CLUB, channel="internet")  # nobody ever answers
    strike_registration(actor=approver, now=at(2018, 3, 31), registration=leaves, reason="転出")
    again = register(actor=taro, now=at(2018, 9, 1), facts=other(), channel="internet")
    assert again.pk == leaves.pk
    approve_registration(actor=clerk, now=at(2018, 9, 10), registration=again, looked_at_doubles=True)
    strike_registration(actor=approver, now=at(2019, 5, 5), registration=club, reason="期限切れ")
    renewed = renew_registration(actor=clerk, now=at(2019, 6, 20), registration=late)
    assert renewed.past == [["2016-06-01", "2019-05-31"]]
    return before


def test_C30_a_past_day_counts_who_was_registered_then(world: Any, years: list[tuple[int, int]]) -> None:
    now = counts(world, *DAYS)
    found = [
        (person - old, group - old_group)
        for (person, group), (old, old_group) in zip(now, years, strict=True)
    ]
    assert found == TOLD


def test_C30_who_was_struck_by_mistake_keeps_the_days_before(
    world: Any, years: list[tuple[int, int]]
) -> None:
    approver: Actor = world.actor(world.at_chiba.approver, world.chiba)
    row = Registration.objects.get(past=[["2016-05-10", "2018-03-30"]])
    before = counts(world, *DAYS)
    strike_registration(actor=approver, now=at(2020, 5, 1), registration=row, reason="取り違え")
    assert counts(world, *DAYS) == before
    row = reinstate_registration(actor=approver, now=at(2020, 5, 2), registration=row, reason="取り違え")
    assert row.past == [["2016-05-10", "2018-03-30"], ["2018-09-10", "2020-04-30"]]
    assert counts(world, *DAYS) == before
    approve_registration(actor=approver, now=at(2020, 5, 3), registration=row, looked_at_doubles=True)
    assert counts(world, *DAYS) == before
    assert Registration.objects.get(pk=row.pk).registered_on == date(2020, 5, 3)


@pytest.mark.parametrize(("fiscal_year", "person", "group"), [(2017, 1, 1), (2018, 2, 1), (2019, 2, 0)])
def test_C30_report_figures_of_a_past_fiscal_year(
    world: Any,
    years: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    fiscal_year: int,
    person: int,
    group: int,
) -> None:
    """`moyai report figures reservations --fiscal-year` prints them as they stood on the year's last day."""
    from moyai.web.report import figures

    @contextmanager
    def here() -> Iterator[str]:  # the council's eye sees committed rows only; those of a test are not
        yield "default"

    load_council()  # who uses the service in those years
    monkeypatch.setattr("moyai.audit.action.looking_across", here)
    to = tmp_path / "users.json"
    done = figures(name="reservations", fiscal_year=fiscal_year, face="json", only="users", output=str(to))
    assert done == 0
    rows = {row["label"]: row for row in json.loads(to.read_text(encoding="utf-8"))["rows"]}
    old_person, old_group = years[{2017: 3, 2018: 5, 2019: 8}[fiscal_year]]
    cells = rows[world.chiba.name]["cells"]
    assert cells["person"]["value"] == person + old_person
    assert cells["group"]["value"] == group + old_group
    assert cells["users"]["value"] == person + group + old_person + old_group
