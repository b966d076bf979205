"""Groups and what they are granted, for administrators."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from failover.models import Grant, Role, User
from failover.services import refusals
from failover.services.people import users
from failover.web import access
from failover.web.people import grants
from failover.web.people.forms_of_access import GrantForm, GroupForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires_everywhere(Role.ADMIN)
def groups(request: HttpRequest) -> HttpResponse:
    """Every group; posted, a new one."""
    form = GroupForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        actor = access.get_actor(request)
        try:
            made = users.create_group(name=form.cleaned_data["name"], actor=actor)
            return redirect("group", made.pk)
        except refusals.Refusal as error:
            refusal = error
    context = {"groups": Group.objects.order_by("name"), "form": form}
    status = 422 if request.method == "POST" else 200
    return grants.show(request, "groups", context, refusal=refusal, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires_everywhere(Role.ADMIN)
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """One group: its members and what it is granted."""
    row = get_object_or_404(Group, pk=group_id)
    actor, form, refusal = access.get_actor(request), GrantForm(), None
    try:
        match request.POST.get("what") if request.method == "POST" else None:
            case "grant":
                form = GrantForm(request.POST)
                if form.is_valid():
                    users.grant(actor=actor, group=row, **form.parts())
                    return redirect("group", row.pk)
            case "revoke-grant":
                among = Grant.objects.filter(group=row)
                users.revoke_grant(grant=grants.chosen(request, among), actor=actor)
                return redirect("group", row.pk)
            case "delete":
                users.delete_group(group=row, actor=actor)
                messages.success(request, f"Group {row.name} is gone.")
                return redirect("groups")
    except refusals.Refusal as error:
        refusal = error
    context = {
        "group": row,
        "members": User.objects.filter(groups=row).order_by("username")[:200],
        "grants": grants.lines(Grant.objects.filter(group=row)),
        "grant_form": form,
    }
    status = 422 if request.method == "POST" else 200
    return grants.show(request, "group", context, refusal=refusal, status=status)
