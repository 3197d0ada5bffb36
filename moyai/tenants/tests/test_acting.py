"""Opening the wall, deferring jobs, the clock."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from moyai.tenants.models import Counter
from moyai.tenants.public import WallError, acting_in, clock, current_body, job, later, next_number


def test_a_body_sees_its_own_rows_only(world) -> None:
    with acting_in(world.chiba):
        next_number("trial", fiscal_year=2026)
        assert Counter.objects.filter(kind="trial").count() == 1
    with acting_in(world.matsudo):
        assert Counter.objects.filter(kind="trial").count() == 0


def test_without_a_wall_a_query_is_an_error_and_not_an_empty_list(world) -> None:
    from django.db.utils import DataError, ProgrammingError

    with pytest.raises((ProgrammingError, DataError)), transaction.atomic():
        Counter.objects.count()
    with acting_in(world.chiba):
        assert Counter.objects.count() >= 0
    with pytest.raises((ProgrammingError, DataError)), transaction.atomic():
        Counter.objects.count()  # closed again


def test_the_wall_closes_when_the_act_fails(world) -> None:
    with pytest.raises(ZeroDivisionError), acting_in(world.chiba):
        raise ZeroDivisionError
    assert current_body() is None
    with acting_in(world.matsudo):
        assert current_body() == world.matsudo


def test_acting_in_another_body_inside_is_refused(world) -> None:
    with acting_in(world.chiba):
        with acting_in(world.chiba) as inner:
            assert inner.tzinfo is not None
        with pytest.raises(WallError), acting_in(world.matsudo):
            pass
        assert Counter.objects.count() >= 0  # 千葉市's wall is still open


def test_writing_another_bodys_row_is_refused_by_the_database(world) -> None:
    from django.db.utils import ProgrammingError

    with acting_in(world.chiba):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Counter.objects.create(body=world.matsudo, kind="trial", fiscal_year=2026, last=1)
        assert not Counter.objects.filter(kind="trial").exists()


@job(name="tenants.test_note")
def note(*, text_id: int, now: datetime) -> None:
    next_number(f"job-{text_id}", fiscal_year=now.year)


def jobs_waiting() -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'tenants.test_note'")
        return [row[0] for row in cursor.fetchall()]


def test_a_job_goes_with_the_transaction_it_belongs_to(world) -> None:
    import json

    with pytest.raises(ZeroDivisionError), acting_in(world.chiba):
        later(note, text_id=1)
        raise ZeroDivisionError
    assert jobs_waiting() == []
    with acting_in(world.chiba):
        later(note, text_id=2)
    waiting = [json.loads(args) if isinstance(args, str) else args for args in jobs_waiting()]
    assert [(args["body_id"], args["text_id"]) for args in waiting] == [(world.chiba.pk, 2)]


def test_the_worker_reopens_the_body_the_job_came_from(world) -> None:
    note.task.func(body_id=world.chiba.pk, text_id=7)
    with acting_in(world.chiba):
        assert Counter.objects.get(kind="job-7").body_id == world.chiba.pk
    with acting_in(world.matsudo):
        assert not Counter.objects.filter(kind="job-7").exists()


def test_the_clock_is_the_databases_until_it_is_set(world) -> None:
    assert clock.now().tzinfo is not None
    moment = datetime(2017, 4, 1, 0, 30, tzinfo=UTC)
    with clock.at(moment):
        assert clock.now() == moment
        with acting_in(world.chiba) as now:
            assert now == moment
    assert clock.now().year >= 2026
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2017, 4, 1)):
        pass


def test_the_japanese_day_turns_at_15_hours_utc() -> None:
    assert clock.today(datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC)).isoformat() == "2026-03-31"
    assert clock.today(datetime(2026, 3, 31, 15, 0, 0, tzinfo=UTC)).isoformat() == "2026-04-01"
