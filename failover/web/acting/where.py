"""Where something shall be made: the regions and subnets that may be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

from failover.models import Region, Role, Subnet
from failover.services import queries
from failover.services.acts import choices
from failover.web import access
from failover.web.acting import page

MOST_SUBNETS = 500
NO_REGION = (
    "No region is managed in which your role allows this. An administrator adds one"
    " in Settings, Accounts."
)
NO_SUBNET = "No subnet of this region is known. Read the region again, or make one."
# With JavaScript a choice draws what depends on it at once; without, a button does.
REDRAWS = {
    # Empty: to the address of the page.
    "hx-post": "",
    "hx-trigger": "change",
    "hx-target": "#act",
    "hx-select": "#act",
    "hx-swap": "outerHTML",
    "hx-vals": f'{{"{page.AGAIN}": "where"}}',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The regions to choose from, the one that is chosen, and its subnets."""

    regions: Sequence[Region]
    region: Region | None
    subnets: Sequence[Subnet] = ()
    subnet: Subnet | None = None

    @property
    def why_not(self) -> str:
        """Why nothing can be made at all; empty where something can."""
        return "" if self.regions else NO_REGION

    @property
    def groups(self) -> list[tuple[str, str]]:
        """The security groups of the subnet's VPC, to tick."""
        if self.region is None or self.subnet is None:
            return []
        rows = choices.list_groups(self.region, vpc_id=self.subnet.vpc_id)
        return [group_choice(g.group_id, g.name) for g in rows]


def read(request: HttpRequest, role: Role) -> Where:
    """What the form, or else the address, says of the place."""
    said: Mapping[str, Any] = request.POST or request.GET
    actor = access.get_actor(request)
    regions = [
        r
        for r in queries.list_regions()
        if actor.may_in(role.value, account_id=r.account_id)
    ]
    region = _region(regions, said)
    if region is None:
        return Where(regions=regions, region=None)
    subnets = list(choices.list_subnets(region)[:MOST_SUBNETS])
    wanted = said.get("subnet_id", "")
    subnet = next((s for s in subnets if s.subnet_id == wanted), None)
    if subnet is None and len(subnets) == 1:
        subnet = subnets[0]
    return Where(regions=regions, region=region, subnets=subnets, subnet=subnet)


def _region(regions: Sequence[Region], said: Mapping[str, Any]) -> Region | None:
    """The one that is meant: by number, by the names of the menu, or the first."""
    number, name = said.get("region", ""), said.get("account", "")
    for row in regions:
        if number == str(row.pk):
            return row
    named = [r for r in regions if number in {"", r.name}]
    mine = [r for r in named if name in {"", r.account.name}]
    found = mine or named or list(regions)
    return found[0] if found else None


def group_choice(group_id: str, name: str) -> tuple[str, str]:
    """A security group as forms offer it."""
    return group_id, f"{name} ({group_id})" if name else group_id


class RegionForm(page.ActForm):
    """A form that asks for the region first."""

    region = forms.ChoiceField(label="Region")

    def __init__(self, *args: Any, where: Where, **kwargs: Any) -> None:
        initial = dict(kwargs.pop("initial", None) or {})
        if where.region is not None:
            initial["region"] = str(where.region.pk)
        super().__init__(*args, initial=initial, **kwargs)
        self.where = where
        field = self.fields["region"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (str(r.pk), f"{r.name} ({r.account.name})") for r in where.regions
            ]
        if len(where.regions) == 1:
            field.widget = forms.HiddenInput()


class SubnetForm(RegionForm):
    """And then for a subnet, which says which security groups there are."""

    subnet_id = forms.ChoiceField(label="Subnet", help_text="It says the zone too.")

    def __init__(self, *args: Any, where: Where, **kwargs: Any) -> None:
        initial = dict(kwargs.pop("initial", None) or {})
        if where.subnet is not None:
            initial["subnet_id"] = where.subnet.subnet_id
        super().__init__(*args, where=where, initial=initial, **kwargs)
        field = self.fields["subnet_id"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose a subnet"), *map(_subnet, where.subnets)]
        if not where.subnets and where.region is not None:
            field.help_text = NO_SUBNET
        for name in ("region", "subnet_id"):
            self.fields[name].widget.attrs.update(REDRAWS)


def _subnet(row: Subnet) -> tuple[str, str]:
    name = f"{row.name}, " if row.name else ""
    said = f"{name}{row.subnet_id}, {row.availability_zone}, {row.cidr_block}"
    return row.subnet_id, f"{said}, {row.vpc_id}"
