"""Every form of an EC2 action: done, refused in words, forbidden, without script."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from failover import models
from failover.models import Action
from tests.web.acting.stage import GROUP, SPARES, SUBNET, TAGS, content, place
from tests.web.conftest import FLOATING, SPARE, Home


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


TWICE = {"tags_key": ["team", "team"], "tags_value": ["a", "b"]}
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
        why="has at least one security group; choose one.",
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
