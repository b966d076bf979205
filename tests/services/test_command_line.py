"""What is copied as AWS's command line does in a shell what the product would do."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from failover import models
from failover.engine.job import Action
from failover.services import command_line, inventory, queries, swaps
from failover.services.acts import choices, interfaces
from tests.services.acts import stage
from tests.services.world import FLOATING, OLGA, REGION, STANDBY, Sim

BIN = Path(sys.executable).parent
HOSTILE = (
    "$(touch hostile) `touch hostile` ; touch hostile",
    'it\'s "quoted" \\ and !history',
    "-starts-with-a-dash --force",
    "file:///etc/hostname",
    "https://example.invalid/x",
    "two\nlines\tand a bell \x07",
    "\u202egnp.exe \U0001f4a5",
)


def shell(line: str, sim: Sim, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line as somebody would who has pasted it."""
    environment = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "HOME": str(folder),
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "key",
        "AWS_ENDPOINT_URL_EC2": sim.url,
        "AWS_PAGER": "",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        ["sh", "-c", line],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run(line: str, sim: Sim, folder: Path) -> None:
    done = shell(line, sim, folder)
    assert done.returncode == 0, (line, done.stderr)
    assert not os.listdir(folder) or "hostile" not in os.listdir(folder)


def test_the_lines_do_what_the_actions_would(
    region: models.Region, sim: Sim, tmp_path: Path
) -> None:
    subnet = stage.subnet_of(region)
    eni = str(
        interfaces.create(region=region, subnet_id=subnet.subnet_id, actor=OLGA).made[0]
    )
    tags = {value: value for value in HOSTILE if value.isprintable()}
    attachment = queries.get_interface(FLOATING).attachment_id
    calls: list[tuple[str, dict[str, Any]]] = [
        (
            "CreateTags",
            {
                "Resources": [eni],
                "Tags": [{"Key": k, "Value": v} for k, v in tags.items()],
            },
        ),
        (
            "ModifyNetworkInterfaceAttribute",
            {"NetworkInterfaceId": eni, "Description": {"Value": HOSTILE[0]}},
        ),
        (
            "ModifyNetworkInterfaceAttribute",
            {"NetworkInterfaceId": eni, "SourceDestCheck": {"Value": False}},
        ),
        (
            "ModifyNetworkInterfaceAttribute",
            {
                "NetworkInterfaceId": FLOATING,
                "Attachment": {
                    "AttachmentId": attachment,
                    "DeleteOnTermination": True,
                },
            },
        ),
        (
            "AssignPrivateIpAddresses",
            {
                "NetworkInterfaceId": eni,
                "SecondaryPrivateIpAddressCount": 1,
                "AllowReassignment": False,
            },
        ),
        (
            "RunInstances",
            {
                "ImageId": choices.list_images(region)[0].id,
                "InstanceType": "t3.micro",
                "SubnetId": subnet.subnet_id,
                "MinCount": 1,
                "MaxCount": 1,
                "UserData": "#!/bin/sh\necho 'it is' \"up\"\n",
                "TagSpecifications": [
                    {
                        "ResourceType": "instance",
                        "Tags": [{"Key": "Name", "Value": HOSTILE[1]}],
                    }
                ],
            },
        ),
    ]

    for operation, args in calls:
        run(command_line.render(operation, args, region=REGION), sim, tmp_path)

    inventory.sync(region)
    row = queries.get_interface(eni)
    assert row.tags == tags
    assert (row.description, row.source_dest_check) == (HOSTILE[0], False)
    assert len(row.private_ips) == 2
    assert queries.get_interface(FLOATING).delete_on_termination
    assert models.Instance.objects.filter(name=HOSTILE[1]).count() == 1


def test_no_description_runs_anything_or_is_fetched(
    region: models.Region, sim: Sim, tmp_path: Path
) -> None:
    subnet = stage.subnet_of(region).subnet_id
    before = set(sim.state()["interfaces"])
    wanted = [d for d in HOSTILE[2:6] if "\x07" not in d]

    for description in wanted:
        args = {"SubnetId": subnet, "Description": description}
        line = command_line.render("CreateNetworkInterface", args, region=REGION)
        run(line, sim, tmp_path)

    inventory.sync(region)
    rows = models.NetworkInterface.objects.exclude(interface_id__in=before)
    assert {row.description for row in rows} == set(wanted)


def test_the_lines_of_a_plan_move_the_interface(
    article: models.Pair, sim: Sim, tmp_path: Path
) -> None:
    plan = swaps.get_plan(pair=article)
    lines = [call.cli for call in plan.calls]
    assert lines[0].startswith("aws ec2 detach-network-interface --region eu-west-1 ")

    run(lines[0], sim, tmp_path)
    while sim.state()["interfaces"][FLOATING]["status"] != "available":
        pass
    run(lines[1], sim, tmp_path)

    assert sim.state()["interfaces"][FLOATING]["instance_id"] == STANDBY


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=4), st.text())
def test_any_text_is_one_word_of_plain_characters(
    tags: dict[str, str], description: str
) -> None:
    args = {
        "Description": description,
        "Tags": [{"Key": k, "Value": v} for k, v in tags.items()],
    }

    line = command_line.render("CreateThing", args, region="eu-west-1")

    words = shlex.split(line)
    assert words[:5] == ["aws", "ec2", "create-thing", "--region", "eu-west-1"]
    assert line.isprintable()
    assert not any(w.startswith(("file://", "http")) for w in words)


@pytest.mark.parametrize(
    ("action", "args", "said"),
    [
        (
            Action.DETACH,
            {
                "NetworkInterfaceId": "eni-1",
                "AttachmentId": "eni-attach-1",
                "Force": True,
            },
            "detach-network-interface --region r --attachment-id=eni-attach-1 --force",
        ),
        (
            Action.MODIFY,
            {"NetworkInterfaceId": "eni-1", "AttachmentId": "eni-attach-1"},
            "modify-network-interface-attribute --region r"
            " --network-interface-id=eni-1 --attachment"
            ' \'{"AttachmentId": "eni-attach-1", "DeleteOnTermination": false}\'',
        ),
        (
            Action.ASSIGN,
            {
                "NetworkInterfaceId": "eni-1",
                "PrivateIpAddress": "10.0.0.9",
                "AllowReassignment": True,
            },
            "assign-private-ip-addresses --region r --network-interface-id=eni-1"
            " --allow-reassignment --private-ip-addresses 10.0.0.9",
        ),
        (
            Action.REPLACE_ROUTE,
            {
                "NetworkInterfaceId": "eni-1",
                "RouteTableId": "rtb-1",
                "DestinationCidrBlock": "10.9.0.0/16",
            },
            "replace-route --region r --network-interface-id=eni-1"
            " --route-table-id=rtb-1 --destination-cidr-block=10.9.0.0/16",
        ),
    ],
)
def test_the_calls_of_jobs_are_as_ec2_takes_them(
    action: Action, args: dict[str, Any], said: str
) -> None:
    line = command_line.render_call(action.value, args, region="r")
    assert line == f"aws ec2 {said}"
