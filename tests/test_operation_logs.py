"""What is logged: one JSON object a line, with request, body and account; nobody's data."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest

SECRET = "山田 太郎 090-1234-5678 yamada@example.jp"


@pytest.fixture
def lines(settings: Any) -> Iterator[Any]:
    """Logging as `moyai run` has it, at INFO; gives a function that returns the lines so far."""
    from moyai.web.logs import configure

    out = io.StringIO()
    with redirect_stdout(out):
        configure({"level": "INFO"})
        yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    configure(settings.LOGGING)


def test_request_line_names_request_body_account_and_no_path(world: Any, client_for: Any, lines: Any) -> None:
    client = client_for(world.at_chiba.clerk)
    answer = client.get("/healthz")
    client.get(f"/chiba-shi/office/{SECRET}/")
    first, *rest = lines()
    assert first["event"] == "request" and first["page"] == "web_healthz" and first["status"] == 200
    assert first["request_id"] == answer["X-Request-Id"]
    assert {"body", "account", "ms", "timestamp", "level"} <= first.keys()
    assert rest and all({"request_id", "body", "account"} <= line.keys() for line in rest)
    assert "山田" not in json.dumps(rest, ensure_ascii=False)


def test_signed_in_look_is_logged_with_body_and_account(world: Any, client_for: Any, lines: Any) -> None:
    client = client_for(world.at_chiba.administrator)
    client.get("/chiba-shi/office/people/")
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["body"] == "121002"
    assert line["account"] == world.at_chiba.administrator.pk


def _raise(error: Exception) -> Any:
    def view(request: Any, **kwargs: Any) -> None:
        raise error

    return view


def test_error_of_a_page_leaves_no_words_of_the_error(
    world: Any, client: Any, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moyai.web import urls

    client.raise_request_exception = False
    pattern = next(one for one in urls.urlpatterns if getattr(one, "name", "") == "web_healthz")
    monkeypatch.setattr(pattern, "callback", _raise(ValueError(f"cannot read {SECRET}")))
    answer = client.get(f"/healthz?name={SECRET}")
    assert answer.status_code == 500
    failure = next(line for line in lines() if line.get("error"))
    assert failure["error"] == "ValueError"
    assert failure["level"] == "error"
    assert failure["request_id"] == answer["X-Request-Id"]
    assert {"body", "account"} <= failure.keys()
    assert any("test_operation_logs.py" in place for place in failure["trace"])
    text = json.dumps(lines(), ensure_ascii=False)
    assert "山田" not in text and "yamada" not in text and "/healthz" not in text


def _violation(world: Any) -> Exception:
    """A real one, whose words quote the row."""
    from django.db import IntegrityError, transaction

    from moyai.people.models import Account

    Account.objects.create_user("yamada@example.jp", None, name="山田 太郎")
    try:
        with transaction.atomic():
            Account.objects.create_user("yamada@example.jp", None, name="山田 太郎")
    except IntegrityError as error:
        return error
    raise AssertionError("no violation")


def test_broken_constraint_is_named_without_the_row(world: Any, lines: Any) -> None:
    import structlog

    error = _violation(world)
    assert "yamada@example.jp" in str(error)  # else this test shows nothing
    for log in (structlog.get_logger("moyai.test"), logging.getLogger("django.request")):
        log.error("went wrong", exc_info=error)
        try:
            raise error
        except Exception:
            log.exception("went wrong")
    found = lines()
    assert len(found) == 4
    for line in found:
        assert (line["error"], line["sqlstate"]) == ("IntegrityError", "23505")
        assert "email" in line["constraint"]
    assert "yamada" not in json.dumps(found)


def test_paths_in_sentences_of_others_are_left_out(lines: Any) -> None:
    from gunicorn.config import Config

    from moyai.web.logs import GunicornLogger

    logging.getLogger("django.request").warning("%s: %s", "Not Found", "/t/secret-token")
    logging.getLogger("django.security.csrf").warning(
        "Forbidden (%s): %s", "CSRF cookie not set.", "/t/secret-token"
    )
    try:
        raise ValueError(SECRET)
    except ValueError:
        GunicornLogger(Config()).exception("Error handling request %s", "/t/secret-token?mail=yamada")
    logging.getLogger("some.module").error("bad %(row)s", {"row": SECRET})
    events = [line["event"] for line in lines()]
    assert events == [
        "Not Found: …",
        "Forbidden (CSRF cookie not set.): …",
        "Error handling request …",
        "bad %(row)s",
    ]
    text = json.dumps(lines(), ensure_ascii=False)
    assert "secret-token" not in text and "山田" not in text and "yamada" not in text


def test_job_lines_name_request_body_and_job(world: Any, lines: Any) -> None:
    from moyai.tenants import later

    def fine(*, letter_id: int, now: Any) -> None:
        pass

    def broken(*, letter_id: int, now: Any) -> None:
        raise _violation(world)

    later._work(fine, "test.fine", world.chiba.pk, "8F3K-21XA", {"letter_id": 1})
    with pytest.raises(Exception, match="yamada"):
        later._work(broken, "test.broken", world.chiba.pk, "8F3K-21XA", {"letter_id": 1})
    done, failed = lines()
    for line in (done, failed):
        assert (line["request_id"], line["body"], line["account"]) == ("8F3K-21XA", "121002", None)
    assert (done["event"], done["job"]) == ("job done", "test.fine")
    assert (failed["event"], failed["job"], failed["error"]) == (
        "job failed",
        "test.broken",
        "IntegrityError",
    )
    assert "yamada" not in json.dumps(failed)


def test_level_of_the_settings_holds_for_our_own_lines(settings: Any) -> None:
    import structlog

    from moyai.web.logs import configure

    out = io.StringIO()
    with redirect_stdout(out):
        configure({"level": "warning"})
        structlog.get_logger("moyai.test").info("quiet")
        structlog.get_logger("moyai.test").warning("loud")
    configure(settings.LOGGING)
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["loud"]
