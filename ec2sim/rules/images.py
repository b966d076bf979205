"""Machine images to launch from."""

from typing import Any

from ec2sim.rules import filters, listing
from ec2sim.rules.actions import Params, Reply, action
from ec2sim.state import ids
from ec2sim.state.network import Image
from ec2sim.state.region import Region

AMAZON = "137112412989"


def view(row: Image) -> dict[str, Any]:
    """An image in EC2's shape."""
    return {
        "ImageId": row.id,
        "Name": row.name,
        "Description": row.description,
        "CreationDate": listing.timestamp(row.created_at),
        "OwnerId": AMAZON,
        "ImageOwnerAlias": "amazon",
        "ImageLocation": f"amazon/{row.name}",
        "ImageType": "machine",
        "Public": True,
        "State": "available",
        "Architecture": "x86_64",
        "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/xvda",
        "VirtualizationType": "hvm",
        "Hypervisor": "xen",
        "EnaSupport": True,
        "BlockDeviceMappings": [],
        "Tags": listing.tag_set(row.tags),
    }


FIELDS: filters.Fields[Image] = {
    "architecture": lambda _row: ("x86_64",),
    "creation-date": lambda row: (listing.timestamp(row.created_at),),
    "description": lambda row: (row.description,),
    "hypervisor": lambda _row: ("xen",),
    "image-id": lambda row: (row.id,),
    "image-type": lambda _row: ("machine",),
    "is-public": lambda _row: ("true",),
    "name": lambda row: (row.name,),
    "owner-alias": lambda _row: ("amazon",),
    "owner-id": lambda _row: (AMAZON,),
    "root-device-type": lambda _row: ("ebs",),
    "state": lambda _row: ("available",),
    "virtualization-type": lambda _row: ("hvm",),
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
    """DescribeImages: the public images that every region has."""
    owners = set(params.get("Owners") or ())
    found, token = listing.rows(region, region.images, LISTING, params)
    if owners and not owners & {AMAZON, "amazon"}:
        found = []
    reply: Reply = {"Images": [view(row) for row in found]}
    return {**reply, "NextToken": token} if token else reply
