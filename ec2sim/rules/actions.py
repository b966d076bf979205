"""The register of calls that ec2sim answers itself."""

from collections.abc import Callable, Mapping
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.state.region import Region

Params = Mapping[str, Any]
Reply = dict[str, Any]
Rule = Callable[[Region, Params], Reply]

ACTIONS: dict[str, Rule] = {}


def action(rule: Rule) -> Rule:
    """Register a rule under EC2's name: attach_network_interface and so on."""
    ACTIONS["".join(word.capitalize() for word in rule.__name__.split("_"))] = rule
    return rule


def required(params: Params, name: str) -> Any:
    """A parameter that EC2 insists on although its model calls it optional."""
    value = params.get(name)
    if value in (None, "", [], {}):
        shown = name[0].lower() + name[1:]
        raise Ec2Error(
            "MissingParameter", f"The request must contain the parameter {shown}"
        )
    return value
