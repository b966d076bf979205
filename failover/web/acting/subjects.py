"""What a form is about, found by its id, and the pages that lead to it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from failover.models import ElasticIp, Instance, NetworkInterface
from failover.services import plain_names, queries
from failover.web.acting.page import Page
from failover.web.presenters import acts


def of_interface(row: NetworkInterface, title: str, submit: str, **more: Any) -> Page:
    """A form about a network interface; `act` names its line of the menu."""
    reasons = acts.interface_reasons(queries.view_interface(row))
    return Page(
        title=title,
        submit=submit,
        parent="Network interfaces",
        parent_href=reverse("interfaces"),
        back=row.interface_id,
        back_href=reverse("interface", args=[row.interface_id]),
        **_with_reason(more, reasons),
    )


def of_elastic_ip(row: ElasticIp, title: str, submit: str, **more: Any) -> Page:
    """A form about an Elastic IP; `act` names its line of the menu."""
    reasons = acts.elastic_ip_reasons(queries.view_elastic_ips([row])[0])
    return Page(
        title=title,
        submit=submit,
        parent="Elastic IPs",
        parent_href=reverse("elastic-ips"),
        back=row.public_ip,
        back_href=reverse("elastic-ip", args=[row.allocation_id]),
        **_with_reason(more, reasons),
    )


def of_instance(row: Instance, title: str, submit: str, **more: Any) -> Page:
    """A form about an instance; `act` names its line of the menu."""
    reasons = acts.instance_reasons(queries.view_instances([row])[0])
    return Page(
        title=title,
        submit=submit,
        parent="Instances",
        parent_href=reverse("instances"),
        back=row.instance_id,
        back_href=reverse("instance", args=[row.instance_id]),
        **_with_reason(more, reasons),
    )


def _with_reason(more: dict[str, Any], reasons: Mapping[str, str]) -> dict[str, Any]:
    """What the menu says stands in the way, the page says too, unless it knows more."""
    act = more.pop("act", "")
    return {**more, "why_not": more.get("why_not") or reasons.get(act, "")}


def called(id: str, name: str) -> str:
    """An object by its name and id."""
    return plain_names.called(name, id)
