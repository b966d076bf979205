"""The table of errors: every code and every broken connection, to one next move."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore import exceptions
from botocore.parsers import ResponseParserError

from failover.ec2 import errors
from failover.engine import ports
from failover.engine.job import Outcome


def answer(code: str, status: int | None, **extra: str) -> exceptions.ClientError:
    metadata: dict[str, Any] = {"RequestId": "req-1"}
    if status is not None:
        metadata["HTTPStatusCode"] = status
    response: Any = {
        "Error": {"Code": code, "Message": "said", **extra},
        "ResponseMetadata": metadata,
    }
    return exceptions.ClientError(response, "AttachNetworkInterface")


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        ("RequestLimitExceeded", 503, Outcome.THROTTLED),
        ("EC2ThrottledException", 503, Outcome.THROTTLED),
        ("Throttling", 400, Outcome.THROTTLED),
        ("SomethingNew", 429, Outcome.THROTTLED),
        ("InternalError", 500, Outcome.UNKNOWN),
        ("Unavailable", 503, Outcome.UNKNOWN),
        ("ServiceUnavailable", 503, Outcome.UNKNOWN),
        ("502", 502, Outcome.UNKNOWN),
        ("RequestTimeout", 400, Outcome.UNKNOWN),
        ("SomethingNew", 500, Outcome.UNKNOWN),
        ("SomethingNew", 0, Outcome.UNKNOWN),
        ("InvalidNetworkInterface.InUse", 400, Outcome.REFUSED),
        ("AttachmentLimitExceeded", 400, Outcome.REFUSED),
        ("UnauthorizedOperation", 403, Outcome.REFUSED),
        ("InvalidAttachmentID.NotFound", 400, Outcome.REFUSED),
        ("Resource.AlreadyAssociated", 400, Outcome.REFUSED),
        ("Resource.AlreadyAssigned", 400, Outcome.REFUSED),
        ("PrivateIpAddressLimitExceeded", 400, Outcome.REFUSED),
        ("RouteAlreadyExists", 400, Outcome.REFUSED),
        ("InvalidRoute.NotFound", 400, Outcome.REFUSED),
        ("InvalidRouteTableID.NotFound", 400, Outcome.REFUSED),
        ("InvalidAllocationID.NotFound", 400, Outcome.REFUSED),
        ("Gateway.NotAttached", 400, Outcome.REFUSED),
        ("DryRunOperation", 412, Outcome.REFUSED),
        ("SomethingNew", 400, Outcome.REFUSED),
    ],
)
def test_an_answer_means_what_its_code_or_else_its_status_says(
    code: str, status: int, outcome: Outcome
) -> None:
    translated = errors.translate(answer(code, status))

    assert type(translated) is errors.FAMILIES[outcome]
    assert (translated.code, translated.message) == (code, "said")
    assert translated.aws_request_id == "req-1"
    assert errors.outcome_of(translated) is outcome


def test_every_code_of_the_table_is_judged_by_it_whatever_its_status() -> None:
    for code, outcome in errors.OUTCOMES.items():
        for status in (200, 400, 500, 503):
            assert errors.judge(code=code, status=status) is outcome


def test_an_answer_without_a_status_is_an_unknown_outcome() -> None:
    translated = errors.translate(answer("Odd", None))

    assert isinstance(translated, ports.Ec2OutcomeUnknown)


URL = "https://ec2.example"


@pytest.mark.parametrize(
    "error",
    [
        exceptions.EndpointConnectionError(endpoint_url=URL),
        exceptions.ConnectTimeoutError(endpoint_url=URL),
        exceptions.ProxyConnectionError(proxy_url=URL),
        exceptions.NoCredentialsError(),
        exceptions.NoRegionError(),
        exceptions.ParamValidationError(report="bad"),
    ],
)
def test_what_never_connected_was_not_sent(error: Exception) -> None:
    translated = errors.translate(error)

    assert isinstance(translated, ports.NotSent)
    assert translated.code == type(error).__name__
    assert errors.outcome_of(translated) is Outcome.NOT_SENT


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ReadTimeoutError(endpoint_url=URL),
        exceptions.ConnectionClosedError(endpoint_url=URL),
        exceptions.SSLError(endpoint_url=URL, error=OSError("reset")),
        exceptions.HTTPClientError(error="odd"),
        exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
        ResponseParserError("<html>"),
    ],
)
def test_what_broke_on_the_way_may_have_happened(error: Exception) -> None:
    translated = errors.translate(error)

    assert isinstance(translated, ports.Ec2OutcomeUnknown)
    assert errors.outcome_of(translated) is Outcome.UNKNOWN


def test_what_is_translated_already_stays_as_it_is() -> None:
    fenced = ports.NotSent(code="fenced")

    assert errors.translate(fenced) is fenced


def test_an_error_of_no_family_counts_as_unknown() -> None:
    assert errors.outcome_of(ports.Ec2Error(code="odd")) is Outcome.UNKNOWN


@pytest.mark.parametrize("response", [{}, {"ResponseMetadata": None}])
def test_a_reply_without_metadata_has_no_request_id(
    response: Mapping[str, object],
) -> None:
    assert errors.request_id(response) == ""
