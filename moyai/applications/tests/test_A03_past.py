"""What is past its day: 満了日 that were never written, 委任状, 事前登録, requests for lists, and the command that previews."""

from __future__ import annotations

import argparse
import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.applications.actions import forgetting
from moyai.applications.actions.drafts import Beginning, start_draft
from moyai.applications.actions.invitations import import_records
from moyai.applications.actions.keeping import hold
from moyai.applications.actions.mandates import make_mandate
from moyai.applications.commands import add_commands
from moyai.applications.jobs.keeping import drop_past_nightly, drop_past_of_body
from moyai.applications.models import Application, Draft, Export, Mandate, Procedure, Record, Tombstone
from moyai.applications.queries.keeping import preview
from moyai.applications.secrets import new_token
from moyai.applications.tests.conftest import apply, edition_of, make_procedure
from moyai.applications.tests.portal import BASE, begin, document, of, procedure_of, send, token_in
from moyai.applications.tests.test_A03_keeping import closed, run
from moyai.applications.tests.test_C27_portal_beginnings import FIELDS, GIVEN, LIST
from moyai.notices.public import notices_about
from moyai.tenants.public import acting_in, clock

SECOND = timedelta(seconds=1)


def night(procedure: Procedure, now: datetime) -> None:
    """What the worker does of a night, its second job included."""
    drop_past_nightly(body=procedure.body, now=now)
    drop_past_of_body(now=now)


def end_of(day: date) -> datetime:
    """The last second of a Japanese day."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=clock.JST)


# -- 満了日 -----------------------------------------------------------------------------------------------------------
def test_A03_night_fills_in_the_last_day_of_what_an_earlier_release_closed(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    new_year = datetime(2018, 4, 1, 0, 30, tzinfo=clock.JST)  # the evening of 31 March in UTC
    old, known = (closed(staff, procedure, at=new_year, months=months) for months in (1, 2))
    standing = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    Application.objects.filter(pk=old.pk).update(closed_on=None, keep_until=None)
    Application.objects.filter(pk=known.pk).update(keep_until=date(2040, 3, 31))
    today = clock.today(in_chiba)
    assert (
        preview(actor=staff["clerk"], now=in_chiba, before=today).total == 0
    )  # nobody would ever look at it
    for _twice in range(2):
        night(procedure, in_chiba)
        for one in (old, known, standing):
            one.refresh_from_db()
        assert (old.closed_on, old.keep_until) == (date(2018, 4, 1), date(2024, 3, 31))
        assert known.keep_until == date(2040, 3, 31)
        assert (standing.open, standing.closed_on, standing.keep_until) == (True, None, None)
    assert preview(actor=staff["clerk"], now=in_chiba, before=today).total == 1
    run(staff, in_chiba)
    assert not Application.objects.filter(pk=old.pk).exists()
    assert Application.objects.filter(pk__in=[known.pk, standing.pk]).count() == 2


# -- 委任状 -----------------------------------------------------------------------------------------------------------
def mandate_of(staff: Any, procedure: Any, now: datetime, days: int = 3) -> Mandate:
    return make_mandate(
        actor=staff["resident"],
        now=now,
        procedure=procedure,
        principal={"name": "本人　太郎", "mail": "taro@example.jp"},
        agent_name="代理　花子",
        agent_mail="agent@example.jp",
        scope="申請に関すること",
        valid_until=clock.today(now) + timedelta(days=days),
        token=new_token(),
        principal_token=new_token(),
    )


def test_A03_mandate_goes_with_its_messages_the_night_after_its_last_day(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    made = mandate_of(staff, procedure, in_chiba)
    later = mandate_of(staff, procedure, in_chiba, days=4)
    addresses = {"taro@example.jp", "agent@example.jp"}
    assert {one.to_email for one in notices_about(made)} == addresses
    last = end_of(made.valid_until)
    night(procedure, last)
    assert Mandate.objects.filter(pk=made.pk).exists()
    assert {one.to_email for one in notices_about(made)} == addresses
    night(procedure, last + SECOND)
    assert not Mandate.objects.filter(pk=made.pk).exists()
    # that something was sent, and when, stays; to whom and in which words does not
    assert [(one.to_email, one.to_name, one.text) for one in notices_about(made)] == [("", "", "")] * 2
    assert Mandate.objects.filter(pk=later.pk).exists()
    assert {one.to_email for one in notices_about(later)} == addresses


def test_A03_mandate_that_something_stands_on_stays_and_goes_with_it(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    used, begun = (mandate_of(staff, procedure, in_chiba) for _one in range(2))
    old = closed(staff, procedure)
    Application.objects.filter(pk=old.pk).update(mandate=used)
    draft = start_draft(
        actor=staff["resident"],
        now=in_chiba,
        edition=edition_of(procedure),
        token=new_token(),
        beginning=Beginning(mandate=begun),
    )
    past = in_chiba + timedelta(days=10)
    assert draft.expires_at > past
    night(procedure, past)
    assert set(Mandate.objects.values_list("pk", flat=True)) == {used.pk, begun.pk}
    night(procedure, draft.expires_at + timedelta(days=1))
    assert set(Mandate.objects.values_list("pk", flat=True)) == {used.pk}
    run(staff, in_chiba)
    assert not Mandate.objects.exists() and not Application.objects.filter(pk=old.pk).exists()


def test_A03_agent_may_send_until_the_last_second_of_the_last_day(world: Any, client: Client) -> None:
    procedure = procedure_of(world, "agents", mandate_allowed=True)
    links: list[str] = []
    with acting_in(world.chiba) as now:
        for _one in range(2):
            token = new_token()
            links.append(f"{BASE}/agents/{token}/")
            last = make_mandate(
                actor=world.actor(None, world.chiba),
                now=now,
                procedure=procedure,
                principal={"name": "本人　太郎"},
                agent_name="代理　花子",
                scope="申請に関すること",
                valid_until=clock.today(now) + timedelta(days=3),
                token=token,
                principal_token=new_token(),
            ).valid_until
    checks: list[tuple[Client, str]] = []
    for link in links:
        agent = Client()
        step = agent.post(link, {"token": token_in(agent.get(link).content.decode())})["Location"]
        checks.append((agent, agent.post(step, {"name": "本人　太郎", "kana": "ホンニン"})["Location"]))
    with clock.at(end_of(last)):
        send(*checks[0])
    agent, check = checks[1]
    with clock.at(end_of(last) + SECOND):
        refused = agent.post(check)
        assert refused.status_code == 409
        text = refused.content.decode()
        assert "この委任状は、期限が過ぎました。" in text and "本人　太郎" in text
        assert Client().get(links[1]).status_code == 409
    with acting_in(world.chiba):
        assert of("agents").count() == 1
        kept = Draft.objects.get(procedure__code="agents", application__isnull=True)
        assert kept.answers["name"] == "本人　太郎"


# -- 事前登録 -------------------------------------------------------------------------------------------------------------
def records_of(staff: Any, now: datetime, code: str, **facts: Any) -> Procedure:
    """A procedure with the two records of LIST, taken in at `now`."""
    procedure = make_procedure(
        actor=staff["administrator"],
        now=now,
        code=code,
        document=document(code, fields=FIELDS, **GIVEN),
        record_needed=True,
        **facts,
    )
    import_records(
        actor=staff["clerk"],
        now=now,
        procedure=procedure,
        edition=edition_of(procedure),
        data=LIST.encode(),
    )
    assert Record.objects.filter(procedure=procedure).count() == 2
    return procedure


def test_A03_records_go_the_night_after_their_keeping_ends_except_what_a_draft_goes_on_from(
    staff: Any, in_chiba: datetime
) -> None:
    taken_in = datetime(2025, 2, 10, 9, 0, tzinfo=clock.JST)
    procedure = records_of(staff, taken_in, "benefit", keep_years=1, keep_from="closed")
    first = Record.objects.filter(procedure=procedure).order_by("id")[0]
    last = end_of(date(2026, 2, 10))
    night(procedure, last)
    assert Record.objects.filter(procedure=procedure).count() == 2
    draft = start_draft(
        actor=staff["resident"],
        now=last,
        edition=edition_of(procedure),
        token=new_token(),
        beginning=Beginning(record=first),
    )
    night(procedure, last + SECOND)
    assert list(Record.objects.filter(procedure=procedure)) == [first]
    night(procedure, draft.expires_at + timedelta(days=1))
    assert not Record.objects.filter(procedure=procedure).exists()


def test_A03_records_kept_longer_do_not_stand_in_the_way_of_those_past_their_day(
    staff: Any, in_chiba: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 1)
    taken_in = datetime(2024, 2, 10, 9, 0, tzinfo=clock.JST)
    long = records_of(staff, taken_in, "long", keep_years=10, keep_from="closed")
    short = records_of(staff, taken_in + timedelta(days=1), "short", keep_years=1, keep_from="closed")
    now = datetime(2026, 3, 1, 4, 0, tzinfo=clock.JST)
    for _batch in range(3):
        night(short, now)
    assert Record.objects.filter(procedure=long).count() == 2
    assert Record.objects.filter(procedure=short).count() == 0


# -- 書き出しの依頼 ---------------------------------------------------------------------------------------------------------
def test_A21_list_may_be_fetched_for_a_day_and_its_request_goes_a_year_later(
    world: Any, client_for: Any
) -> None:
    procedure = procedure_of(world, "listed")
    send(*_sent(world))
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    asked = clerk.post(
        f"{BASE}/office/procedures/listed/export/", {"form": "csv-utf8", "purpose": "送付先の確認"}
    )
    page = str(asked["Location"])
    assert approver.post(f"{page}allow/").status_code == 302
    with acting_in(world.chiba):
        over = Export.objects.get(procedure=procedure).expires_at
    with clock.at(over - SECOND):
        assert "ファイルを受け取る" in clerk.get(page).content.decode()
        assert clerk.post(f"{page}file/").status_code == 200
    with clock.at(over):
        text = clerk.get(page).content.decode()
        assert "期限切れ" in text and "ファイルを受け取る" not in text
        assert clerk.post(f"{page}file/").status_code == 409
        assert "期限切れ" in clerk.get(f"{BASE}/office/applications/exports/").content.decode()
    with acting_in(world.chiba):
        night(procedure, over - SECOND)
        assert Export.objects.get(procedure=procedure).state == Export.State.ALLOWED
        night(procedure, over)
        kept = Export.objects.get(procedure=procedure)
        assert (kept.state, kept.fetched) == (Export.State.EXPIRED, 1)
        night(procedure, over + timedelta(days=365))
        assert Export.objects.filter(procedure=procedure).exists()
        night(procedure, over + timedelta(days=365) + SECOND)
        assert not Export.objects.filter(procedure=procedure).exists()


def _sent(world: Any) -> tuple[Client, str]:
    person = Client()
    return person, begin(person, "listed")


def test_A21_request_that_nobody_allowed_within_a_day_cannot_be_allowed_any_more(
    world: Any, client_for: Any
) -> None:
    procedure_of(world, "listed")
    send(*_sent(world))
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    asked = clerk.post(
        f"{BASE}/office/procedures/listed/export/", {"form": "csv-utf8", "purpose": "送付先の確認"}
    )
    page = str(asked["Location"])
    with acting_in(world.chiba):
        over = Export.objects.get(procedure__code="listed").expires_at
    with clock.at(over):  # a page left open since yesterday; the night's job has not come yet
        for act in ("allow/", "decline/"):
            refused = approver.post(page + act)
            assert refused.status_code == 409 and "もう一度依頼してください" in refused.content.decode()
        assert clerk.post(f"{page}file/").status_code == 409
    with acting_in(world.chiba):
        assert Export.objects.get(procedure__code="listed").state == Export.State.ASKED


# -- moyai applications forget ---------------------------------------------------------------------------------------------
def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any], str]:
    """`moyai applications forget …`: exit code, its JSON lines, what it said besides."""
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(required=True))
    capsys.readouterr()
    options = parser.parse_args(["applications", "forget", *arguments])
    code = int(options.run(options))
    lines = capsys.readouterr().out.splitlines()
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return code, found, "\n".join(line for line in lines if not line.startswith("{"))


def test_A03_operator_sees_what_would_go_and_the_run_does_just_that(
    world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    staff = {
        name: world.actor(getattr(world.at_chiba, name), world.chiba)
        for name in ("administrator", "approver", "clerk")
    } | {"resident": world.actor(None, world.chiba)}
    with acting_in(world.chiba) as now:
        procedure = make_procedure(actor=staff["administrator"], now=now, code="forgotten")
        gone = closed(staff, procedure, months=1)
        held = closed(staff, procedure, months=2)
        hold(actor=staff["clerk"], now=now, application=held, reason="訴訟のため")
        today = clock.today(now)
    code, found, _said = told(capsys, "--preview", "--body", world.chiba.code)
    assert code == 0 and len(found) == 1
    assert (found[0]["body"], found[0]["before"], found[0]["total"]) == (
        world.chiba.code,
        today.isoformat(),
        1,
    )
    mine = next(one for one in found[0]["procedures"] if one["id"] == procedure.pk)
    assert (mine["going"], mine["staying"]) == (1, {"held": 1})
    # every body where none is named, each for itself
    _code, both, _said = told(capsys, "--preview")
    assert {one["body"]: one["total"] for one in both} == {world.chiba.code: 1, world.matsudo.code: 0}
    # up to a day: nothing had ended before it
    _code, found, _said = told(
        capsys, "--preview", "--body", world.chiba.code, "--before", gone.keep_until.isoformat()
    )
    assert found[0]["total"] == 0 and found[0]["procedures"] == []
    with acting_in(world.chiba) as now:
        assert Application.objects.filter(pk__in=[gone.pk, held.pk]).count() == 2  # it only told
        assert Tombstone.objects.count() == 0
        assert run(staff, now).deleted == 1
    _code, found, _said = told(capsys, "--preview", "--body", world.chiba.code)
    assert found[0]["total"] == 0
    with acting_in(world.chiba):
        assert list(Application.objects.filter(pk__in=[gone.pk, held.pk])) == [held]


def test_A03_operator_is_told_what_to_mend_in_the_command(
    world: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found, said = told(capsys, "--preview", "--body", "999999")
    assert (code, found, said) == (1, [], "999999：この団体はありません。")
    for wrong in ("令和8年", "2026-13-01", "20260401x"):
        code, found, said = told(capsys, "--preview", "--before", wrong)
        assert (code, found) == (1, []) and wrong in said and "2026-04-01" in said
    with pytest.raises(SystemExit):  # deleting is not for the command line
        told(capsys)
