"""One JSON line an event, and no secret in any."""

import io
import json
import logging
import sys
from typing import Any

import pytest

from controlpanel import logs
from failover import redaction

CANARY = "c4n4ry-c4n4ry-c4n4ry"


def written(level: int, message: str, *args: Any, **fields: Any) -> dict[str, Any]:
    """The line that a library's own logger writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.make_formatter())
    logger = logging.getLogger("tests.a_library")
    logger.propagate = False
    logger.handlers = []
    logger.addHandler(handler)
    logger.log(level, message, *args, **fields)
    line: dict[str, Any] = json.loads(stream.getvalue())
    assert stream.getvalue().count("\n") == 1
    return line


def test_a_line_has_its_event_level_and_time() -> None:
    line = written(logging.WARNING, "job.late %s", 7)

    assert (line["event"], line["level"]) == ("job.late 7", "warning")
    assert line["timestamp"].endswith("Z")


def test_a_line_break_in_a_value_starts_no_new_line() -> None:
    assert written(logging.INFO, "a\r\nb")["event"] == "a\r\nb"


@pytest.mark.parametrize(
    "name",
    ["password", "api_token", "Authorization", "cookie", "secret_key", "sessionid"],
)
def test_a_field_with_a_secrets_name_is_masked(name: str) -> None:
    masked = logs.redact(None, "info", {"event": "x", name: CANARY})

    assert masked[name] == redaction.MASK


def test_a_secret_deep_inside_is_masked() -> None:
    masked = logs.redact(
        None, "info", {"event": "x", "given": [{"user": {"password": CANARY}}]}
    )

    assert CANARY not in json.dumps(masked)


@pytest.mark.parametrize(
    "text",
    [
        f"redis://user:{CANARY}@broker:6379/0 is away",
        f"redis://:{CANARY}@broker:6379/0 is away",
        f"got sb_abc123_{CANARY}",
        f"Authorization: Bearer {CANARY}",
    ],
)
def test_a_secret_by_its_shape_is_masked_in_any_text(text: str) -> None:
    assert CANARY not in redaction.mask(text)


def test_an_access_key_is_masked() -> None:
    assert "AKIAIOSFODNN7EXAMPLE" not in redaction.mask(
        "key AKIAIOSFODNN7EXAMPLE refused"
    )


def test_an_exceptions_text_is_masked_too() -> None:
    try:
        raise ValueError(f"postgres://app:{CANARY}@db/x")
    except ValueError:
        line = written(logging.ERROR, "failed", exc_info=True)

    assert "ValueError" in line["exception"]
    assert CANARY not in json.dumps(line)


def test_a_request_with_its_query_stays_out() -> None:
    given = {"event": "Not Found: /x", "request": f"<GET '/x?token={CANARY}'>"}

    assert logs.redact(None, "info", given) == {"event": "Not Found: /x"}


def test_a_fence_token_is_a_number_and_stays() -> None:
    assert logs.redact(None, "info", {"fence_token": 7}) == {"fence_token": 7}


def test_what_was_sent_as_secret_is_masked_in_texts_and_hides_no_event() -> None:
    sent = ["swap.break_glass", "olga-the-operator", CANARY]

    with redaction.hiding(lambda: sent):
        line = logs.redact(
            None,
            "warning",
            {
                "event": "swap.break_glass",
                "by": "olga-the-operator",
                "exception": f"ValueError: {CANARY}",
            },
        )
        text = logs.redact(None, "error", {"event": f"cannot read {CANARY}"})

    assert (line["event"], line["by"]) == ("swap.break_glass", "olga-the-operator")
    assert CANARY not in json.dumps([line, text])
    assert redaction.mask(f"kept {CANARY}") == f"kept {CANARY}"


def test_a_line_goes_to_the_stderr_of_that_moment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = logs.StderrHandler()
    later = io.StringIO()
    monkeypatch.setattr(sys, "stderr", later)

    handler.handle(logging.makeLogRecord({"msg": "job.late"}))

    assert later.getvalue() == "job.late\n"
    assert capsys.readouterr().err == ""


def test_a_line_that_cannot_be_written_is_told_of_without_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = logging.makeLogRecord({"name": "lib", "msg": "%d", "args": (CANARY,)})

    logs.StderrHandler().handle(record)

    told = capsys.readouterr().err
    assert "a log line of lib could not be written" in told
    assert CANARY not in told


def test_a_closed_stderr_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)

    logs.StderrHandler().handle(logging.makeLogRecord({"msg": "job.late"}))
