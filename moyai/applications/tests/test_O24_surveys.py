"""アンケート共有: one survey of several members, counted by each, crossed by the council; one inbox for every form."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connections
from django.db.models import F, Sum

from moyai.applications.actions.tallies import count_answers
from moyai.applications.models import Application, Procedure, Tally
from moyai.applications.queries.inbox import Wanted, inbox
from moyai.applications.queries.surveys import shared_survey, shared_surveys
from moyai.applications.tests.conftest import GOOD, apply, make_procedure
from moyai.audit.public import CouncilDeed, NotPermitted
from moyai.tenants.public import Actor, Body, acting_in


def apart(act: Callable[[], None]) -> None:
    """Do something in a transaction of its own, which others see once it is over."""
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            trouble.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if trouble:
        raise trouble[0]


@pytest.fixture
def shared(world: Any) -> Iterator[dict[int, int]]:
    """Both bodies share the survey of the demo street; their counts are lifted above what is hidden."""

    def share() -> None:
        for times, body in zip((7, 11), Body.objects.order_by("code"), strict=True):
            with acting_in(body) as now:
                survey = Procedure.objects.get(body=body, code="survey")
                Procedure.objects.filter(pk=survey.pk).update(shares_answers=True)
                survey.refresh_from_db()
                assert count_answers(actor=Actor.system(body), now=now, procedure=survey) > 0
                Tally.objects.filter(body=body).update(answers=F("answers") * times)

    def unshare() -> None:
        for body in Body.objects.order_by("code"):
            with acting_in(body) as now:
                survey = Procedure.objects.get(body=body, code="survey")
                Procedure.objects.filter(pk=survey.pk).update(shares_answers=False)
                survey.refresh_from_db()
                assert count_answers(actor=Actor.system(body), now=now, procedure=survey) == 0

    apart(share)
    yield {world.chiba.pk: 7, world.matsudo.pk: 11}
    apart(unshare)


def test_O24_council_crosses_a_shared_survey_by_member(world: Any, shared: dict[int, int]) -> None:
    secretary = world.actor(world.secretary, None)
    deeds = CouncilDeed.objects.filter(verb="council.read_across").count()
    (one,) = shared_surveys(actor=secretary)
    assert (one.code, [body.name for body in one.bodies]) == ("survey", ["千葉市", "松戸市"])
    found = shared_survey(actor=secretary, code="survey")
    assert found is not None and CouncilDeed.objects.filter(verb="council.read_across").count() == deeds + 2
    by_label = {table.caption: table for table in found.tables}
    table = next(table for label, table in by_label.items() if "参加したこと" in label)
    assert table.heads == ["", "千葉市", "松戸市", "計"]
    for body in (world.chiba, world.matsudo):
        with acting_in(body):
            rows = Tally.objects.filter(body=body, field="joined").values("choice").annotate(n=Sum("answers"))
            counts = {row["choice"]: row["n"] for row in rows}
            applications = Application.objects.filter(body=body, procedure__code="survey")
            yes = sum(bool(answers["joined"]) for answers in applications.values_list("answers", flat=True))
            assert counts["true"] == yes * shared[body.pk]
        column = 1 + [each.name for each in found.bodies].index(body.name)
        assert table.rows[0][column] == counts["true"]
    assert table.rows[-1][-1] == sum(row[-1] for row in table.rows[:-1] if isinstance(row[-1], int))
    assert shared_survey(actor=secretary, code="nobodys") is None
    with pytest.raises(NotPermitted):
        shared_survey(actor=world.actor(world.at_chiba.administrator, world.chiba), code="survey")


def test_O24_pages_of_the_council(world: Any, client_for: Any, shared: dict[int, int]) -> None:
    client = client_for(world.secretary)
    assert "市民まつり" in client.get("/council/applications/surveys/").content.decode()
    html = client.get("/council/applications/surveys/survey/").content.decode()
    assert "千葉市" in html and "松戸市" in html
    file = client.get("/council/applications/surveys/survey/", {"table": "0"})
    assert "千葉市" in b"".join(file.streaming_content).decode("utf-8-sig")
    assert client.get("/council/applications/surveys/survey/", {"table": "999"}).status_code == 404
    assert client.get("/council/applications/surveys/none/").status_code == 404
    assert client_for(world.at_chiba.clerk).get("/council/applications/surveys/").status_code == 404


def test_O24_small_counts_of_a_member_are_hidden(world: Any) -> None:
    def share() -> None:
        for body in Body.objects.order_by("code"):
            with acting_in(body) as now:
                survey = Procedure.objects.get(body=body, code="survey")
                Procedure.objects.filter(pk=survey.pk).update(shares_answers=True)
                survey.refresh_from_db()
                count_answers(actor=Actor.system(body), now=now, procedure=survey)

    def unshare() -> None:
        for body in Body.objects.order_by("code"):
            with acting_in(body):
                Tally.objects.filter(body=body).delete()
                Procedure.objects.filter(body=body, code="survey").update(shares_answers=False)

    apart(share)
    try:
        found = shared_survey(actor=world.actor(world.secretary, None), code="survey")
        assert found is not None
        for table in found.tables:  # three answers in each body: no figure of 1 to 4 is told
            assert not [cell for row in table.rows for cell in row[1:] if cell in (1, 2, 3, 4)]
    finally:
        apart(unshare)


def test_A01_a_full_and_a_simple_form_arrive_in_one_inbox_of_the_member(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    simple = make_procedure(
        actor=staff["administrator"], now=in_chiba, code="simple", needs_review=False, issues_letter=False
    )
    full = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    quick = apply(actor=staff["resident"], now=in_chiba, procedure=simple)
    waits = inbox(actor=staff["clerk"], now=in_chiba, wanted=Wanted(words=full.public_number)).rows
    over = inbox(
        actor=staff["clerk"], now=in_chiba, wanted=Wanted(view="closed", words=quick.public_number)
    ).rows
    assert [row.pk for row in waits] == [full.pk] and [row.pk for row in over] == [quick.pk]
    # The same procedure becomes a reviewed one by a switch: nothing is built again.
    Procedure.objects.filter(pk=simple.pk).update(needs_review=True)
    simple.refresh_from_db()
    later = apply(actor=staff["resident"], now=in_chiba, procedure=simple, **GOOD)
    assert (quick.status, later.status) == ("completed", "received")
    assert later.edition_id == quick.edition_id


def test_C27_year_counts_every_channel_and_every_state_once(
    procedure: Any, staff: Any, world: Any, in_chiba: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import contextmanager

    from moyai.applications import flow
    from moyai.applications.queries.figures import year_of_applications
    from moyai.calendars.public import fiscal_year, fiscal_year_range
    from moyai.tenants.public import clock

    statuses = [status for status in flow.STATUSES if status != flow.DRAFT]
    channels = list(Application.Channel.values)
    for place in range(max(len(statuses), len(channels))):
        made = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
        status = statuses[place % len(statuses)]
        Application.objects.filter(pk=made.pk).update(
            status=status, open=status in flow.OPEN, channel=channels[place % len(channels)]
        )

    @contextmanager
    def here() -> Iterator[str]:  # the council's eye sees committed rows only; these are not
        yield "default"

    monkeypatch.setattr("moyai.audit.action.looking_across", here)
    year = fiscal_year(clock.today(in_chiba))
    first, last = fiscal_year_range(year)
    found = year_of_applications(actor=world.actor(world.secretary, None), now=in_chiba, fiscal_year=year)
    rows = Application.objects.filter(body=world.chiba, received_on__range=(first, last))
    assert set(rows.values_list("channel", flat=True)) == set(channels)
    assert set(rows.values_list("status", flat=True)) == set(statuses)
    assert found.of_body(world.chiba) == rows.count() == found.total
    by_channel = [rows.filter(channel=channel).count() for channel in channels]
    assert sum(by_channel) == found.total
    procedures = Procedure.objects.filter(body=world.chiba, registered_on__lte=last, retired_on__isnull=True)
    assert found.procedures[world.chiba.pk] == procedures.count()
