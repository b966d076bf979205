"""The ground under the interfaces: VPCs, subnets, groups, routes, gateways."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """A virtual network of one region."""

    id: str
    cidr: str
    is_default: bool = False
    dns_hostnames: bool = True
    dns_support: bool = True
    usage_metrics: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """A range of a VPC's addresses in one availability zone."""

    id: str
    vpc_id: str
    cidr: str
    zone: str
    zone_id: str
    is_default: bool = False
    lends_public_ip: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """A named set of permissions, which are rows of their own."""

    id: str
    vpc_id: str
    name: str
    description: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where packets for `destination` go; exactly one target is set."""

    destination: str
    gateway_id: str | None = None
    interface_id: str | None = None
    other_target: tuple[str, str] | None = None
    origin: str = "CreateRoute"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteAssociation:
    """A route table's bond to a subnet, or to the VPC when `is_main`."""

    id: str
    subnet_id: str | None = None
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """The routes of the subnets that are associated with it."""

    id: str
    vpc_id: str
    routes: tuple[Route, ...] = ()
    associations: tuple[RouteAssociation, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InternetGateway:
    """The way out of a VPC; without one no Elastic IP can be associated there."""

    id: str
    vpc_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A machine image that instances start from."""

    id: str
    name: str
    description: str
    created_at: float
    architecture: str = "x86_64"
    tags: Mapping[str, str] = field(default_factory=dict)
