"""Every form of an EC2 action: done, refused in words, forbidden, without script."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from failover import models
from failover.models import Action, Job
from tests.web.conftest import FLOATING, SPARE, STANDBY, Home

SUBNET = "subnet-40043409"
GROUP = "sg-cf2a82b4"


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form: its path, an input that works, one that is refused, and the role."""

    path: str
    good: dict[str, Any] = field(default_factory=dict)
    # Words that the good one's page has afterwards.
    said: str
    bad: dict[str, Any] | None = None
    # Words beside the field, or of the refusal.
    why: str = ""
    role: str = "operator"


TAGS = {"tags_key": ["Name", "team"], "tags_value": ["web", "ops"]}
TWICE = {"tags_key": ["team", "team"], "tags_value": ["a", "b"]}
SPARES = f"/interfaces/{SPARE}"
FORMS = (
    Form(
        path="/interfaces/new/",
        good={
            "subnet_id": SUBNET,
            "description": "made by hand",
            "private_ip": "20.0.1.77",
            "security_group_ids": [GROUP],
            **TAGS,
        },
        said="made by hand",
        bad={"subnet_id": SUBNET, "private_ip": "20.0.9.9", "description": "kept"},
        why="20.0.9.9 is outside 20.0.1.0/24",
    ),
    Form(
        path=f"{SPARES}/description/",
        good={"description": "for the web"},
        said="for the web",
        bad={"description": "x" * 300},
        why="at most 255 characters",
    ),
    Form(
        path=f"{SPARES}/groups/",
        good={"security_group_ids": ["sg-e2d57e99"]},
        said="PrivateServer",
        bad={"security_group_ids": []},
        why="This field is required",
    ),
    Form(path=f"{SPARES}/check/", good={}, said="Source/destination check changed"),
    Form(
        path=f"{SPARES}/tags/",
        good=TAGS,
        said="Tags set",
        bad=TWICE,
        why="The key team is there twice.",
    ),
    Form(
        path=f"{SPARES}/assign/",
        good={"addresses": "20.0.1.90\n20.0.1.91"},
        said="20.0.1.91",
        bad={"addresses": "20.0.1.3"},
        why="AWS keeps 20.0.1.3 for itself",
    ),
    Form(
        path=f"{SPARES}/unassign/",
        good={"addresses": ["20.0.1.91"]},
        said="Private addresses unassigned",
        bad={"addresses": ["20.0.1.1"]},
        why="Select a valid choice",
    ),
    Form(path="/elastic-ips/new/", good=TAGS, said="Elastic IP allocated"),
    Form(
        path=f"/interfaces/{FLOATING}/detach/",
        said="",
        bad={},
        why="is moved by pair article",
    ),
)
WORKER = {"operator": "olaf", "admin": "anna"}
LESSER = {"operator": "vera", "admin": "olaf"}


def place(home: Home) -> dict[str, str]:
    """What the page's hidden field says where there is one region only."""
    return {"region": str(home.region.pk)}


def content(answer: Any) -> str:
    return str(answer.content.decode())


def test_each_form_keeps_what_was_typed_says_why_not_and_then_does_it(
    home: Home,
) -> None:
    """One world for all of them: what one makes the next one uses."""
    for form in FORMS:
        region = place(home) if form.path.endswith("/new/") else {}
        client = home.client(WORKER[form.role])
        page = client.get(form.path)
        assert page.status_code == 200, form.path
        assert 'name="csrfmiddlewaretoken"' in content(page)

        refused = home.client(LESSER[form.role])
        assert refused.get(form.path).status_code == 403, form.path
        assert refused.post(form.path, form.good).status_code == 403, form.path

        if form.bad is not None:
            answer = client.post(form.path, {**region, **form.bad})
            text = content(answer)
            assert answer.status_code in (400, 409, 422), form.path
            assert form.why in text, (form.path, text)
            for words in form.bad.values():
                for word in [words] if isinstance(words, str) else words:
                    assert word in text or word == "20.0.1.1", (form.path, word)

        if form.said:
            answer = client.post(form.path, {**region, **form.good}, follow=True)
            assert answer.redirect_chain, (form.path, content(answer))
            assert answer.status_code == 200, form.path
            assert form.said in content(answer), (form.path, content(answer))
    made = models.NetworkInterface.objects.get(description="made by hand")
    assert (made.private_ip, made.tags["team"]) == ("20.0.1.77", "ops")
    path = f"/interfaces/{made.interface_id}/delete/"
    assert home.client("olaf").post(path).status_code == 403
    gone = home.client("anna").post(path, follow=True)
    assert f"Network interface deleted: {made.interface_id}" in content(gone)


def test_a_form_sent_twice_makes_one_interface(home: Home) -> None:
    client = home.client("olaf")
    form = {
        "key": "5f0c6f7e-6a0a-4a57-8f6d-0d3c3b0a9d11",
        "subnet_id": SUBNET,
        "description": "once",
        **place(home),
    }

    first = client.post("/interfaces/new/", form)
    second = client.post("/interfaces/new/", form)
    other = client.post("/interfaces/new/", {**form, "description": "twice"})

    assert first["Location"] == second["Location"] != other["Location"]
    assert Action.objects.filter(kind="network-interface.create").count() == 2


def test_a_choice_that_draws_the_form_anew_keeps_the_rest_and_records_nothing(
    home: Home,
) -> None:
    client = home.client("olaf")
    rows = models.AuditEntry.objects.count()
    said = {"subnet_id": SUBNET, "description": "kept", **TAGS, "again": "more-tags"}

    text = content(client.post("/interfaces/new/", said))

    assert 'value="kept"' in text
    assert 'value="ops"' in text
    assert text.count('name="tags_key"') == 2 + 6
    assert GROUP in text
    assert "field-error" not in text
    assert models.AuditEntry.objects.count() == rows
    assert not Action.objects.exists()


def test_what_ec2_refuses_is_said_in_words_with_its_code_and_leads_to_the_action(
    home: Home,
) -> None:
    kind = "refuse:NetworkInterfaceLimitExceeded"
    fault = {"action": "CreateNetworkInterface", "kind": kind, "times": 1}
    httpx.post(f"{home.sim.url}/_sim/faults", json=fault).raise_for_status()
    form = {**place(home), "subnet_id": SUBNET, "description": "no room"}

    answer = home.client("olaf").post("/interfaces/new/", form)

    text = content(answer)
    row = Action.objects.get()
    assert answer.status_code == 422
    assert "The account may have no more network interfaces" in text
    assert "<code" in text
    assert "NetworkInterfaceLimitExceeded</code>" in text
    assert row.aws_request_id in text
    assert f"/actions/{row.id}/" in text
    assert 'value="no room"' in text
    shown = content(home.client("vera").get(f"/actions/{row.id}/"))
    assert "NetworkInterfaceLimitExceeded" in shown
    assert "aws ec2 create-network-interface" in shown


def test_an_interface_is_attached_to_what_ec2_allows_and_the_others_say_why(
    home: Home,
) -> None:
    client = home.client("olaf")

    page = content(client.get(f"{SPARES}/attach/"))
    none = client.post(f"{SPARES}/attach/", {})

    possible, _, excluded = page.partition("It cannot be attached to these")
    assert "StandbyServer" in possible
    assert "PrimaryServer" not in possible
    # A t2.micro has two interfaces at most, and this one has them.
    assert "PrimaryServer" in excluded
    assert "of at most 2 interfaces" in excluded
    assert none.status_code == 422
    assert "Choose an instance." in content(none)
    key = {"key": "5f0c6f7e-6a0a-4a57-8f6d-0d3c3b0a9d12"}
    form = {**key, "instance_id": STANDBY}
    first = client.post(f"{SPARES}/attach/", form)
    again = client.post(f"{SPARES}/attach/", form)
    job = Job.objects.get()
    assert first["Location"] == again["Location"] == f"/jobs/{job.id}/"


def test_the_menu_of_an_interface_says_what_cannot_be_done_and_why(home: Home) -> None:
    text = content(home.client("olaf").get(f"/interfaces/{FLOATING}/"))
    viewer = content(home.client("vera").get(f"/interfaces/{FLOATING}/"))

    assert "Pair article moves it" in text
    assert "Needs the role admin." in text
    assert f"/interfaces/{FLOATING}/description/" in text
    assert f"/interfaces/{FLOATING}/description/" not in viewer
    assert "Needs the role operator." in viewer
    # Who goes to the form all the same is told so before filling it in.
    form = content(home.client("olaf").get(f"/interfaces/{FLOATING}/detach/"))
    assert "Pair article moves it" in form
    assert 'name="force"' not in form


def test_an_elastic_ip_is_allocated_associated_taken_off_and_released(
    home: Home,
) -> None:
    client = home.client("olaf")
    made = client.post("/elastic-ips/new/", {**place(home), **TAGS})
    page = made["Location"]
    target = {"target": "interface", "network_interface_id": SPARE}

    shown = content(client.get(page))
    nobody = client.post(f"{page}associate/", {"target": "instance"})
    foreign = client.post(f"{page}associate/", {**target, "private_ip": "20.0.1.2"})
    on = client.post(f"{page}associate/", target, follow=True)
    held = home.client("anna").get(f"{page}release/")
    off = client.post(f"{page}disassociate/", follow=True)
    forbidden = client.post(f"{page}release/")
    gone = home.client("anna").post(f"{page}release/", follow=True)

    assert "Needs the role admin." in shown
    assert nobody.status_code == 422
    assert "Say which." in content(nobody)
    assert f"20.0.1.2 is not on {SPARE}" in content(foreign)
    assert SPARE in content(foreign)
    assert "Elastic IP associated." in content(on)
    assert SPARE in content(on)
    assert "disassociate it first" in content(held)
    assert "Elastic IP disassociated." in content(off)
    assert forbidden.status_code == 403
    assert "Elastic IP released" in content(gone)
    assert client.get(page).status_code == 404


def test_an_elastic_ip_is_associated_from_its_interface_too(home: Home) -> None:
    client = home.client("olaf")
    page = client.post("/elastic-ips/new/", place(home))["Location"]
    allocation_id = page.split("/")[2]
    form = {"allocation_id": allocation_id}

    none = client.get(f"{SPARES}/disassociate/")
    spare = models.NetworkInterface.objects.get(interface_id=SPARE)
    on = client.post(
        f"{SPARES}/associate/", {**form, "private_ip": spare.private_ip}, follow=True
    )
    off = client.post(f"{SPARES}/disassociate/", form, follow=True)

    assert "No Elastic IP is on it." in content(none)
    assert "Elastic IP associated." in content(on)
    assert allocation_id in content(on)
    assert "Elastic IP disassociated." in content(off)


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


def test_termination_behaviour_is_changed_but_not_under_a_pair(home: Home) -> None:
    client = home.client("olaf")
    own = models.NetworkInterface.objects.get(instance_id=STANDBY, device_index=0)
    path = f"/interfaces/{own.interface_id}/termination/"
    flag = {"delete_on_termination": "on"}

    client.post(path, {}, follow=True)
    own.refresh_from_db()
    was = own.delete_on_termination
    client.post(path, flag, follow=True)
    own.refresh_from_db()
    under_a_pair = client.post(f"/interfaces/{FLOATING}/termination/", flag)
    again = client.post(f"/interfaces/{FLOATING}/termination/", {}, follow=True)

    assert (was, own.delete_on_termination) == (False, True)
    assert under_a_pair.status_code == 409
    assert "It belongs to a pair" in content(under_a_pair)
    assert "nothing was sent to EC2" in content(again)


def let_pass(home: Home, seconds: float = 8.0) -> None:
    """Let what EC2 has begun come to its end."""
    home.sim.world.clock.set(advance_s=seconds)
    home.sim.world.settle()


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


def test_hostile_tags_are_shown_and_sent_back_as_they_are(home: Home) -> None:
    hostile = '"><script>alert(1)</script> {{ 7 }} =cmd \u202e \U0001f600'
    client = home.client("olaf")
    form = {"tags_key": [hostile[:120], "plain"], "tags_value": [hostile, "=1+1"]}

    answer = client.post(f"{SPARES}/tags/", form, follow=True)
    page = content(client.get(f"{SPARES}/tags/"))

    row = models.NetworkInterface.objects.get(interface_id=SPARE)
    assert "Tags set" in content(answer)
    assert row.tags == {hostile[:120]: hostile, "plain": "=1+1"}
    assert "<script>alert" not in page + content(answer)
    assert "&quot;&gt;&lt;script&gt;" in page
