"""What the guest of an instance would tell: its console and its password."""

import base64

from ec2sim.errors import Ec2Error
from ec2sim.rules import lookup
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state.instance import Instance
from ec2sim.state.region import Region


@action
def get_console_output(region: Region, params: Params) -> Reply:
    """GetConsoleOutput: a boot, and what has become of the guest since."""
    row = lookup.instance(region, params["InstanceId"])
    if row.state == "terminated":
        return {"InstanceId": row.id, "Timestamp": region.now}
    told = base64.b64encode(_lines(row).encode()).decode()
    return {"InstanceId": row.id, "Timestamp": region.now, "Output": told}


@action
def get_password_data(region: Region, params: Params) -> Reply:
    """GetPasswordData: empty, as for every instance that does not run Windows."""
    row = lookup.instance(region, params["InstanceId"])
    return {"InstanceId": row.id, "Timestamp": region.now, "PasswordData": ""}


@action
def get_console_screenshot(region: Region, params: Params) -> Reply:
    """GetConsoleScreenshot: nobody draws one here."""
    lookup.instance(region, params["InstanceId"])
    raise Ec2Error("UnsupportedOperation", "GetConsoleScreenshot is not simulated.")


def _lines(row: Instance) -> str:
    lines = [f"[    0.000000] Linux version 6.1.0 ({row.image_id}, {row.type})"]
    if row.has_run:
        lines.append("[    2.000000] cloud-init: finished")
        lines.append(f"{row.private_dns_name.partition('.')[0]} login:")
    if row.guest == "dead":
        lines.append("[  600.000000] Kernel panic - not syncing: Fatal exception")
    if row.guest == "hung":
        lines.append("[  600.000000] INFO: task nginx:1 blocked for more than 120 s")
    return "".join(f"{line}\r\n" for line in lines)
