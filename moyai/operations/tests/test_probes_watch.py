"""監視 (A09, O65, M6) against real addresses: an alarm opens one case and one outage, being back closes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from moyai.notices.public import UrlRefused
from moyai.notices.tests.receiver import Receiver
from moyai.operations.actions import probes as actions
from moyai.operations.actions.cases import assign_case
from moyai.operations.actions.stops import ProbeWatches, note_outage, void_stop
from moyai.operations.jobs.watching import ask_address, forget_beats, watch
from moyai.operations.models import Beat, Case, CaseStep, Probe, Stop, System
from moyai.operations.queries.levels import levels_of_year, status_now
from moyai.operations.tests.places import NOW, a_system, minutes, secretary

BY = {"actor": secretary(), "now": NOW}


@pytest.fixture
def address(settings: Any) -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.answers = [200]
    settings.MOYAI_DEMO = True
    settings.MOYAI_WEBHOOK_INSIDE = [f"127.0.0.1:{receiver.port}"]
    yield receiver
    receiver.close()


def http_probe(address: Receiver, system: System | None = None, **more: Any) -> Probe:
    found = system or a_system(from_on=NOW.date())
    return actions.add_probe(**BY, system=found, name="入口", kind="http", url=address.url, **more)


def push_probe(system: System | None = None, **more: Any) -> Probe:
    return actions.add_probe(
        **BY, system=system or a_system(from_on=NOW.date()), name="夜間処理", kind="push", **more
    )


def asks(probe: Probe, after: int) -> None:
    ask_address(probe_id=probe.pk, now=NOW + minutes(after))


def book(probe: Probe) -> list[tuple[str, int, int | None]]:
    """The stops of a probe: kind, and minutes since it was made."""
    return [
        (
            stop.kind,
            (stop.begins - NOW) // timedelta(minutes=1),
            (stop.ends - NOW) // timedelta(minutes=1) if stop.ends else None,
        )
        for stop in Stop.objects.filter(probe=probe).order_by("begins", "id")
    ]


def test_A09_an_address_that_answers_is_up_and_was_unknown_until_then(world: Any, address: Receiver) -> None:
    probe = http_probe(address)
    assert book(probe) == [("unknown", 0, None)]
    asks(probe, 1)
    assert book(probe) == [("unknown", 0, 1)]
    probe.refresh_from_db()
    assert (probe.state, probe.heard_at) == ("up", NOW + minutes(1))
    (beat,) = Beat.objects.filter(probe=probe)
    assert beat.well and beat.milliseconds is not None
    assert not Case.objects.filter(way="probe").exists()


def test_A09_a_failing_address_opens_one_outage_and_one_case_and_closes_both_when_it_is_back(
    world: Any, address: Receiver
) -> None:
    probe = http_probe(address)
    address.answers = [200, 500, 500, 500, 500, 500, 500, 200]
    for minute in range(1, 8):
        asks(probe, minute)
    assert book(probe) == [("unknown", 0, 1), ("outage", 2, None)]
    probe.refresh_from_db()
    assert probe.state == "down"
    (case,) = Case.objects.filter(way="probe")
    assert (case.kind.code, case.state, case.system_id) == ("fault", Case.State.NEW, probe.system_id)
    assert case.answer_by is not None  # its clock runs, day and night
    assert [stop.case_id for stop in case.stops.all()] == [case.pk]
    asks(probe, 8)
    assert book(probe)[-1] == ("outage", 2, 8)
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED
    (found,) = levels_of_year(2026, now=NOW + minutes(10))
    assert (found.whole.stopped, found.whole.unknown) == (6, 1)
    asks(probe, 9)
    assert Case.objects.filter(way="probe").count() == 1


def test_A09_a_case_somebody_works_on_hears_that_it_is_back_and_stays_his(
    world: Any, address: Receiver
) -> None:
    probe = http_probe(address, grace_seconds=0)
    address.answers = [200, 503, 200]
    asks(probe, 1)
    asks(probe, 2)
    (case,) = Case.objects.filter(way="probe")
    assign_case(**BY, case=case, version=case.version, assignee="運用 次郎")
    asks(probe, 3)
    case.refresh_from_db()
    assert case.state == Case.State.WORKING
    assert "復旧" in CaseStep.objects.filter(case=case).latest("pk").text


def test_A09_two_probes_of_one_system_share_the_case_of_its_outage(world: Any, address: Receiver) -> None:
    system = a_system(from_on=NOW.date())
    first = http_probe(address, system, grace_seconds=0)
    second = http_probe(address, system, grace_seconds=0)
    address.answers = [500]
    asks(first, 1)
    asks(second, 1)
    asks(first, 2)
    (case,) = Case.objects.filter(way="probe")
    assert case.stops.count() == 2
    address.answers = [200]
    asks(first, 3)
    case.refresh_from_db()
    assert case.state == Case.State.NEW  # the other still sees it down
    asks(second, 3)
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED


def test_A09_an_outage_noted_by_hand_is_not_noted_as_another_case(world: Any, address: Receiver) -> None:
    from moyai.operations.tests.places import a_case

    system = a_system(from_on=NOW.date())
    case = a_case("fault", system=system)
    note_outage(**BY, system=system, begins=NOW - minutes(1), case=case)
    asks(http_probe(address, system, grace_seconds=0), 1)
    address.answers = [500]
    probe = Probe.objects.get(system=system)
    asks(probe, 2)
    assert Case.objects.count() == Case.objects.filter(pk=case.pk).count()
    assert Stop.objects.get(probe=probe, kind="outage").case_id == case.pk


@pytest.mark.parametrize(
    ("answers", "well"),
    [([204], True), ([("to", "/signin")], True), ([404], False), (["cut"], False), ([500], False)],
)
def test_A09_what_counts_as_an_answer(world: Any, address: Receiver, answers: list[Any], well: bool) -> None:
    probe = http_probe(address)
    address.answers = answers
    asks(probe, 1)
    (beat,) = Beat.objects.filter(probe=probe)
    assert beat.well is well
    assert len(address.calls) == 1  # a redirect is not followed


def test_A09_nobody_there_is_a_failure_and_an_address_inside_is_never_called(
    world: Any, address: Receiver, settings: Any
) -> None:
    probe = http_probe(address)
    address.close()
    asks(probe, 1)
    assert Beat.objects.get(probe=probe).note == "unreachable"
    settings.MOYAI_WEBHOOK_INSIDE = []
    asks(probe, 2)
    assert Beat.objects.filter(probe=probe).latest("at").note == "address"


def test_A09_a_slow_address_is_cut_off(world: Any, address: Receiver, monkeypatch: Any) -> None:
    from moyai.notices import sending
    from moyai.operations.jobs import watching

    monkeypatch.setattr(watching, "ask", lambda url: sending.ask(url, seconds=0.3))
    probe = http_probe(address)
    address.answers = ["slow"]
    asks(probe, 1)
    assert Beat.objects.get(probe=probe).note == "slow"


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/",
        "ftp://example.jp/",
        "https://user@example.jp/",
        "",
        "https://",
        "http://example.jp/",
    ],
)
def test_A09_an_address_that_may_not_be_called_is_refused_and_nothing_is_stored(world: Any, url: str) -> None:
    system = a_system()
    with pytest.raises(UrlRefused):
        actions.add_probe(**BY, system=system, name="入口", kind="http", url=url)
    with pytest.raises(actions.ProbeWrong):
        actions.add_probe(**BY, system=system, name="入口", kind="push", every_seconds=59)
    assert not Probe.objects.exists()
    assert not Stop.objects.exists()


def test_A09_a_gap_between_two_answers_is_unknown_and_so_is_the_time_since_the_last(
    world: Any, address: Receiver
) -> None:
    probe = http_probe(address)
    asks(probe, 1)
    (now_unknown,) = levels_of_year(2026, now=NOW + minutes(31))
    assert (now_unknown.whole.unknown, now_unknown.whole.stopped) == (1 + 30, 0)
    assert status_now(now=NOW + minutes(31)).systems[0].state == "unknown"
    asks(probe, 41)
    assert book(probe) == [("unknown", 0, 1), ("unknown", 1, 41)]
    (found,) = levels_of_year(2026, now=NOW + minutes(41))
    assert (found.whole.unknown, found.whole.up) == (41, 600)  # ten hours before the probe were kept by hand
    assert status_now(now=NOW + minutes(41)).systems[0].state == "up"


def test_O65_a_system_pings_by_its_secret_address_and_silence_opens_a_case(
    world: Any, client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from moyai.tenants.public import clock

    probe = push_probe()
    path = f"/api/operations/beats/{probe.token}"
    for minute in (1, 2, 3):
        with clock.at(NOW + minutes(minute)):
            said = client.post(path)
            assert (said.status_code, said.json()) == (200, {"heard": True})
            watch(now=NOW + minutes(minute))
    assert book(probe) == [("unknown", 0, 1)]
    for minute in range(4, 9):
        watch(now=NOW + minutes(minute))
    assert book(probe) == [("unknown", 0, 1), ("outage", 4, None)]
    (case,) = Case.objects.filter(way="probe")
    with clock.at(NOW + minutes(20)):
        assert (
            client.post(path, {"well": True, "note": "再起動"}, content_type="application/json").status_code
            == 200
        )
    assert book(probe)[-1] == ("outage", 4, 20)
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED


def test_O65_an_address_nobody_knows_is_absent_guessing_is_slowed_and_nothing_is_written(
    world: Any, client: Any
) -> None:
    probe = push_probe()
    codes = [client.post(f"/api/operations/beats/guess-{n}").status_code for n in range(7)]
    assert codes == [404] * 5 + [429] * 2
    assert (
        client.post(
            f"/api/operations/beats/{probe.token}", {"note": "x" * 201}, content_type="application/json"
        ).status_code
        == 422
    )
    assert not Beat.objects.exists()
    assert (
        client.post(f"/api/operations/beats/{probe.token}").status_code == 200
    )  # who knows it is not held up


def test_O65_a_new_address_ends_the_old_one_at_once(world: Any, client: Any) -> None:
    probe = push_probe()
    renewed = actions.renew_key(**BY, probe=probe)
    assert client.post(f"/api/operations/beats/{probe.token}").status_code == 404
    assert client.post(f"/api/operations/beats/{renewed.token}").status_code == 200
    assert renewed.token not in str(Probe.objects.values().get(pk=probe.pk))
    with pytest.raises(actions.NotPush):
        actions.renew_key(
            **BY, probe=Probe.objects.create(system=probe.system, name="h", kind="http", url="https://x.jp")
        )


def test_O65_a_watch_that_was_away_calls_silence_unknown_and_only_then_an_outage(world: Any) -> None:
    probe = push_probe()
    actions.hear(token=probe.token, now=NOW + minutes(1))
    watch(now=NOW + minutes(2))
    watch(now=NOW + minutes(60))  # the worker was gone for an hour
    assert book(probe) == [("unknown", 0, 1), ("unknown", 1, None)]
    assert not Case.objects.filter(way="probe").exists()
    for minute in range(61, 66):
        watch(now=NOW + minutes(minute))
    assert book(probe)[1:] == [("unknown", 1, 61), ("outage", 61, None)]
    assert Case.objects.filter(way="probe").count() == 1


def test_A09_while_a_probe_is_off_nobody_knows_and_when_it_ends_stops_are_noted_by_hand(
    world: Any, address: Receiver
) -> None:
    probe = http_probe(address)
    asks(probe, 1)
    actions.switch_probe(actor=secretary(), now=NOW + minutes(2), probe=probe, on=False)
    asks(probe, 5)
    assert len(address.calls) == 1
    assert book(probe) == [("unknown", 0, 1), ("unknown", 2, None)]
    actions.switch_probe(actor=secretary(), now=NOW + minutes(9), probe=probe, on=True)
    asks(probe, 10)
    assert book(probe)[-1] == ("unknown", 2, 10)
    actions.end_probe(actor=secretary(), now=NOW + minutes(11), probe=probe)
    with pytest.raises(actions.ProbeOver):
        actions.switch_probe(**BY, probe=probe, on=True)
    (found,) = levels_of_year(2026, now=NOW + minutes(60))
    assert found.whole.unknown == 1 + 8


def test_A09_what_a_probe_is_writing_is_not_voided(world: Any, address: Receiver) -> None:
    probe = http_probe(address)
    stop = Stop.objects.get(probe=probe)
    with pytest.raises(ProbeWatches):
        void_stop(**BY, stop=stop, reason="まちがい")
    stop.refresh_from_db()
    assert stop.voided_on is None


def test_A09_the_watch_asks_only_those_whose_turn_it_is(world: Any, address: Receiver) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    due = http_probe(address)
    asks(due, 1)
    jobs = ProcrastinateJob.objects.filter(task_name="operations.ask_address")
    before = jobs.count()
    watch(now=NOW + minutes(1) + timedelta(seconds=10))
    assert jobs.count() == before
    watch(now=NOW + minutes(2))
    assert jobs.count() == before + 1


def test_A09_beats_are_kept_for_400_days_and_the_stops_made_of_them_stay(
    world: Any, address: Receiver
) -> None:
    probe = http_probe(address)
    asks(probe, 1)
    forget_beats(now=NOW + timedelta(days=400))
    assert Beat.objects.count() == 1
    forget_beats(now=NOW + timedelta(days=401))
    assert not Beat.objects.exists()
    assert book(probe) == [("unknown", 0, 1)]
