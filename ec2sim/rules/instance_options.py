"""What may be set on an instance beside its attributes: metadata, credits, metrics."""

from dataclasses import replace
from typing import Any

from ec2sim.errors import Ec2Error
from ec2sim.rules import listing, lookup
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.instance import Instance, MetadataOptions
from ec2sim.state.region import Region

CREDITS = ("standard", "unlimited")
BURSTABLE = ("t2.", "t3.", "t3a.", "t4g.")
BEHAVIORS = ("stop", "terminate")
METADATA = {
    "HttpTokens": ("http_tokens", ("optional", "required")),
    "HttpEndpoint": ("http_endpoint", ("enabled", "disabled")),
    "HttpProtocolIpv6": ("http_protocol_ipv6", ("enabled", "disabled")),
    "InstanceMetadataTags": ("instance_metadata_tags", ("enabled", "disabled")),
}
MOST_HOPS = 64


def at_launch(region: Region, params: Params, type_name: str) -> dict[str, Any]:
    """The options that a launch gives, as fields of the instance."""
    monitoring = params.get("Monitoring") or {}
    asked = params.get("MetadataOptions") or {}
    return {
        "credits": _credits(params, type_name),
        "ebs_optimized": bool(params.get("EbsOptimized")),
        "may_not_be_stopped": bool(params.get("DisableApiStop")),
        "may_not_be_terminated": bool(params.get("DisableApiTermination")),
        "metadata": changed_metadata(MetadataOptions(), asked),
        "monitored": bool(monitoring.get("Enabled")),
        "profile_arn": _profile(region, params),
        "shutdown_behavior": behavior(
            params.get("InstanceInitiatedShutdownBehavior") or "stop"
        ),
    }


def behavior(asked: str) -> str:
    """What a shutdown from within does. Raises Ec2Error for another word."""
    return _one_of(asked, "instanceInitiatedShutdownBehavior", BEHAVIORS)


def metadata_view(options: MetadataOptions) -> dict[str, Any]:
    """The metadata options in EC2's shape."""
    return {
        "State": "applied",
        "HttpTokens": options.http_tokens,
        "HttpPutResponseHopLimit": options.http_put_response_hop_limit,
        "HttpEndpoint": options.http_endpoint,
        "HttpProtocolIpv6": options.http_protocol_ipv6,
        "InstanceMetadataTags": options.instance_metadata_tags,
    }


def changed_metadata(options: MetadataOptions, asked: Params) -> MetadataOptions:
    """The options with what is asked for. Raises Ec2Error for what cannot be."""
    changes: dict[str, Any] = {
        name: _one_of(asked[member], member[0].lower() + member[1:], words)
        for member, (name, words) in METADATA.items()
        if asked.get(member) is not None
    }
    hops = asked.get("HttpPutResponseHopLimit")
    if hops is not None:
        if not 1 <= hops <= MOST_HOPS:
            raise Ec2Error(
                "InvalidParameterValue",
                f"Value ({hops}) for parameter httpPutResponseHopLimit is invalid. "
                f"Expecting a value between 1 and {MOST_HOPS}.",
            )
        changes["http_put_response_hop_limit"] = hops
    return replace(options, **changes)


@action
def modify_instance_metadata_options(region: Region, params: Params) -> Reply:
    """ModifyInstanceMetadataOptions, applied at once."""
    row = lookup.instance(region, params["InstanceId"])
    row = replace(row, metadata=changed_metadata(row.metadata, params))
    region.instances.put(row, at=region.now)
    return {
        "InstanceId": row.id,
        "InstanceMetadataOptions": metadata_view(row.metadata),
    }


@action
def monitor_instances(region: Region, params: Params) -> Reply:
    """MonitorInstances: detailed monitoring, enabled at once."""
    return _set_monitoring(region, params, monitored=True, said="pending")


@action
def unmonitor_instances(region: Region, params: Params) -> Reply:
    """UnmonitorInstances: detailed monitoring, disabled at once."""
    return _set_monitoring(region, params, monitored=False, said="disabling")


def _set_monitoring(
    region: Region, params: Params, *, monitored: bool, said: str
) -> Reply:
    found = lookup.instances(region, params["InstanceIds"])
    for row in found:
        region.instances.put(replace(row, monitored=monitored), at=region.now)
    return {
        "InstanceMonitorings": [
            {"InstanceId": row.id, "Monitoring": {"State": said}} for row in found
        ]
    }


CREDIT_LISTING: listing.Listing[Instance] = listing.Listing(
    action="DescribeInstanceCreditSpecifications",
    kind=ids.INSTANCE,
    ids="InstanceIds",
    fields={"instance-id": lambda row: (row.id,)},
    id_filter="instance-id",
)


@action
def describe_instance_credit_specifications(region: Region, params: Params) -> Reply:
    """DescribeInstanceCreditSpecifications: of burstable instances only."""
    found, token = listing.rows(region, region.instances, CREDIT_LISTING, params)
    shown = [
        {"InstanceId": row.id, "CpuCredits": row.credits or default_credits(row.type)}
        for row in found
        if row.type.startswith(BURSTABLE) and row.state != "terminated"
    ]
    return listing.page("InstanceCreditSpecifications", shown, token=token)


def default_credits(type_name: str) -> str:
    """What a burstable type has unless it is told otherwise."""
    return "standard" if type_name.startswith("t2.") else "unlimited"


def _credits(params: Params, type_name: str) -> str | None:
    asked = (params.get("CreditSpecification") or {}).get("CpuCredits")
    if asked is None:
        return None
    if not type_name.startswith(BURSTABLE):
        raise Ec2Error(
            "InvalidParameterCombination",
            f"The instance type '{type_name}' does not support credit specifications.",
        )
    return _one_of(asked, "cpuCredits", CREDITS)


def _profile(region: Region, params: Params) -> str | None:
    asked = params.get("IamInstanceProfile") or {}
    if asked.get("Arn"):
        return str(asked["Arn"])
    if asked.get("Name"):
        return f"arn:aws:iam::{region.account_id}:instance-profile/{asked['Name']}"
    return None


def _one_of(asked: str, parameter: str, words: tuple[str, ...]) -> str:
    if asked not in words:
        raise Ec2Error(
            "InvalidParameterValue",
            f"Value ({asked}) for parameter {parameter} is invalid. Expecting one of: "
            f"{', '.join(words)}.",
        )
    return asked
