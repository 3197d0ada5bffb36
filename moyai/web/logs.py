"""Structured logs on standard output: one JSON object a line, never personal data.

Bound to each line while a request or job runs: request_id, body (code), account (id), job.
"""

from __future__ import annotations

import logging
import logging.config
import sys
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
]


def _without_values(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Database messages quote the values of a row; a log keeps only their first line's kind."""
    error = event.get("exc_info")
    if isinstance(error, tuple) and error[1] is not None:
        event["exc_info"] = None
        event["error"] = type(error[1]).__name__
        frames = []
        trace = error[2]
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["trace"] = frames[-12:]
        diag = getattr(error[1].__cause__ or error[1], "diag", None)
        if diag is not None:
            event["constraint"] = diag.constraint_name
            event["sqlstate"] = diag.sqlstate
    return event


def configure(settings: dict[str, Any]) -> None:
    structlog.configure(
        processors=[
            *_SHARED,
            structlog.processors.ExceptionRenderer(lambda _info: ""),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=False,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder(allow=[])],
                    "processors": [
                        _exc_info,
                        _without_values,
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.JSONRenderer(ensure_ascii=False),
                    ],
                }
            },
            "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
            "root": {"handlers": ["out"], "level": settings["level"]},
            "loggers": {
                "django.server": {"level": "WARNING"},
                "procrastinate": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
                "PIL": {"level": "WARNING"},
            },
        }
    )


def _exc_info(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    record = event.get("_record")
    if record is not None and record.exc_info:
        event["exc_info"] = record.exc_info
    return event
