"""One Elastic IP, and what may be done with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from failover import wiring
from failover.models import Role
from failover.services import act_words, queries
from failover.services.acts import choices
from failover.services.acts import elastic_ips as acts
from failover.web import access, changes_found, naming
from failover.web.acting import fields, subjects, tag_pages, where
from failover.web.acting import page as pages
from failover.web.acting.interfaces import METHODS
from failover.web.pair_fields import INSTANCE, INTERFACE
from failover.web.presenters import acts as menus
from failover.web.presenters import inventory, timing

TARGETS = (("interface", "Network interface"), ("instance", "Instance"))
# How many instances and private addresses a form offers; others may be typed.
MOST_OFFERED = 200


class AllocateForm(where.RegionForm):
    """A new one."""

    tags = fields.TagsField(help_text="A tag Name is what lists call it.")


class AssociateForm(pages.ActForm):
    """Where it shall lead to."""

    target = forms.ChoiceField(
        label="Resource type",
        choices=TARGETS,
        widget=forms.RadioSelect,
        initial="interface",
    )
    network_interface_id = forms.RegexField(
        label="Network interface",
        regex=rf"\A{INTERFACE}\Z",
        required=False,
        widget=forms.TextInput(attrs={"list": "known-interfaces"}),
        error_messages={"invalid": "An id such as eni-415e9270."},
    )
    instance_id = forms.RegexField(
        label="Instance",
        regex=rf"\A{INSTANCE}\Z",
        required=False,
        widget=forms.TextInput(attrs={"list": "known-instances"}),
        error_messages={"invalid": "An id such as i-09a505d623e75d4d2."},
        help_text="Its primary interface, unless the private address is of another.",
    )
    private_ip = fields.text(
        "Private IPv4 address",
        max_length=45,
        widget=forms.TextInput(attrs={"list": "known-addresses"}),
        help_text="Empty: the primary one.",
    )
    allow_reassociation = forms.BooleanField(
        label="Allow it to be taken from where it is",
        required=False,
        help_text="Without it EC2 refuses an Elastic IP that is associated already.",
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        name = {"instance": "instance_id"}.get(
            said.get("target", ""), "network_interface_id"
        )
        if not said.get(name) and name not in self.errors:
            self.add_error(name, ValidationError("Say which."))
        return said


@require_safe
@access.requires(Role.VIEWER)
def show(request: HttpRequest, allocation_id: str) -> HttpResponse:
    """One Elastic IP."""
    row = queries.get_elastic_ip(allocation_id)
    view, now = queries.view_elastic_ips([row])[0], wiring.now()
    names = naming.of_instances({view.instance_id} if view.instance_id else set())
    context = {
        "elastic_ip": view,
        "row": inventory.elastic_ip_row(view, names=names),
        "seen": timing.moment(view.observed_at, now),
        "menu": menus.elastic_ip_menu(view, role=access.role_in(request, row.region)),
        "changes": changes_found.newest(
            region=row.region, resource_id=row.allocation_id
        ),
    }
    return render(request, "failover/elastic_ip.html", context)


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def allocate(request: HttpRequest) -> HttpResponse:
    """Take a new Elastic IP, and go to it."""
    place = where.read(request, Role.OPERATOR)
    page = pages.Page(
        title="Allocate Elastic IP address",
        submit="Allocate",
        parent="Elastic IPs",
        parent_href=reverse("elastic-ips"),
        back="",
        back_href=reverse("elastic-ips"),
        lead="From Amazon's pool. AWS charges for each public address by the hour.",
        why_not=place.why_not,
    )

    def act(form: AllocateForm) -> HttpResponse:
        assert place.region is not None, "The form's region was one of the list."
        row = acts.allocate(
            region=place.region,
            actor=access.get_actor(request),
            tags=form.cleaned_data["tags"],
            claim_id=pages.claim(request, form),
        )
        return pages.done(request, [row], reverse("elastic-ip", args=[row.made[0]]))

    return pages.serve(
        request,
        page,
        lambda data, said: AllocateForm(data, where=place, initial=said),
        act,
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def associate(request: HttpRequest, allocation_id: str) -> HttpResponse:
    """Put it on a private address of an interface or an instance."""
    row = queries.get_elastic_ip(allocation_id)
    held = row.network_interface_id or row.instance_id
    page = subjects.of_elastic_ip(
        row,
        f"Associate {row.public_ip}",
        "Associate",
        act="elastic-ip-associate",
        lead=f"It is on {held}, {row.private_ip}." if held else "It is free.",
        template="failover/act_associate.html",
        extra={
            "places": choices.list_places(row.region, limit=MOST_OFFERED),
            "instances": queries.list_instances()
            .filter(region=row.region)
            .exclude(state__in=("terminated", "shutting-down"))
            .order_by("name", "instance_id")
            .values_list("instance_id", "name")[:MOST_OFFERED],
        },
    )

    def act(form: AssociateForm) -> HttpResponse:
        said = form.cleaned_data
        target = "instance_id"
        if said["target"] == "interface":
            target = "network_interface_id"
        done = acts.associate(
            region=row.region,
            allocation_id=allocation_id,
            actor=access.get_actor(request),
            private_ip=said["private_ip"],
            allow_reassociation=said["allow_reassociation"],
            claim_id=pages.claim(request, form),
            **{target: said[target]},
        )
        return pages.done(request, [done], page.back_href)

    begun = {n: request.GET[n] for n in AssociateForm.base_fields if n in request.GET}
    return pages.serve(
        request,
        page,
        lambda data, said: AssociateForm(data, initial={**begun, **said}),
        act,
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def disassociate(request: HttpRequest, allocation_id: str) -> HttpResponse:
    """Take it from where it is; it stays ours."""
    row = queries.get_elastic_ip(allocation_id)
    held = row.network_interface_id or row.instance_id
    page = subjects.of_elastic_ip(
        row,
        f"Disassociate {row.public_ip}",
        "Disassociate",
        act="elastic-ip-disassociate",
        warning=f"Nobody reaches {held or 'what is behind it'} by {row.public_ip} any"
        " more. The address stays allocated, and is charged for.",
        is_danger=True,
        why_not="" if row.association_id else "It is associated with nothing.",
    )

    def act(form: pages.ActForm) -> HttpResponse:
        done = acts.disassociate(
            region=row.region,
            allocation_id=allocation_id,
            actor=access.get_actor(request),
            claim_id=pages.claim(request, form),
        )
        return pages.done(request, [done], page.back_href)

    return pages.serve(
        request, page, lambda data, said: pages.ActForm(data, initial=said), act
    )


@require_http_methods(METHODS)
@access.requires(Role.ADMIN)
def release(request: HttpRequest, allocation_id: str) -> HttpResponse:
    """Give it back to AWS, and go back to the list."""
    row = queries.get_elastic_ip(allocation_id)
    page = subjects.of_elastic_ip(
        row,
        f"Release {row.public_ip}",
        "Release",
        act="elastic-ip-release",
        warning=f"AWS gives {row.public_ip} to somebody else, and nobody can get it"
        " back. Take it out of DNS and of allow lists first.",
        is_danger=True,
        why_not="It is associated: disassociate it first."
        if row.association_id
        else "",
    )

    def act(form: pages.ActForm) -> HttpResponse:
        del form
        done = acts.release(
            region=row.region,
            allocation_id=allocation_id,
            actor=access.get_actor(request),
        )
        messages.success(request, f"{act_words.did(done.kind)}: {row.public_ip}.")
        return redirect("elastic-ips")

    return pages.serve(
        request, page, lambda data, said: pages.ActForm(data, initial=said), act
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def tags(request: HttpRequest, allocation_id: str) -> HttpResponse:
    """Manage its tags."""
    row = queries.get_elastic_ip(allocation_id)
    return tag_pages.serve(
        request,
        subjects.of_elastic_ip(row, "Manage tags", "Save", lead=tag_pages.LEAD),
        region=row.region,
        resource_id=allocation_id,
        tags=row.tags,
    )
