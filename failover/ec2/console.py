"""The reads of the console: what forms offer, and what checks before a call rest on.

All go by filter where there is one: what EC2 does not know is left out, not an error.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from failover.ec2 import looks, offers, replies
from failover.ec2.looks import Looks
from failover.ec2.offers import Image, InstanceType, KeyPair, Network
from failover.engine import ports
from failover.engine.topology import ElasticIp, Instance, Interface, SecurityGroup

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

# The public images that are offered; any other is typed by its id.
AMAZON_LINUX = "al2023-ami-2023*"
IMAGE_NOT_FOUND = ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")
TYPES_PAGE = 100


class Console:
    """Reads of one region that no job makes. Each raises Ec2Error."""

    def __init__(self, *, client: "EC2Client", looks: Looks) -> None:
        self._client = client
        self._looks = looks

    def read_networks(self, ids: Sequence[str]) -> list[Network]:
        """These subnets as they are now."""
        pages = looks.read_pages(
            self._client.describe_subnets,
            "Subnets",
            Filters=[{"Name": "subnet-id", "Values": list(ids)}],
            MaxResults=looks.PAGE,
        )
        return [offers.read_network(row) for row in pages]

    def read_groups(self, ids: Sequence[str]) -> list[SecurityGroup]:
        """These security groups as they are now."""
        pages = looks.read_pages(
            self._client.describe_security_groups,
            "SecurityGroups",
            Filters=[{"Name": "group-id", "Values": list(ids)}],
            MaxResults=looks.PAGE,
        )
        return [replies.read_security_group(row) for row in pages]

    def read_images(self) -> list[Image]:
        """Our own images and Amazon's current Linux, the newest first."""
        own = [offers.read_image(r, is_own=True) for r in self._images(["self"], [])]
        name = [{"Name": "name", "Values": [AMAZON_LINUX]}]
        public = [
            offers.read_image(r, is_own=False) for r in self._images(["amazon"], name)
        ]
        return [*_newest_first(own), *_newest_first(public)]

    def _images(self, owners: list[str], filters: list[Any]) -> list[replies.Reply]:
        available = {"Name": "state", "Values": ["available"]}
        return list(
            looks.read_pages(
                self._client.describe_images,
                "Images",
                Owners=owners,
                Filters=[*filters, available],
                MaxResults=looks.PAGE,
            )
        )

    def find_image(self, id: str) -> Image | None:
        """Any image that our account may use; None where EC2 knows none of that id."""
        try:
            found = list(
                looks.read_pages(self._client.describe_images, "Images", ImageIds=[id])
            )
        except ports.Ec2Refused as error:
            if error.code in IMAGE_NOT_FOUND:
                return None
            raise
        return offers.read_image(found[0], is_own=False) if found else None

    def read_key_pairs(self) -> list[KeyPair]:
        """All key pairs of the region, by name; DescribeKeyPairs has no pages."""
        found = looks.read_pages(self._client.describe_key_pairs, "KeyPairs")
        return sorted((offers.read_key_pair(r) for r in found), key=lambda k: k.name)

    def read_types(self, names: Sequence[str] = ()) -> list[InstanceType]:
        """The instance types of these names, or all that the region sells, by name."""
        named = [{"Name": "instance-type", "Values": list(names)}] if names else []
        found = looks.read_pages(
            self._client.describe_instance_types,
            "InstanceTypes",
            Filters=named,
            MaxResults=TYPES_PAGE,
        )
        return sorted((offers.read_type(r) for r in found), key=lambda t: t.name)

    def read_elastic_ips(self) -> list[ElasticIp]:
        """Every Elastic IP of the region."""
        found = looks.read_pages(self._client.describe_addresses, "Addresses")
        return [replies.read_elastic_ip(r) for r in found]

    def read_interfaces_in(self, subnet_id: str) -> list[Interface]:
        """Every network interface of one subnet."""
        found = looks.read_pages(
            self._client.describe_network_interfaces,
            "NetworkInterfaces",
            Filters=[{"Name": "subnet-id", "Values": [subnet_id]}],
            MaxResults=looks.PAGE,
        )
        return [replies.read_interface(r) for r in found]

    def find_launched(self, client_token: str) -> list[Instance]:
        """The instances that a launch with this token has made."""
        found = looks.read_pages(
            self._client.describe_instances,
            "Reservations",
            Filters=[{"Name": "client-token", "Values": [client_token]}],
            MaxResults=looks.PAGE,
        )
        rows = [row for reservation in found for row in reservation["Instances"]]
        return list(self._looks.join(rows, {}).values())


def _newest_first(images: list[Image]) -> list[Image]:
    return sorted(images, key=lambda image: image.created_at, reverse=True)
