"""Launch: one instance, or the two of a pair to be."""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from failover.models import Action, Region, Role
from failover.services import refusals
from failover.services.acts import choices
from failover.services.acts import instances as acts
from failover.web import access
from failover.web.acting import fields, user_data, where
from failover.web.acting import page as pages
from failover.web.acting.interfaces import METHODS

T = TypeVar("T")

MOST_OFFERED = 300
TYPE = "t3.micro"
# A button of this value writes the scripts anew, for the address and the names.
SCRIPTS = "user-data"


class LaunchForm(where.SubnetForm):
    """What both kinds of launch have."""

    image_id = forms.RegexField(
        label="Image (AMI)",
        regex=r"\Aami-[0-9a-f]{8,17}\Z",
        widget=forms.TextInput(attrs={"list": "known-images"}),
        error_messages={"invalid": "An id such as ami-0123456789abcdef0."},
        help_text="Ours and Amazon Linux are offered; any other id may be typed.",
    )
    type = forms.RegexField(
        label="Instance type",
        regex=r"\A[a-z][a-z0-9-]{0,30}\.[a-z0-9-]{1,30}\Z",
        initial=TYPE,
        widget=forms.TextInput(attrs={"list": "known-types"}),
        error_messages={"invalid": "A type such as t3.micro."},
        help_text="It says how many interfaces and addresses there may be.",
    )
    security_group_ids = fields.GroupsField(
        groups=(),
        required=False,
        help_text="Those of the subnet's VPC. None: its default group. For a web page"
        " one must let port 80 in.",
    )
    key_name = fields.text(
        "Key pair",
        max_length=255,
        widget=forms.TextInput(attrs={"list": "known-keys"}),
        help_text="Empty: nobody can sign in with a key.",
    )
    floating_ip = fields.text(
        "Floating private address",
        max_length=45,
        help_text="The address of the interface that will move; for the script below.",
    )

    # Who is launched: field of the name, and of the script.
    servers: tuple[tuple[str, str], ...] = ()

    def __init__(self, *args: Any, first_image: str = "", **kwargs: Any) -> None:
        initial = {"image_id": first_image, **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **kwargs)
        groups = self.fields["security_group_ids"]
        if isinstance(groups, forms.MultipleChoiceField):
            groups.choices = self.where.groups

    def clean_floating_ip(self) -> str:
        said = str(self.cleaned_data["floating_ip"])
        try:
            return str(ipaddress.IPv4Address(said)) if said else ""
        except ValueError as error:
            raise ValidationError("An IPv4 address, such as 20.0.1.25.") from error


def _script(label: str) -> forms.CharField:
    attrs = {"rows": 14, "spellcheck": "false", "class": "code"}
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=64 * 1024,
        widget=forms.Textarea(attrs=attrs),
        help_text="Run once as root, at most 16 KiB. Only its size is kept here.",
    )


class OneForm(LaunchForm):
    """One instance, or several alike."""

    name = fields.text("Name", initial="PrimaryServer")
    count = forms.IntegerField(label="How many", min_value=1, max_value=20, initial=1)
    user_data = _script("User data")

    servers = (("name", "user_data"),)
    field_order = ("region", "subnet_id", "name", "count")


class PairForm(LaunchForm):
    """A primary and a standby, alike but for their names and scripts."""

    name = fields.text("Name of the primary", required=True, initial="PrimaryServer")
    standby_name = fields.text(
        "Name of the standby", required=True, initial="StandbyServer"
    )
    user_data = _script("User data of the primary")
    standby_user_data = _script("User data of the standby")

    servers = (("name", "user_data"), ("standby_name", "standby_user_data"))
    field_order = ("region", "subnet_id", "name", "standby_name")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("name") and said.get("name") == said.get("standby_name"):
            self.add_error("standby_name", "Two servers, two names.")
        return said


@require_http_methods(METHODS)
@access.requires(Role.ADMIN)
def launch(request: HttpRequest) -> HttpResponse:
    """Launch one, or several alike, and follow that."""
    place = where.read(request, Role.ADMIN)

    def act(form: OneForm) -> HttpResponse:
        said = form.cleaned_data
        row = _launch(request, form, place, "", count=said["count"])
        return pages.done(request, [row], reverse("instances"))

    page = _page("Launch instances", "Launch", place, "instance-new")
    return pages.serve(request, page, _maker(request, OneForm, place, page), act)


@require_http_methods(METHODS)
@access.requires(Role.ADMIN)
def launch_pair(request: HttpRequest) -> HttpResponse:
    """Launch a primary and a standby, and watch both come up."""
    place = where.read(request, Role.ADMIN)

    def act(form: PairForm) -> HttpResponse:
        rows = [_launch(request, form, place, "")]
        try:
            rows.append(_launch(request, form, place, "standby_"))
        except refusals.Refusal:
            made = ", ".join(rows[0].made)
            said = f"The primary is launched: {made}. Sent again unchanged, this form"
            messages.warning(
                request,
                f"{said} launches the standby only. To change something, launch the"
                " standby alone.",
            )
            raise
        ids = [id for row in rows for id in row.made]
        names = f"{form.cleaned_data['name']} and {form.cleaned_data['standby_name']}"
        messages.success(
            request,
            f"{names} are being launched. Next: create the interface that moves.",
        )
        query = urlencode({"only": ids}, doseq=True)
        return redirect(f"{reverse('instances')}?{query}")

    page = _page("Launch a pair", "Launch both", place, "instance-new-pair")
    return pages.serve(request, page, _maker(request, PairForm, place, page), act)


def _launch(
    request: HttpRequest,
    form: LaunchForm,
    place: where.Where,
    prefix: str,
    *,
    count: int = 1,
) -> Action:
    said = form.cleaned_data
    assert place.region is not None, "The form's region was one of the list."
    return acts.launch(
        region=place.region,
        name=said[f"{prefix}name"],
        image_id=said["image_id"],
        type=said["type"],
        subnet_id=said["subnet_id"],
        actor=access.get_actor(request),
        security_group_ids=said["security_group_ids"],
        key_name=said["key_name"],
        # A browser sends the ends of lines as CR LF, which bash takes for words.
        user_data=said[f"{prefix}user_data"].replace("\r\n", "\n"),
        count=count,
        claim_id=pages.claim(request, form, prefix),
    )


def _page(title: str, submit: str, place: where.Where, here: str) -> pages.Page:
    return pages.Page(
        title=title,
        submit=submit,
        parent="Instances",
        parent_href=reverse("instances"),
        back="",
        back_href=reverse("instances"),
        lead="Each has its own primary interface. For a pair both must be in one zone.",
        why_not=place.why_not,
        template="failover/act_launch.html",
        extra={
            "here": here,
            "redraws": "Show the groups of this subnet",
            **_offers(place.region),
        },
    )


def _offers(region: Region | None) -> Mapping[str, Any]:
    """What the fields suggest; what EC2 would not say is typed instead."""
    if region is None:
        return {}
    troubles: list[str] = []
    return {
        "images": _asked(lambda: choices.list_images(region), troubles),
        "types": _asked(lambda: choices.list_types(region), troubles),
        "keys": _asked(lambda: choices.list_key_pairs(region), troubles),
        "troubles": list(dict.fromkeys(troubles)),
    }


def _asked(ask: Callable[[], Sequence[T]], troubles: list[str]) -> Sequence[T]:
    try:
        return ask()[:MOST_OFFERED]
    except refusals.Ec2Unreachable as refusal:
        troubles.append(refusal.detail)
        return ()


def _maker(
    request: HttpRequest, form_of: Any, place: where.Where, page: pages.Page
) -> pages.Make:
    """Forms whose scripts are written where nobody has written any."""
    images = page.extra.get("images") or ()
    fit = [i for i in images if i.architecture in ("x86_64", "")]
    first = fit[0].id if fit else ""

    def make(data: QueryDict | None, said: Mapping[str, Any]) -> pages.ActForm:
        begun = dict(said)
        if not begun:
            begun = {n: request.GET[n] for n in request.GET if n in form_of.base_fields}
        is_new = not said or request.POST.get(pages.AGAIN) == SCRIPTS
        if is_new:
            begun |= _scripts(form_of, begun)
        form: pages.ActForm = form_of(
            data, where=place, first_image=first, initial=begun
        )
        return form

    return make


def _scripts(form_of: Any, begun: Mapping[str, Any]) -> dict[str, str]:
    address = str(begun.get("floating_ip") or "")
    try:
        address = str(ipaddress.IPv4Address(address)) if address else ""
    except ValueError:
        address = ""
    found: dict[str, str] = {}
    for name, script in form_of.servers:
        called = begun.get(name) or form_of.base_fields[name].initial
        found[script] = user_data.write(name=str(called), address=address)
    return found
