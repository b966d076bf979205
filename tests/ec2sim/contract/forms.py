"""Forms as no SDK would send them, posted by hand."""

import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from botocore import serialize

from ec2sim.wire import model
from tests.ec2sim.contract.doors import REGION, Refused

SIGNED = (
    f"AWS4-HMAC-SHA256 Credential=any/20261123/{REGION}/ec2/aws4_request, "
    "SignedHeaders=host, Signature=0"
)


def form(action: str, params: dict[str, Any]) -> dict[str, str]:
    """The fields of a call as botocore writes them."""
    make: Any = serialize.create_serializer
    serializer = make("ec2", include_validation=False)
    operation = model.operation("ec2", action)
    body: dict[str, str] = serializer.serialize_to_request(params, operation)["body"]
    return body


def post(url: str, fields: dict[str, str]) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer to a form."""
    request = urllib.request.Request(  # noqa: S310 - our own loopback server
        url, data=urlencode(fields).encode(), headers={"Authorization": SIGNED}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
            return reply.status, reply.headers["Content-Type"], reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


def send(url: str, fields: dict[str, str]) -> ElementTree.Element:
    """The XML of an answer. Raises Refused."""
    status, kind, body = post(url, fields)
    assert kind.startswith("text/xml"), (kind, body[:200])
    told = ElementTree.fromstring(body)  # noqa: S314 - our own server's
    if status >= 400:
        raise Refused(
            told.findtext(".//{*}Error/{*}Code") or "",
            told.findtext(".//{*}Error/{*}Message") or "",
            status,
        )
    return told
