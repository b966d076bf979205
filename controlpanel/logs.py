"""Logs: one JSON line an event on stderr, with whatever is secret taken out."""

import contextlib
import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from failover.redaction import mask_named, mask_said

# Django's own extras: a request shows its query, which may hold anything.
DROPPED = frozenset({"request", "response"})
# Free texts, which may repeat what somebody sent.
SAID = frozenset({"event", "error", "exception", "stack"})


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The last processor before the line is written."""
    kept = {name: value for name, value in event.items() if name not in DROPPED}
    masked = {name: mask_named(name, value) for name, value in kept.items()}
    texts = {n: masked[n] for n in SAID if isinstance(masked.get(n), str)}
    # The name of an event is no text: who sends it as a password hides no alarm.
    if " " not in texts.get("event", " "):
        del texts["event"]
    return {**masked, **{name: mask_said(text) for name, text in texts.items()}}


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


class StderrHandler(logging.Handler):
    """Writes to what stderr is at that moment, and repeats nothing if it cannot.

    The library's own handler keeps the stderr of its making, and tells of a line that
    it cannot write with that line's arguments, which nobody has masked.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except RecursionError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the caller goes on.
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name.
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(
                f"a log line of {record.name} could not be written: "
                f"{mask_said(traceback.format_exc(limit=-1))}"
            )


def mask_tracebacks() -> None:
    """Let what ends a process or a thread be told on stderr without its secrets."""
    sys.excepthook = _tell
    threading.excepthook = lambda args: _tell(
        args.exc_type, args.exc_value, args.exc_traceback
    )


def _tell(
    kind: type[BaseException],
    error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    if issubclass(kind, SystemExit):
        return
    lines = traceback.format_exception(kind, error, trace)
    sys.stderr.write(mask_said("".join(lines)))


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
        "handlers": {
            "stderr": {"class": "controlpanel.logs.StderrHandler", "formatter": "json"}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Every request's headers and bodies would be in their debug lines.
            "botocore": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "oauthlib": {"level": "WARNING"},
            "requests_oauthlib": {"level": "WARNING"},
            # Every statement with its arguments, sessions and hashes among them.
            "django.db.backends": {"level": "INFO"},
        },
    }
