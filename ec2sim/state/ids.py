"""EC2's identifiers: how each kind is written, made and refused."""

import random
import re
from dataclasses import dataclass

from ec2sim.errors import Ec2Error

LIKE_AN_ID = re.compile(r"^[a-z]+(-[a-z]+)*-[0-9a-f]{8}([0-9a-f]{9})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of identifier, with EC2's words for a wrong one.

    `said` and `said_of_many` are whole sentences, where EC2's are not the usual ones.
    """

    prefix: str
    noun: str
    not_found: str
    malformed: str | None = None
    said: str = "The {noun} ID '{names}' does not exist"
    said_of_many: str = "The {noun} IDs '{names}' do not exist"

    def make(self, chance: random.Random) -> str:
        """A new identifier in the long form that EC2 uses today."""
        return f"{self.prefix}-0{chance.getrandbits(64):016x}"

    def missing(self, *values: str) -> Ec2Error:
        """The error for identifiers that name nothing."""
        sentence = self.said if len(values) == 1 else self.said_of_many
        names = ", ".join(values)
        return Ec2Error(self.not_found, sentence.format(noun=self.noun, names=names))

    def check(self, value: str) -> None:
        """Refuse a value that is not written like an identifier of this kind."""
        prefix, _, digits = value.rpartition("-")
        if prefix == self.prefix and re.fullmatch(r"[0-9a-f]{8}|[0-9a-f]{17}", digits):
            return
        if self.malformed is None:
            raise self.missing(value)
        message = f'Invalid id: "{value}" (expecting "{self.prefix}-...")'
        raise Ec2Error(self.malformed, message)


INTERFACE = Kind(
    prefix="eni",
    noun="networkInterface",
    not_found="InvalidNetworkInterfaceID.NotFound",
    malformed="InvalidNetworkInterfaceId.Malformed",
)
ATTACHMENT = Kind(
    prefix="eni-attach",
    noun="attachment",
    not_found="InvalidAttachmentID.NotFound",
    malformed="InvalidNetworkInterfaceAttachmentId.Malformed",
)
SERVICE_ATTACHMENT_PREFIX = "ela-attach"
INSTANCE = Kind(
    prefix="i",
    noun="instance",
    not_found="InvalidInstanceID.NotFound",
    malformed="InvalidInstanceID.Malformed",
)
ALLOCATION = Kind(
    prefix="eipalloc", noun="allocation", not_found="InvalidAllocationID.NotFound"
)
ASSOCIATION = Kind(
    prefix="eipassoc", noun="association", not_found="InvalidAssociationID.NotFound"
)
VPC = Kind(
    prefix="vpc",
    noun="vpc",
    not_found="InvalidVpcID.NotFound",
    malformed="InvalidVpcId.Malformed",
)
SUBNET = Kind(
    prefix="subnet",
    noun="subnet",
    not_found="InvalidSubnetID.NotFound",
    malformed="InvalidSubnetId.Malformed",
)
SECURITY_GROUP = Kind(
    prefix="sg",
    noun="security group",
    not_found="InvalidGroup.NotFound",
    malformed="InvalidGroupId.Malformed",
    said="The security group '{names}' does not exist",
    said_of_many="The security groups '{names}' do not exist",
)
ROUTE_TABLE = Kind(
    prefix="rtb",
    noun="routeTable",
    not_found="InvalidRouteTableID.NotFound",
    malformed="InvalidRouteTableId.Malformed",
)
ROUTE_ASSOCIATION = Kind(
    prefix="rtbassoc",
    noun="association",
    not_found="InvalidAssociationID.NotFound",
)
INTERNET_GATEWAY = Kind(
    prefix="igw",
    noun="internetGateway",
    not_found="InvalidInternetGatewayID.NotFound",
    malformed="InvalidInternetGatewayId.Malformed",
)
IMAGE = Kind(
    prefix="ami",
    noun="image",
    not_found="InvalidAMIID.NotFound",
    malformed="InvalidAMIID.Malformed",
    said="The image id '[{names}]' does not exist",
    said_of_many="The image ids '[{names}]' do not exist",
)
RULE = Kind(
    prefix="sgr",
    noun="security group rule",
    not_found="InvalidSecurityGroupRuleId.NotFound",
    malformed="InvalidSecurityGroupRuleId.Malformed",
)
KEY_PAIR = Kind(
    prefix="key",
    noun="key pair",
    not_found="InvalidKeyPair.NotFound",
    malformed="InvalidKeyPairId.Malformed",
    said="The key pair '{names}' does not exist",
    said_of_many="The key pairs '{names}' do not exist",
)
DHCP_OPTIONS = Kind(
    prefix="dopt",
    noun="dhcpOption",
    not_found="InvalidDhcpOptionID.NotFound",
    malformed="InvalidDhcpOptionsId.Malformed",
)
RESERVATION = Kind(
    prefix="r", noun="reservation", not_found="InvalidReservationID.NotFound"
)
