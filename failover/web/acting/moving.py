"""A network interface is attached and detached, by jobs; or deleted."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from failover.models import NetworkInterface, Role
from failover.services import act_words, interfaces, queries, refusals
from failover.services.acts import choices
from failover.services.acts import interfaces as acts
from failover.web import access
from failover.web.acting import page as pages
from failover.web.acting import subjects
from failover.web.acting.interfaces import METHODS
from failover.web.pair_fields import INSTANCE

MOST_EXCLUDED = 50
FORCE = (
    "A last resort, for an instance that hangs. The detachment is first asked for"
    " without force. Forced, the device index may stay blocked until the instance is"
    " stopped and started, the guest is not told, and its metadata may go on showing"
    " the interface."
)


class AttachForm(pages.ActForm):
    """To which instance, and where in it."""

    instance_id = forms.RegexField(
        label="Instance",
        regex=rf"\A{INSTANCE}\Z",
        error_messages={
            "invalid": "An id such as i-09a505d623e75d4d2.",
            "required": "Choose an instance.",
        },
    )
    device_index = forms.IntegerField(
        label="Device index",
        required=False,
        min_value=1,
        max_value=31,
        help_text="Empty: the first that is free.",
    )


class DetachForm(pages.ActForm):
    """Whether force may be used."""

    force = forms.BooleanField(
        label="Force detachment", required=False, help_text=FORCE
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def attach(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Ask for an attach job, and go to it."""
    row = queries.get_interface(interface_id)
    q = request.GET.get("q", "").strip()[:256]
    found = choices.list_attachable(row, q=q)
    page = subjects.of_interface(
        row,
        "Attach network interface",
        "Attach",
        act="interface-attach",
        lead="EC2 attaches it to instances of its own zone and VPC only:"
        f" {row.availability_zone}, {row.vpc_id}.",
        why_not=_why_not_attach(row),
        template="failover/act_attach.html",
        extra={
            "q": q,
            "possible": [c for c in found if c.is_possible],
            "excluded": [c for c in found if not c.is_possible][:MOST_EXCLUDED],
        },
    )

    def act(form: AttachForm) -> HttpResponse:
        job_id = pages.claim(request, form)
        try:
            job = interfaces.request_attach(
                interface_id=interface_id,
                region=row.region,
                instance_id=form.cleaned_data["instance_id"],
                device_index=form.cleaned_data["device_index"],
                actor=access.get_actor(request),
                job_id=job_id,
            )
        except refusals.JobActive as refusal:
            return _own(refusal, job_id)
        return redirect("job", job.id)

    return pages.serve(
        request, page, lambda data, said: AttachForm(data, initial=said), act
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def detach(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Ask for a detach job, and go to it."""
    row = queries.get_interface(interface_id)
    page = subjects.of_interface(
        row,
        "Detach network interface",
        "Detach",
        act="interface-detach",
        warning=f"{row.instance_id or 'Its instance'} loses its addresses:"
        f" {_addresses(row)}. Who is connected to them is cut off.",
        is_danger=True,
        why_not=_why_not_detach(row),
    )

    def act(form: DetachForm) -> HttpResponse:
        job_id = pages.claim(request, form)
        try:
            job = interfaces.request_detach(
                interface_id=interface_id,
                region=row.region,
                force=form.cleaned_data["force"],
                actor=access.get_actor(request),
                job_id=job_id,
            )
        except refusals.JobActive as refusal:
            return _own(refusal, job_id)
        return redirect("job", job.id)

    return pages.serve(
        request, page, lambda data, said: DetachForm(data, initial=said), act
    )


@require_http_methods(METHODS)
@access.requires(Role.ADMIN)
def delete(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Delete it, and go back to the list."""
    row = queries.get_interface(interface_id)
    page = subjects.of_interface(
        row,
        "Delete network interface",
        "Delete",
        act="interface-delete",
        warning=f"{interface_id} and its addresses ({_addresses(row)}) go for good."
        " Another interface may get them at once.",
        is_danger=True,
        why_not=f"It is attached to {row.instance_id or 'a service of AWS'}: detach"
        " it first."
        if row.attachment_id
        else "",
    )

    def act(form: Any) -> HttpResponse:
        del form
        done = acts.delete(
            region=row.region,
            interface_id=interface_id,
            actor=access.get_actor(request),
        )
        messages.success(request, f"{act_words.did(done.kind)}: {interface_id}.")
        return redirect("interfaces")

    return pages.serve(
        request, page, lambda data, said: pages.ActForm(data, initial=said), act
    )


def _own(refusal: refusals.JobActive, job_id: UUID) -> HttpResponse:
    """The same form sent twice leads to the same job. Raises the refusal else."""
    if refusal.job_id != job_id:
        raise refusal
    return redirect("job", job_id)


def _addresses(row: NetworkInterface) -> str:
    return ", ".join(
        f"{a['address']} with {a['public_ip']}" if a.get("public_ip") else a["address"]
        for a in row.private_ips
    )


def _why_not_attach(row: NetworkInterface) -> str:
    if row.attachment_id:
        holder = row.instance_id or "a service of AWS"
        return f"It is attached to {holder} already: detach it first."
    return ""


def _why_not_detach(row: NetworkInterface) -> str:
    if not row.attachment_id:
        return "It is attached to no instance."
    if row.device_index == 0:
        return "It is its instance's primary interface, which EC2 never detaches."
    return ""
