"""Tags that attack: as Name and description of everything, on every page and file."""

import csv
import html
import io
import json
import re
from typing import Any

import boto3
import pytest
import yaml
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from failover.services import inventory
from tests.web import every_page
from tests.web.conftest import FLOATING, PRIMARY, SPARE, Home
from tests.web.test_browser import sign_in

# A formula, a script, two template languages' marks, right to left, an emoji.
BEGIN = "=cmd|'/c calc'!A0 <script>alert(1)</script> {{ 7|add:35191 }} {% now 'Y' %}"
HOSTILE = f"{BEGIN} \u202e\u05d0\u05d1\u05d2 \U0001f600 ".ljust(256, "W")
# What the template would have made of it.
EVALUATED = "35198"
# A script that is neither a file of ours nor mere data.
SCRIPT = re.compile(r'<script(?! src="/static/| id="\w+" type="application/json">)')
TABLES = ("interfaces", "instances", "elastic-ips", "pairs", "jobs", "actions", "audit")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


@pytest.fixture
def hostile(home: Home) -> Home:
    """Every thing in EC2 has the name, and what can has it as its description."""
    ec2 = boto3.client(
        "ec2",
        endpoint_url=home.sim.url,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    for ids in _all_ids(ec2):
        tags: list[Any] = [
            {"Key": "Name", "Value": HOSTILE},
            {"Key": HOSTILE[:120], "Value": HOSTILE},
        ]
        ec2.create_tags(Resources=ids, Tags=tags)
    for id in (FLOATING, SPARE):
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=id, Description={"Value": HOSTILE[:255]}
        )
    inventory.sync(home.region)
    return home


def _all_ids(ec2: Any) -> list[list[str]]:
    found = [
        (ec2.describe_network_interfaces()["NetworkInterfaces"], "NetworkInterfaceId"),
        (ec2.describe_addresses()["Addresses"], "AllocationId"),
        (ec2.describe_subnets()["Subnets"], "SubnetId"),
        (ec2.describe_vpcs()["Vpcs"], "VpcId"),
        (ec2.describe_security_groups()["SecurityGroups"], "GroupId"),
        (ec2.describe_route_tables()["RouteTables"], "RouteTableId"),
    ]
    reservations = ec2.describe_instances()["Reservations"]
    servers = [i["InstanceId"] for r in reservations for i in r["Instances"]]
    return [servers, *([row[name] for row in rows] for rows, name in found)]


@pytest.mark.timeout(300)
def test_hostile_tags_stay_text_on_every_page(hostile: Home) -> None:
    furnished = every_page.furnish(hostile, text=HOSTILE)
    client = hostile.client("anna")

    pages = {path: client.get(path).content.decode() for path in furnished.paths}

    wrong = [p for p, t in pages.items() if SCRIPT.search(t) or EVALUATED in t]
    assert wrong == []
    shown = html.escape(BEGIN)
    silent = [path for path, text in pages.items() if shown not in text]
    # So many of the pages name something of these: the attack did arrive.
    assert len(silent) < len(pages) / 2
    for path in ("/interfaces/", f"/instances/{PRIMARY}/", "/audit/", "/drift/"):
        assert path not in silent


def test_hostile_tags_are_no_formula_in_files_and_complete_in_json(
    hostile: Home,
) -> None:
    every_page.furnish(hostile, text=HOSTILE)
    client = hostile.client("anna")

    for table in TABLES:
        columns = {"interfaces": "&cols=id,name,description,tags"}.get(table, "")
        asked = client.get(f"/{table}/?export=csv{columns}")
        text = b"".join(asked).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert len(rows) > 1, table
        assert [c for row in rows for c in row if c.startswith(FORMULA)] == [], table
    lines = b"".join(client.get("/interfaces/?export=jsonl&cols=id,name,tags"))
    first = json.loads(lines.splitlines()[0])
    assert HOSTILE in json.dumps(first, ensure_ascii=False)
    exported = client.get("/pairs/export.yaml").content.decode()
    assert yaml.safe_load(exported)["pairs"][0]["name"] == "article"


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_hostile_tags_fit_a_phone_and_run_nothing(
    hostile: Home, live_server: LiveServer, browser: Browser
) -> None:
    heard: list[str] = []
    context = browser.new_context(viewport={"width": 360, "height": 780})
    page = context.new_page()
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("pageerror", lambda error: heard.append(str(error)))
    sign_in(page, hostile, str(live_server.url))

    wide = {}
    for path in ("/interfaces/", f"/interfaces/{FLOATING}/", "/pairs/new/"):
        page.goto(f"{live_server.url}{path}")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in wide.items() if width > 360} == {}
    assert heard == []
    context.close()
