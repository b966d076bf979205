"""A network interface is made, and what it has is changed."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from failover.models import Role
from failover.services import queries
from failover.services.acts import changing, checking, choices
from failover.services.acts import interfaces as acts
from failover.web import access
from failover.web.acting import fields, subjects, tag_pages, where
from failover.web.acting import page as pages

METHODS = ["GET", "HEAD", "POST"]


class CreateForm(where.SubnetForm):
    """A new network interface."""

    private_ip = fields.text(
        "Private IPv4 address",
        max_length=45,
        help_text="Empty: EC2 chooses a free one of the subnet.",
    )
    security_group_ids = fields.GroupsField(
        groups=(),
        required=False,
        help_text="Those of the subnet's VPC. None: its default group.",
    )
    description = fields.text("Description", max_length=checking.LONGEST_DESCRIPTION)
    tags = fields.TagsField(help_text="A tag Name is what lists call it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = self.fields["security_group_ids"]
        if isinstance(groups, forms.MultipleChoiceField):
            groups.choices = self.where.groups


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def create(request: HttpRequest) -> HttpResponse:
    """Make an interface, and go to it."""
    place = where.read(request, Role.OPERATOR)
    page = pages.Page(
        title="Create network interface",
        submit="Create network interface",
        parent="Network interfaces",
        parent_href=reverse("interfaces"),
        back="",
        back_href=reverse("interfaces"),
        lead="It lies free until it is attached to an instance of the subnet's zone.",
        why_not=place.why_not,
        extra={"redraws": "Show the groups of this subnet"},
    )

    def act(form: CreateForm) -> HttpResponse:
        said = form.cleaned_data
        assert place.region is not None, "The form's region was one of the list."
        row = acts.create(
            region=place.region,
            subnet_id=said["subnet_id"],
            actor=access.get_actor(request),
            description=said["description"],
            private_ip=said["private_ip"],
            security_group_ids=said["security_group_ids"],
            tags=said["tags"],
            claim_id=pages.claim(request, form),
        )
        return pages.done(request, [row], reverse("interface", args=[row.made[0]]))

    return pages.serve(
        request,
        page,
        lambda data, said: CreateForm(data, where=place, initial=said),
        act,
    )


class DescriptionForm(pages.ActForm):
    """What it is for."""

    description = fields.text("Description", max_length=checking.LONGEST_DESCRIPTION)


class GroupsForm(pages.ActForm):
    """Which security groups it has: all of them."""

    security_group_ids = fields.GroupsField(
        groups=(), error_messages={"required": checking.NO_GROUP}
    )

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["security_group_ids"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = groups


class CheckForm(pages.ActForm):
    """Source/destination check."""

    source_dest_check = forms.BooleanField(
        label="Enable the source/destination check",
        required=False,
        help_text="Off: it takes and sends what is for others, as a router, a firewall"
        " or a NAT instance must.",
    )


class TerminationForm(pages.ActForm):
    """What the end of its instance does to it."""

    delete_on_termination = forms.BooleanField(
        label="Delete it when its instance is terminated",
        required=False,
        help_text="A floating interface must outlive its instance: leave this off.",
    )


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def describe(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Change the description."""
    row = queries.get_interface(interface_id)
    page = subjects.of_interface(
        row, "Change description", "Save", act="interface-describe"
    )
    begun = {"description": row.description}
    return _serve(request, row, page, DescriptionForm, begun)


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def regroup(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Change the security groups."""
    row = queries.get_interface(interface_id)
    own = [where.group_choice(g["id"], g.get("name", "")) for g in row.security_groups]
    found = choices.list_groups(row.region, vpc_id=row.vpc_id)
    known = dict([*own, *(where.group_choice(g.group_id, g.name) for g in found)])
    page = subjects.of_interface(
        row,
        "Change security groups",
        "Save",
        act="interface-groups",
        lead=f"The groups of {row.vpc_id}. Connections that are open may break.",
    )
    begun = {"security_group_ids": [id for id, _ in own]}
    return _serve(request, row, page, GroupsForm, begun, groups=list(known.items()))


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def set_check(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Switch the source/destination check."""
    row = queries.get_interface(interface_id)
    page = subjects.of_interface(
        row, "Change source/destination check", "Save", act="interface-check"
    )
    begun = {"source_dest_check": row.source_dest_check}
    return _serve(request, row, page, CheckForm, begun)


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def set_termination(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Say what the end of its instance does to it."""
    row = queries.get_interface(interface_id)
    page = subjects.of_interface(
        row,
        "Change termination behavior",
        "Save",
        act="interface-termination",
        why_not="" if row.attachment_id else "It is attached to no instance.",
    )
    begun = {"delete_on_termination": row.delete_on_termination}
    return _serve(request, row, page, TerminationForm, begun)


@require_http_methods(METHODS)
@access.requires(Role.OPERATOR)
def tags(request: HttpRequest, interface_id: str) -> HttpResponse:
    """Manage its tags."""
    row = queries.get_interface(interface_id)
    return tag_pages.serve(
        request,
        subjects.of_interface(row, "Manage tags", "Save", lead=tag_pages.LEAD),
        region=row.region,
        resource_id=interface_id,
        tags=row.tags,
    )


def _serve(
    request: HttpRequest,
    row: Any,
    page: pages.Page,
    form_of: Any,
    begun: dict[str, Any],
    **more: Any,
) -> HttpResponse:
    """The form of one attribute, filled with what was last seen."""

    def act(form: pages.ActForm) -> HttpResponse:
        said = {n: v for n, v in form.cleaned_data.items() if n != "key"}
        done = changing.change_interface(
            region=row.region,
            interface_id=row.interface_id,
            change=changing.Change(**said),
            actor=access.get_actor(request),
        )
        return pages.done(request, done, page.back_href)

    def make(data: Any, said: Any) -> pages.ActForm:
        form: pages.ActForm = form_of(data, initial={**begun, **said}, **more)
        return form

    return pages.serve(request, page, make, act)
