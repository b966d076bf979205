"""Logs: one JSON line an event on stderr, with whatever is secret taken out."""

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "[redacted]"
SECRET_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|secret|token$|authorization|cookie|credential|session"
    r"|api_?key|access_key|private_key|broker_url|database_url",
    re.IGNORECASE,
)
# Django's own extras: a request shows its query, which may hold anything.
DROPPED = frozenset({"request", "response"})
# `fence_token` is a number that counts claims and opens nothing.
PLAIN_NAMES = frozenset({"fence_token"})
SECRET_SHAPES = re.compile(
    r"\bsb_[A-Za-z0-9]+_[A-Za-z0-9_-]{16,}"  # our API tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # AWS access keys
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user:password in a URL
    r"|(?<=Bearer )\S+"
)


def mask(value: Any) -> Any:
    """The value with every secret shape in its strings replaced."""
    if isinstance(value, str):
        return SECRET_SHAPES.sub(MASK, value)
    if isinstance(value, dict):
        return {name: mask_named(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return SECRET_SHAPES.sub(MASK, str(value))


def mask_named(name: str, value: Any) -> Any:
    if name not in PLAIN_NAMES and SECRET_NAMES.search(name):
        return MASK
    return mask(value)


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
