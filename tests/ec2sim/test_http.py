"""The wire: whatever comes, the answer is HTTP and never a page or a 500."""

import http.client
import json
import socket
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.ec2sim.conftest import FLOATING, Sim

SIGNED = "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/ec2/aws4_request, S"
FORM = {"Action": "DescribeAddresses", "Version": "2016-11-15"}
XML = "text/xml;charset=UTF-8"


class Reply:
    """A reply as it came."""

    def __init__(self, reply: http.client.HTTPResponse) -> None:
        self.status = reply.status
        self.kind = reply.headers["Content-Type"]
        self.headers = reply.headers
        self.body = reply.read()

    def code(self) -> str:
        """The error code of EC2's XML."""
        assert self.kind == XML
        assert b"<html" not in self.body.lower()
        return self.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()


def ask(
    sim: Sim, method: str, path: str = "/", body: Any = None, **headers: str
) -> Reply:
    """One request of our own making."""
    connection = http.client.HTTPConnection("127.0.0.1", sim.running.port, timeout=10)
    signed = {"Authorization": SIGNED, **headers}
    chunked = headers.get("Transfer-Encoding") == "chunked"
    connection.request(method, path, body, signed, encode_chunked=chunked)
    reply = Reply(connection.getresponse())
    connection.close()
    return reply


def raw(sim: Sim, sent: bytes) -> bytes:
    """What comes back for bytes, until the server closes or falls silent."""
    with socket.create_connection(("127.0.0.1", sim.running.port), timeout=2) as line:
        line.sendall(sent)
        parts = []
        try:
            while part := line.recv(65536):
                parts.append(part)
        except TimeoutError:
            pass
    return b"".join(parts)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "MissingAction"),
        (b"Action=", "MissingAction"),
        (b"Action=Foo", "InvalidAction"),
        (b"Action=describeAddresses", "InvalidAction"),
        (b"\xff\xfe", "MissingAction"),
        (b"%%%=1", "MissingAction"),
        (b'{"Action": "DescribeAddresses"}', "MissingAction"),
        (b"Action=DescribeAddresses&Version=2099-01-01", "NoSuchVersion"),
        (b"Action=DescribeAddresses&Version=new", "NoSuchVersion"),
        (b"Action=DescribeAddresses&Colour=red", "UnknownParameter"),
        (b"Action=DescribeAddresses&Filter.x.Name=a", "UnknownParameter"),
        (b"Action=DescribeAddresses&Filter.1.Name.2=a", "UnknownParameter"),
        (b"Action=DescribeAddresses&DryRun=perhaps", "InvalidParameterValue"),
        (b"Action=DescribeInstances&MaxResults=many", "InvalidParameterValue"),
        (
            b"Action=DescribeInstances&MaxResults=" + b"9" * 5000,
            "InvalidParameterValue",
        ),
        (b"Action=DetachNetworkInterface", "MissingParameter"),
        (b"Action=CreateTags&Tag.1.Key=a%00b&ResourceId.1=x", "InvalidParameterValue"),
        (
            b"Action=CreateTags&Tag.1.Key=a%EF%BF%BF&ResourceId.1=x",
            "InvalidParameterValue",
        ),
        (b"Action=DescribeAddresses&a%01b=c", "InvalidParameterValue"),
    ],
)
def test_nonsense_is_answered_in_xml(sim: Sim, body: bytes, code: str) -> None:
    reply = ask(sim, "POST", body=body)

    assert (reply.status, reply.code()) == (400, code)
    assert b"<RequestID>" in reply.body


@pytest.mark.parametrize("authorization", ["", "Basic eDp5", "AWS4-HMAC-SHA256 x"])
def test_a_call_that_nobody_signed_is_refused(sim: Sim, authorization: str) -> None:
    body = urllib.parse.urlencode(FORM)

    reply = ask(sim, "POST", body=body, Authorization=authorization)

    assert (reply.status, reply.code()) == (401, "AuthFailure")


def test_a_region_that_is_none_is_refused(sim: Sim) -> None:
    signed = SIGNED.replace("eu-west-1", "middle-earth")

    reply = ask(sim, "POST", body=urllib.parse.urlencode(FORM), Authorization=signed)

    assert (reply.status, reply.code()) == (401, "AuthFailure")


def test_a_call_may_stand_in_the_query(sim: Sim) -> None:
    asked = "/?" + urllib.parse.urlencode(FORM)

    by_header = ask(sim, "GET", asked)
    presigned = ask(
        sim,
        "GET",
        f"{asked}&X-Amz-Credential=a%2F20260101%2Feu-west-1%2Fec2%2Faws4_request"
        "&X-Amz-Signature=0",
        Authorization="",
    )

    assert by_header.status == presigned.status == 200
    assert b"127.31.58.118" in by_header.body
    assert b"127.31.58.118" in presigned.body


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_allowed(sim: Sim, method: str) -> None:
    reply = ask(sim, method, body=urllib.parse.urlencode(FORM))

    assert (reply.status, reply.code()) == (405, "MethodNotAllowed")
    assert "POST" in reply.headers["Allow"]


def test_the_front_page_is_plain(sim: Sim) -> None:
    shown, head = ask(sim, "GET"), ask(sim, "HEAD")

    assert (shown.status, shown.body) == (200, b"ec2sim\n")
    assert (head.status, head.body) == (200, b"")


def test_a_body_may_come_in_chunks(sim: Sim) -> None:
    body = urllib.parse.urlencode(FORM).encode()
    chunks = [body[:7], body[7:8], body[8:]]

    reply = ask(sim, "POST", body=iter(chunks), **{"Transfer-Encoding": "chunked"})

    assert reply.status == 200
    assert b"127.31.58.118" in reply.body


@pytest.mark.parametrize(
    ("head", "body", "status", "code"),
    [
        ("Content-Length: 99999999999", b"", 413, "RequestEntityTooLarge"),
        ("Content-Length: 16000001", b"", 413, "RequestEntityTooLarge"),
        ("Content-Length: -1", b"", 400, "InvalidRequest"),
        ("Content-Length: many", b"", 400, "InvalidRequest"),
        ("Transfer-Encoding: gzip", b"", 501, "NotImplemented"),
        ("Transfer-Encoding: chunked", b"zz\r\n", 400, "InvalidRequest"),
        ("Transfer-Encoding: chunked", b"-1\r\n", 400, "InvalidRequest"),
        ("Transfer-Encoding: chunked", b"3\r\nabcd\r\n0\r\n", 400, "InvalidRequest"),
        ("Transfer-Encoding: chunked", b"F42401\r\n", 413, "RequestEntityTooLarge"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_the_line_closes(
    sim: Sim, head: str, body: bytes, status: int, code: str
) -> None:
    said = raw(sim, f"POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)

    assert said.startswith(f"HTTP/1.1 {status} ".encode())
    assert f"<Code>{code}</Code>".encode() in said
    assert said.count(b"HTTP/1.1") == 1


def test_a_client_that_sends_too_much_gets_to_read_why(sim: Sim) -> None:
    reply = ask(sim, "POST", body=b"x" * 20_000_000)

    assert (reply.status, reply.code()) == (413, "RequestEntityTooLarge")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"BREW / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-Header: x\r\n" * 200 + b"\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_in_xml(sim: Sim, sent: bytes) -> None:
    said = raw(sim, sent)

    assert said.startswith(b"HTTP/1.")
    assert b"<Response><Errors><Error><Code>" in said
    assert b"<html" not in said.lower()
    assert b" 500 " not in said.splitlines()[0]


def test_a_connection_is_kept_alive_after_a_refusal(sim: Sim) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sim.running.port, timeout=5)
    statuses = []
    for action in ("Nonsense", "DescribeAddresses", "DescribeVpcs"):
        body = urllib.parse.urlencode({**FORM, "Action": action})
        connection.request("POST", "/", body, {"Authorization": SIGNED})
        reply = connection.getresponse()
        reply.read()
        statuses.append(reply.status)
    connection.close()

    assert statuses == [400, 200, 200]


def test_text_that_xml_must_escape_comes_back_whole(sim: Sim) -> None:
    value = "<b>&amp;\"' \u00e9 \U0001f600 ]]>"
    sim.ec2.create_tags(Resources=[FLOATING], Tags=[{"Key": "odd", "Value": value}])

    assert {"Key": "odd", "Value": value} in sim.interface()["TagSet"]


def test_half_a_request_holds_nobody_up(sim: Sim) -> None:
    with socket.create_connection(("127.0.0.1", sim.running.port)) as half:
        half.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nAction=")

        assert ask(sim, "POST", body=urllib.parse.urlencode(FORM)).status == 200


def test_a_call_that_breaks_off_is_not_carried_out(sim: Sim) -> None:
    call = urllib.parse.urlencode({**FORM, "Action": "AllocateAddress"}).encode()
    head = f"POST / HTTP/1.1\r\nAuthorization: {SIGNED}\r\nContent-Length: 999\r\n\r\n"
    with socket.create_connection(("127.0.0.1", sim.running.port), timeout=5) as line:
        line.sendall(head.encode() + call)
        line.shutdown(socket.SHUT_WR)
        said = line.recv(65536)

    assert said.startswith(b"HTTP/1.1 400 ")
    assert sim.calls(action="AllocateAddress") == []


def test_many_clients_are_served_at_once(sim: Sim) -> None:
    sim.control("clock", {"mode": "real"})
    sim.control("config", {"latency_s": 0.5})
    began = time.monotonic()

    def describe(_number: int) -> int:
        return ask(sim, "POST", body=urllib.parse.urlencode(FORM)).status

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(describe, range(32))) == {200}
    assert time.monotonic() - began < 8


def test_the_answer_of_a_control_is_json_for_any_path(sim: Sim) -> None:
    for path in ("/_sim/%00", "/_sim/..%2f..", "/_sim/state?x=%ff", "/_sim//state"):
        reply = ask(sim, "GET", path)
        assert reply.kind == "application/json"
        assert json.loads(reply.body) is not None
