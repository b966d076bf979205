"""What people do to instances: launch, start, stop, reboot. All take their time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from failover import wiring
from failover.ec2.requests import Operation, Request
from failover.models import Action, Region
from failover.services.access import Actor
from failover.services.acts import (
    carrying,
    checking,
    choices,
    orders,
    protecting,
    seeing,
    tagging,
)
from failover.services.acts.orders import Order

RUNNING = {"state": "running"}
STOPPED = {"state": "stopped"}


def launch(  # noqa: PLR0913 - what a launch is made of, each by name
    *,
    region: Region,
    name: str,
    image_id: str,
    type: str,
    subnet_id: str,
    actor: Actor,
    security_group_ids: Sequence[str] = (),
    key_name: str = "",
    user_data: str = "",
    count: int = 1,
    claim_id: UUID | None = None,
) -> Action:
    """Launch one or several alike; the action's `made` has their ids.

    Raises Invalid, NotFound; what `carrying.carry_out` raises.
    """
    errors: checking.Errors = {}
    if name:
        errors |= checking.renamed(checking.tags({"Name": name}), "tags", "name")
    errors |= checking.user_data(user_data) | checking.count(count)
    checking.require(errors)
    network = checking.find_network(region, subnet_id)
    errors |= checking.groups_in(region, security_group_ids, vpc_id=network.vpc_id)
    errors |= choices.launch_errors(
        region, image_id=image_id, type=type, key_name=key_name
    )
    checking.require(errors)
    action_id = wiring.new_uuid()
    args: dict[str, Any] = {
        "ImageId": image_id,
        "InstanceType": type,
        "SubnetId": subnet_id,
        "MinCount": count,
        "MaxCount": count,
    }
    optional = {
        "SecurityGroupIds": list(dict.fromkeys(security_group_ids)),
        "KeyName": key_name,
        "UserData": user_data,
    }
    args |= {name: value for name, value in optional.items() if value}
    if name:
        args["TagSpecifications"] = tagging.specification("instance", {"Name": name})
    args["ClientToken"] = str(action_id)
    order = Order(
        id=action_id,
        region=region,
        kind="instance.launch",
        resource=subnet_id,
        request=Request(operation=Operation.RUN_INSTANCES, args=args),
        actor=actor,
        awaits=RUNNING,
        claim_id=claim_id,
    )
    return carrying.carry_out(order)


def start(
    *, region: Region, instance_id: str, actor: Actor, claim_id: UUID | None = None
) -> Action:
    """Start a stopped instance. Raises NotFound, JobActive; as `carry_out`."""
    request = _request(Operation.START_INSTANCES, instance_id)
    return _carry_out(region, instance_id, actor, request, RUNNING, claim_id)


def stop(
    *, region: Region, instance_id: str, actor: Actor, claim_id: UUID | None = None
) -> Action:
    """Stop an instance; its interfaces stay. Raises NotFound, JobActive; as above."""
    request = _request(Operation.STOP_INSTANCES, instance_id)
    return _carry_out(region, instance_id, actor, request, STOPPED, claim_id)


def reboot(
    *, region: Region, instance_id: str, actor: Actor, claim_id: UUID | None = None
) -> Action:
    """Ask the guest to reboot. Raises NotFound, JobActive; as above."""
    request = _request(Operation.REBOOT_INSTANCES, instance_id)
    return _carry_out(region, instance_id, actor, request, RUNNING, claim_id)


VERBS = {
    Operation.START_INSTANCES: "start",
    Operation.STOP_INSTANCES: "stop",
    Operation.REBOOT_INSTANCES: "reboot",
}


def _request(operation: Operation, instance_id: str) -> Request:
    return Request(operation=operation, args={"InstanceIds": [instance_id]})


def _carry_out(
    region: Region,
    instance_id: str,
    actor: Actor,
    request: Request,
    awaits: dict[str, str],
    claim_id: UUID | None,
) -> Action:
    protecting.require_no_job(region, [instance_id])
    sight = seeing.look(region, instance_id)
    sight.instance(instance_id)
    order = Order(
        id=wiring.new_uuid(),
        region=region,
        kind=f"instance.{VERBS[request.operation]}",
        resource=instance_id,
        request=request,
        actor=actor,
        touches=(instance_id,),
        alone=(instance_id,),
        before=orders.picture(sight.seen, (instance_id,)),
        awaits=awaits,
        claim_id=claim_id,
    )
    return carrying.carry_out(order)
