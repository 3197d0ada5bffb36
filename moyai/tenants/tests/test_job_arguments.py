"""A job's row may stay for years when it fails: it holds ids and codes, and never what they name."""

import pytest

from moyai.tenants.public import acting_in, later
from moyai.tenants.tests.test_acting import jobs_waiting, note


@pytest.mark.parametrize("value", ["千葉 花子", "hanako@example.jp", {"name": "x"}, ["x"], 1.5, "A B"])
def test_a_job_is_not_deferred_with_personal_data(world, value) -> None:
    with acting_in(world.chiba), pytest.raises(TypeError, match="ids and codes only"):
        later(note, text_id=value)
    assert jobs_waiting() == []


@pytest.mark.parametrize("value", [7, None, True, "accept", "2026-04-01", "applications.received"])
def test_a_job_is_deferred_with_ids_and_codes(world, value) -> None:
    with acting_in(world.chiba):
        later(note, text_id=value)
    assert len(jobs_waiting()) == 1
