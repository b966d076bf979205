"""What a form is about, found by its id, and the pages that lead to it."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from failover.models import ElasticIp, Instance, NetworkInterface
from failover.services import queries, refusals
from failover.web.acting.page import Page


def interface(interface_id: str) -> NetworkInterface:
    """Raises Http404."""
    try:
        return queries.get_interface(interface_id)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error


def elastic_ip(allocation_id: str) -> ElasticIp:
    """Raises Http404."""
    try:
        return queries.get_elastic_ip(allocation_id)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error


def instance(instance_id: str) -> Instance:
    """Raises Http404."""
    try:
        return queries.get_instance(instance_id)
    except refusals.NotFound as error:
        raise Http404(str(error)) from error


def of_interface(row: NetworkInterface, title: str, submit: str, **more: Any) -> Page:
    """A form about a network interface."""
    return Page(
        title=title,
        submit=submit,
        parent="Network interfaces",
        parent_href=reverse("interfaces"),
        back=row.interface_id,
        back_href=reverse("interface", args=[row.interface_id]),
        **more,
    )


def of_elastic_ip(row: ElasticIp, title: str, submit: str, **more: Any) -> Page:
    """A form about an Elastic IP."""
    return Page(
        title=title,
        submit=submit,
        parent="Elastic IPs",
        parent_href=reverse("elastic-ips"),
        back=row.public_ip,
        back_href=reverse("elastic-ip", args=[row.allocation_id]),
        **more,
    )


def of_instance(row: Instance, title: str, submit: str, **more: Any) -> Page:
    """A form about an instance."""
    return Page(
        title=title,
        submit=submit,
        parent="Instances",
        parent_href=reverse("instances"),
        back=row.instance_id,
        back_href=reverse("instance", args=[row.instance_id]),
        **more,
    )


def called(id: str, name: str) -> str:
    """An object by its name and id."""
    return f"{name} ({id})" if name else id
