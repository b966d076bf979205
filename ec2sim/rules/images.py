"""Machine images to launch from: the public ones that every region has."""

from collections.abc import Mapping
from typing import Any

from ec2sim.rules import filters, listing
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.network import Image
from ec2sim.state.region import Region

AMAZON = "137112412989"
# What is the same for every image, in the reply and in the filters.
SAME: Mapping[str, Any] = {
    "BlockDeviceMappings": [],
    "EnaSupport": True,
    "FreeTierEligible": True,
    "Hypervisor": "xen",
    "ImageAllowed": True,
    "ImageOwnerAlias": "amazon",
    "ImageType": "machine",
    "OwnerId": AMAZON,
    "PlatformDetails": "Linux/UNIX",
    "Public": True,
    "RootDeviceName": "/dev/xvda",
    "RootDeviceType": "ebs",
    "State": "available",
    "UsageOperation": "RunInstances",
    "VirtualizationType": "hvm",
}
BY_MEMBER = {
    "ena-support": "EnaSupport",
    "free-tier-eligible": "FreeTierEligible",
    "hypervisor": "Hypervisor",
    "image-allowed": "ImageAllowed",
    "image-type": "ImageType",
    "is-public": "Public",
    "owner-alias": "ImageOwnerAlias",
    "owner-id": "OwnerId",
    "root-device-name": "RootDeviceName",
    "root-device-type": "RootDeviceType",
    "state": "State",
    "virtualization-type": "VirtualizationType",
}
SCANS = (
    "critical-fix-available-since",
    "finding-scan-date",
    "high-fix-available-since",
    "highest-finding-severity-label",
    "informational-fix-available-since",
    "low-fix-available-since",
    "medium-fix-available-since",
)
NEVER = (
    "block-device-mapping.delete-on-termination",
    "block-device-mapping.device-name",
    "block-device-mapping.encrypted",
    "block-device-mapping.snapshot-id",
    "block-device-mapping.volume-size",
    "block-device-mapping.volume-type",
    "boot-mode",
    "image-watermark.source-image-creation-time",
    "image-watermark.source-image-id",
    "image-watermark.source-image-region",
    "image-watermark.watermark-creation-time",
    "image-watermark.watermark-key",
    "instance-type-specification.supported-instance-type",
    "instance-type-specification.unsupported-instance-type",
    "kernel-id",
    "platform",
    "product-code",
    "product-code.type",
    "public-ssm-parameter-name",
    "ramdisk-id",
    *(f"scan-result.{name}" for name in SCANS),
    "source-image-id",
    "source-image-region",
    "source-instance-id",
    "sriov-net-support",
    "state-reason-code",
    "state-reason-message",
)


def view(row: Image) -> dict[str, Any]:
    """An image in EC2's shape."""
    return {
        **SAME,
        "Architecture": row.architecture,
        "CreationDate": listing.timestamp(row.created_at),
        "Description": row.description,
        "ImageId": row.id,
        "ImageLocation": f"amazon/{row.name}",
        "Name": row.name,
        "Tags": listing.tag_set(row.tags),
    }


def _always(value: object) -> filters.Values[Image]:
    return lambda _row: (filters.text(value),)


FIELDS: filters.Fields[Image] = {
    **dict.fromkeys(NEVER, lambda _row: ()),
    **{name: _always(SAME[member]) for name, member in BY_MEMBER.items()},
    "architecture": lambda row: (row.architecture,),
    "creation-date": lambda row: (listing.timestamp(row.created_at),),
    "description": lambda row: (row.description,),
    "image-id": lambda row: (row.id,),
    "manifest-location": lambda row: (f"amazon/{row.name}",),
    "name": lambda row: (row.name,),
}
LISTING = listing.Listing(
    action="DescribeImages",
    kind=ids.IMAGE,
    ids="ImageIds",
    fields=FIELDS,
    id_filter="image-id",
)


@action
def describe_images(region: Region, params: Params) -> Reply:
    """DescribeImages, in pages; nobody owns one but Amazon."""
    found, token = listing.rows(region, region.images, LISTING, params)
    owners = set(params.get("Owners") or ())
    users = set(params.get("ExecutableUsers") or ())
    if (owners and not owners & {AMAZON, "amazon"}) or (users and "all" not in users):
        return {"Images": []}
    return listing.page("Images", [view(row) for row in found], token=token)
