"""Structured logs on standard output: one JSON object a line, never personal data.

Bound to each line while a request or job runs: request_id, body (code), account (id), job. What an error
says in words is left out everywhere, because databases and mail servers quote what they were given.
"""

from __future__ import annotations

import logging
import logging.config
import sys
from collections.abc import MutableMapping
from typing import Any

import gunicorn.glogging
import structlog

Event = MutableMapping[str, Any]
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
]


def _of_the_record(_logger: Any, _method: str, event: Event) -> Event:
    """What a line of the standard library's logging brings along: its error, its request, no path.

    A path may carry the secret of a link, and Django and gunicorn write it into their sentences.
    """
    record: logging.LogRecord | None = event.get("_record")
    if record is None:
        return event
    event["logger"] = record.name
    given = event.pop("positional_args", ())
    if isinstance(given, tuple) and given:
        without = tuple("…" if isinstance(one, str) and "/" in one else one for one in given)
        event["event"] = str(record.msg) % without
    elif given:
        event["event"] = str(record.msg)
    request = getattr(record, "request", None)
    if request is not None:
        actor = getattr(request, "actor", None)
        event.setdefault("request_id", getattr(request, "moyai_id", ""))
        event.setdefault("body", actor.body.code if actor and actor.body else None)
        event.setdefault("account", actor.account_id if actor else None)
    return event


def _without_words(_logger: Any, _method: str, event: Event) -> Event:
    """Of an error: its type, where it came from, and which constraint; its words quote values of a row."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if not isinstance(error, BaseException):
        return event
    event["error"] = type(error).__name__
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    event["trace"] = frames[-12:]
    diag = getattr(error.__cause__ or error, "diag", None)
    if diag is not None:
        event["constraint"] = diag.constraint_name
        event["sqlstate"] = diag.sqlstate
    return event


def _no_answer(record: logging.LogRecord) -> bool:
    """Told what is taken, or what to mend: an answer like any other, on the line of its request."""
    return getattr(record, "status_code", None) not in (409, 422)


def configure(settings: dict[str, Any]) -> None:
    level = logging.getLevelNamesMapping()[settings["level"].upper()]
    structlog.configure(
        processors=[*_SHARED, _without_words, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=False,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"no_answers": {"()": lambda: _no_answer}},
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": _SHARED,
                    "pass_foreign_args": True,
                    "processors": [
                        _of_the_record,
                        _without_words,
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.JSONRenderer(ensure_ascii=False),
                    ],
                }
            },
            "handlers": {
                "out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
            },
            "root": {"handlers": ["out"], "level": level},
            "loggers": {
                "django.server": {"level": "WARNING"},
                "django.request": {"filters": ["no_answers"]},
                # Each job's end is a line of ours, with its body; here only what went wrong around them.
                "procrastinate": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
                "PIL": {"level": "WARNING"},
            },
        }
    )


class GunicornLogger(gunicorn.glogging.Logger):  # type: ignore[misc]
    """The web server's own lines, through the handler above instead of its plain text with tracebacks."""

    def setup(self, cfg: Any) -> None:
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)
        self.access_log.setLevel(logging.CRITICAL)
