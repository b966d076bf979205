"""The page of a swap that waits for a second person: what is consented to."""

import html
import re

from failover import models
from failover.services import queries
from tests.web.conftest import FLOATING, PRIMARY, STANDBY, Home
from tests.web.test_swap import SWAP, form_of, text_of


def test_who_consents_can_copy_the_very_calls_that_would_be_made(home: Home) -> None:
    models.Pair.objects.update(policy={**home.pair.policy, "approval": True})
    attachment = queries.get_interface(FLOATING).attachment_id
    asked = home.client("olaf").post(SWAP, {**form_of(home), "reason": "step 7"})
    assert asked["Location"].startswith("/approvals/")

    text = text_of(home.client("anna").get(asked["Location"]))

    assert {PRIMARY, STANDBY} <= set(re.findall(r'data-copy="([^"]*)"', text))
    copied = map(html.unescape, re.findall(r'data-copy="(aws [^"]*)"', text))
    assert list(copied) == [
        "aws ec2 detach-network-interface --region eu-west-1"
        f" --attachment-id={attachment}",
        "aws ec2 attach-network-interface --region eu-west-1"
        f" --network-interface-id={FLOATING} --instance-id={STANDBY} --device-index=1",
    ]
    assert not models.Job.objects.exists()
