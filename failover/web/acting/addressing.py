"""The addresses of a network interface: private ones, and Elastic IPs on them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from failover.models import ElasticIp, NetworkInterface, Role
from failover.services import queries
from failover.services.acts import checking, elastic_ips
from failover.services.acts import interfaces as acts
from failover.web import access
from failover.web.acting import fields, subjects
from failover.web.acting import page as pages
from failover.web.acting.interfaces import METHODS

MOST_ELASTIC_IPS = 200


class AssignForm(pages.ActForm):
    """More private addresses: these, or so many."""

    addresses = fields.LinesField(
        label="Addresses",
        required=False,
        help_text="Of the interface's subnet, one a line.",
    )
    count = forms.IntegerField(
        label="Or how many EC2 shall choose",
        required=False,
        min_value=1,
        max_value=checking.MOST_ADDRESSES,
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("addresses")) == bool(said.get("count")) and not self.errors:
            raise ValidationError("Name addresses, or say how many; not both.")
        return said


class UnassignForm(pages.ActForm):
    """Which of the secondary addresses it shall not have any more."""

    addresses = forms.MultipleChoiceField(
        label="Secondary addresses",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick an address."},
    )

    def __init__(self, *args: Any, row: NetworkInterface, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["addresses"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [
                (a["address"], place(a)) for a in row.private_ips if not a["primary"]
            ]


class AssociateForm(pages.ActForm):
    """An Elastic IP for one of its private addresses."""

    allocation_id = forms.ChoiceField(label="Elastic IP address")
    private_ip = forms.ChoiceField(label="Private IPv4 address")
    allow_reassociation = forms.BooleanField(
        label="Allow the Elastic IP to be taken from where it is",
        required=False,
        help_text="Without it EC2 refuses an Elastic IP that is associated already.",
    )

    def __init__(
        self,
        *args: Any,
        row: NetworkInterface,
        known: Sequence[ElasticIp],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        _choose(self, "allocation_id", [(e.allocation_id, elastic(e)) for e in known])
        _choose(self, "private_ip", [(a["address"], place(a)) for a in row.private_ips])


class DisassociateForm(pages.ActForm):
    """Which of its Elastic IPs comes off."""

    allocation_id = forms.ChoiceField(label="Elastic IP address")

    def __init__(self, *args: Any, row: NetworkInterface, **more: Any) -> None:
        super().__init__(*args, **more)
        known = [a for a in row.private_ips if a.get("allocation_id")]
        _choose(self, "allocation_id", [(a["allocation_id"], place(a)) for a in known])


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def assign(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Give it more private addresses."""
    row = queries.get_interface(interface_id)
    page = subjects.of_interface(
        row,
        "Assign private addresses",
        "Assign",
        act="interface-assign",
        lead=f"It has {', '.join(a['address'] for a in row.private_ips)}. An address"
        " of another interface is never taken away: a pair of strategy private-ip"
        " moves one.",
    )

    def act(form: AssignForm) -> HttpResponse:
        done = acts.assign_ips(
            region=row.region,
            interface_id=interface_id,
            actor=access.get_actor(request),
            addresses=form.cleaned_data["addresses"] or (),
            count=form.cleaned_data["count"] or 0,
            claim_id=pages.claim(request, form),
        )
        return pages.done(request, [done], page.back_href)

    return pages.serve(
        request, page, lambda data, said: AssignForm(data, initial=said), act
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def unassign(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Take secondary private addresses from it."""
    row = queries.get_interface(interface_id)
    has_any = any(not a["primary"] for a in row.private_ips)
    page = subjects.of_interface(
        row,
        "Unassign private addresses",
        "Unassign",
        act="interface-unassign",
        warning="An Elastic IP on such an address comes off with it. The subnet may"
        " give the address to somebody else at once.",
        is_danger=True,
        why_not="" if has_any else "It has its primary address only, which stays.",
    )

    def act(form: UnassignForm) -> HttpResponse:
        done = acts.unassign_ips(
            region=row.region,
            interface_id=interface_id,
            actor=access.get_actor(request),
            addresses=form.cleaned_data["addresses"],
            claim_id=pages.claim(request, form),
        )
        return pages.done(request, [done], page.back_href)

    return pages.serve(
        request, page, lambda data, said: UnassignForm(data, row=row, initial=said), act
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def associate(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Put an Elastic IP on one of its private addresses."""
    row = queries.get_interface(interface_id)
    rows = queries.list_elastic_ips().filter(region=row.region)
    known = list(rows.order_by("association_id", "public_ip")[:MOST_ELASTIC_IPS])
    page = subjects.of_interface(
        row,
        "Associate Elastic IP address",
        "Associate",
        act="interface-associate",
        why_not="" if known else "The region has no Elastic IP: allocate one first.",
    )

    def act(form: AssociateForm) -> HttpResponse:
        said = form.cleaned_data
        done = elastic_ips.associate(
            region=row.region,
            allocation_id=said["allocation_id"],
            actor=access.get_actor(request),
            network_interface_id=interface_id,
            private_ip=said["private_ip"],
            allow_reassociation=said["allow_reassociation"],
            claim_id=pages.claim(request, form),
        )
        return pages.done(request, [done], page.back_href)

    return pages.serve(
        request,
        page,
        lambda data, said: AssociateForm(data, row=row, known=known, initial=said),
        act,
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def disassociate(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Take an Elastic IP off it."""
    row = queries.get_interface(interface_id)
    has_any = any(a.get("allocation_id") for a in row.private_ips)
    page = subjects.of_interface(
        row,
        "Disassociate Elastic IP address",
        "Disassociate",
        act="interface-disassociate",
        warning="Nobody reaches it by that address any more. The address stays ours.",
        is_danger=True,
        why_not="" if has_any else "No Elastic IP is on it.",
    )

    def act(form: DisassociateForm) -> HttpResponse:
        done = elastic_ips.disassociate(
            region=row.region,
            allocation_id=form.cleaned_data["allocation_id"],
            actor=access.get_actor(request),
            claim_id=pages.claim(request, form),
        )
        return pages.done(request, [done], page.back_href)

    return pages.serve(
        request,
        page,
        lambda data, said: DisassociateForm(data, row=row, initial=said),
        act,
    )


def place(address: Any) -> str:
    """A private address of an interface, with what is on it."""
    said = str(address["address"])
    if address["primary"]:
        said += ", primary"
    if address.get("public_ip"):
        said += f", carries {address['public_ip']}"
    return said


def elastic(row: ElasticIp) -> str:
    """An Elastic IP, with where it is."""
    name = f", {row.name}" if row.name else ""
    held = row.network_interface_id or row.instance_id
    return f"{row.public_ip} ({row.allocation_id}{name}), {held or 'free'}"


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
