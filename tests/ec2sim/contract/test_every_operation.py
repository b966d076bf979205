"""Whatever is asked, the answer is EC2's XML."""

from xml.etree import ElementTree

import pytest

from ec2sim import server
from ec2sim.wire import model
from tests.ec2sim.contract import forms

OPERATIONS = sorted(model.service("ec2").operation_names)
# A third of the alphabet at a time, so that a failure says where.
PARTS = [OPERATIONS[part::8] for part in range(8)]


@pytest.mark.parametrize("part", range(len(PARTS)))
def test_every_operation_of_ec2_is_answered_in_xml(
    running: server.Running, part: int
) -> None:
    wrong = []
    for action in PARTS[part]:
        fields = {"Action": action, "Version": "2016-11-15"}
        status, kind, body = forms.post(running.url, fields)
        try:
            told = ElementTree.fromstring(body)  # noqa: S314 - our own server's
        except ElementTree.ParseError:
            wrong.append((action, status, body[:100]))
            continue
        if status >= 500 or not kind.startswith("text/xml"):
            wrong.append((action, status, body[:300]))
        elif status == 200:
            assert told.tag.rpartition("}")[2] == f"{action}Response", action
        else:
            assert told.findtext(".//{*}Error/{*}Code"), action

    assert wrong == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "MissingAction"),
        ({"Action": ""}, "MissingAction"),
        ({"Action": "DescribeUnicorns"}, "InvalidAction"),
        ({"Action": "describeVpcs"}, "InvalidAction"),
        ({"Action": "DescribeVpcs\x00<b>"}, "InvalidAction"),
        ({"Action": "DescribeVpcs", "VpcId.1.Deep": "x"}, "UnknownParameter"),
        ({"Action": "DescribeVpcs", "VpcId.first": "x"}, "UnknownParameter"),
        ({"Action": "DescribeVpcs", "VpcId.0": "x"}, "UnknownParameter"),
        ({"Action": "DescribeVpcs", "VpcId.1": "<&>"}, "InvalidVpcID.Malformed"),
        ({"Action": "DescribeVpcs", "VpcId.1": "\x01"}, "InvalidParameterValue"),
    ],
)
def test_a_senseless_form_is_refused_in_xml(
    running: server.Running, fields: dict[str, str], code: str
) -> None:
    status, kind, body = forms.post(running.url, {"Version": "2016-11-15", **fields})

    told = ElementTree.fromstring(body)  # noqa: S314 - our own server's
    assert (status, kind.partition(";")[0]) == (400, "text/xml")
    assert (told.findtext(".//{*}Error/{*}Code") or "").lower() == code.lower()
    assert told.findtext("RequestID")
