"""How many instances may run; nothing is limited unless a seed sets a quota."""

from ec2sim.errors import Ec2Error
from ec2sim.rules import instance_types
from ec2sim.state.region import Region

UNLIMITED = 1_000_000
RUNNING = ("pending", "running")
ASK = (
    "Please visit http://aws.amazon.com/contact-us/ec2-request to request an "
    "adjustment to this limit."
)


def room(region: Region, type_name: str) -> int:
    """How many more instances of a type may run."""
    running = [row.type for row in region.instances if row.state in RUNNING]
    most = region.quotas.get("instances")
    left = UNLIMITED if most is None else most - len(running)
    most = region.quotas.get("vcpus")
    if most is not None:
        used = sum(instance_types.vcpus(name) for name in running)
        each = max(1, instance_types.vcpus(type_name))
        left = min(left, (most - used) // each)
    return left


def check(region: Region, type_names: list[str]) -> None:
    """Refuse to run all of these at once where a quota does not allow it."""
    if not type_names or not region.quotas:
        return
    most = region.quotas.get("instances")
    running = [row.type for row in region.instances if row.state in RUNNING]
    if most is not None and len(running) + len(type_names) > most:
        raise Ec2Error(
            "InstanceLimitExceeded",
            f"You have requested more instances ({len(running) + len(type_names)}) "
            f"than your current instance limit of {most} allows for the specified "
            f"instance type. {ASK}",
        )
    most = region.quotas.get("vcpus")
    if most is None:
        return
    wanted = sum(instance_types.vcpus(name) for name in (*running, *type_names))
    if wanted > most:
        raise Ec2Error(
            "VcpuLimitExceeded",
            "You have requested more vCPU capacity than your current vCPU limit of "
            f"{most} allows for the instance bucket that the specified instance type "
            f"belongs to. {ASK}",
        )
