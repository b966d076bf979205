"""Logs: one JSON line an event on stderr, with whatever is secret taken out."""

import logging
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from failover.redaction import mask_named

# Django's own extras: a request shows its query, which may hold anything.
DROPPED = frozenset({"request", "response"})


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The last processor before the line is written."""
    kept = {name: value for name, value in event.items() if name not in DROPPED}
    return {name: mask_named(name, value) for name, value in kept.items()}


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def make_formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *SHARED],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact,
            structlog.processors.JSONRenderer(default=str),
        ],
    )


def configure(*, level: str) -> dict[str, Any]:
    """Set structlog up and give Django's LOGGING that writes the same lines."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "controlpanel.logs.make_formatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Every request's headers and bodies would be in their debug lines.
            "botocore": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }
