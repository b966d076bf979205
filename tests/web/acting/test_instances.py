"""Instances on the console's pages: launched, stopped, started, followed."""

import re

from failover.models import Action
from tests.web.acting.stage import SUBNET, TAGS, content, let_pass, place
from tests.web.conftest import STANDBY, Home


def test_instances_stop_and_are_tagged_and_the_action_is_followed(home: Home) -> None:
    client = home.client("olaf")
    stop = f"/instances/{STANDBY}/stop/"

    asked = content(client.get(stop))
    sent = client.post(stop)
    followed = content(client.get(sent["Location"]))
    tagged = client.post(f"/instances/{STANDBY}/tags/", TAGS, follow=True)
    listed = content(client.get("/actions/"))

    row = Action.objects.get(kind="instance.stop")
    assert "What runs on it ends" in asked
    assert sent["Location"] == f"/actions/{row.id}/"
    assert "Stopping the instance: accepted by EC2" in followed
    assert f"rev={row.state}-open" in followed
    assert row.aws_request_id in followed
    assert f"aws ec2 stop-instances --region eu-west-1 --instance-ids {STANDBY}" in (
        followed
    )
    poll = home.client("olaf", htmx=True).get(
        sent["Location"], {"rev": f"{row.state}-open-0"}
    )
    assert poll.status_code == 204
    assert "Tags set" in content(tagged)
    assert "Stopping the instance" in listed
    let_pass(home)
    client.post(f"/instances/{STANDBY}/start/")
    let_pass(home)
    # What a test changes there it mends.
    named = {"tags_key": ["Name"], "tags_value": ["StandbyServer"]}
    client.post(f"/instances/{STANDBY}/tags/", named)


def test_an_instance_is_rebooted_and_what_is_stopped_is_only_started(
    home: Home,
) -> None:
    client = home.client("olaf")
    path = f"/instances/{STANDBY}"

    rebooted = content(client.post(f"{path}/reboot/", follow=True))
    client.post(f"{path}/stop/")
    let_pass(home)
    refused = content(client.post(f"{path}/reboot/", follow=True))
    started = content(client.post(f"{path}/start/", follow=True))
    let_pass(home)

    assert "Rebooting the instance" in rebooted
    assert "stopped" in refused
    assert "Starting the instance: accepted by EC2" in started
    states = Action.objects.filter(kind="instance.reboot").order_by("begun_at")
    assert [row.state == "refused" for row in states] == [False, True]


def test_a_pair_of_servers_is_launched_with_the_articles_steps(home: Home) -> None:
    client = home.client("anna")
    where = {"subnet_id": SUBNET, "floating_ip": "20.0.1.25", "again": "user-data"}

    page = content(client.post("/instances/new/pair/", where))
    fresh = content(client.get("/instances/new/"))
    image = re.search(r'name="image_id" value="(ami-[0-9a-f]+)"', fresh)
    assert image is not None
    form = {
        **place(home),
        "subnet_id": SUBNET,
        "name": "web-1",
        "standby_name": "web-2",
        "image_id": image[1],
        "type": "t2.micro",
        "user_data": "#!/bin/bash\r\necho one\r\n",
        "standby_user_data": "",
    }
    same = client.post("/instances/new/pair/", {**form, "standby_name": "web-1"})
    odd = client.post("/instances/new/pair/", {**form, "type": "t9.huge"})
    done = client.post("/instances/new/pair/", form)

    assert "listen 20.0.1.25:80;" in page
    assert "Welcome to nginx on StandbyServer" in page
    assert "Two servers, two names." in content(same)
    assert "sells no instance type t9.huge" in content(odd)
    assert "echo one" in content(odd)
    rows = Action.objects.filter(kind="instance.launch").exclude(state="refused")
    assert [r.args["TagSpecifications"][0]["Tags"][0]["Value"] for r in rows] == [
        "web-1",
        "web-2",
    ]
    assert rows[0].args["UserData"] == "(21 bytes, not kept)"
    assert all(f"only={row.made[0]}" in done["Location"] for row in rows)
    assert home.client("olaf").get("/instances/new/").status_code == 403
