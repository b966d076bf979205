"""The policies that the operating guide prints are JSON, and name what is called."""

import json
import re
from typing import Any

from failover.ec2.requests import Operation
from failover.engine.job import Action
from tests.project.files import ROOT

BLOCK = re.compile(r"```json\n(.*?)```", re.S)


def read_policies() -> list[Any]:
    text = (ROOT / "docs" / "operating.md").read_text()
    return [json.loads(block) for block in BLOCK.findall(text)]


def list_allowed(policy: Any) -> set[str]:
    statements = policy["Statement"] if isinstance(policy, dict) else policy
    named: set[str] = set()
    for statement in statements:
        if statement["Effect"] == "Allow":
            actions = statement["Action"]
            named |= {actions} if isinstance(actions, str) else set(actions)
    return named


def test_the_console_policy_allows_every_action_and_nothing_else_that_changes() -> None:
    console = next(p for p in read_policies() if "RunInstances" in json.dumps(p))

    changing = {a for a in list_allowed(console) if "Describe" not in a}

    attaching = {f"ec2:{Action.ATTACH.value}", f"ec2:{Action.DETACH.value}"}
    assert changing == {f"ec2:{o.value}" for o in Operation} | attaching


def test_the_failover_policies_allow_every_call_of_a_job() -> None:
    console, *_ = (p for p in read_policies() if "RunInstances" in json.dumps(p))
    others = [list_allowed(p) for p in read_policies() if p is not console]
    allowed = set().union(*others) if others else set()

    assert {f"ec2:{action.value}" for action in Action} <= allowed
