"""The way into an AWS account: its role, external id, policies, and the test."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from failover import wiring
from failover.models import Account, Role
from failover.services import places, queries, refusals
from failover.services.accounts import roles, trials, ways_in
from failover.services.accounts.least_privilege import Policy
from failover.services.accounts.trials import Trial
from failover.services.accounts.ways_in import PermissionPolicies
from failover.web import access, asking_again
from failover.web.presenters import badges, timing
from failover.web.presenters import refusals as refusal_words
from failover.web.presenters.badges import Badge

BADGES = {
    "ok": badges.make("Good", "success"),
    "bad": badges.make("Mend this", "error"),
    "unknown": badges.make("Not known", "warning"),
}
Change = Callable[[Account], Account]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A text to copy, with what must be known of it."""

    title: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was tried, as `parts/checks.html` draws it."""

    detail: str
    badge: Badge
    is_changed: bool = False

    @property
    def icon_class(self) -> str:
        return f"icon tone-{self.badge.tone}"


@require_safe
@access.requires_everywhere(Role.ADMIN)
def show(request: HttpRequest, account: str) -> HttpResponse:
    """All that it takes to let Swapboard into the account."""
    return _page(request, places.get_account(account))


@require_POST
@access.requires_everywhere(Role.ADMIN)
def set_role(request: HttpRequest, account: str) -> HttpResponse:
    """Go in by this role, or without one."""
    role_arn, actor = (
        request.POST.get("role_arn", "").strip(),
        access.get_actor(request),
    )

    def change(row: Account) -> Account:
        return roles.set_role(account=row, role_arn=role_arn, actor=actor)

    said = "From now on Swapboard goes in this way. Test it."
    return _change(request, account, change, said, typed=role_arn)


@require_POST
@access.requires_everywhere(Role.ADMIN)
def renew_external_id(request: HttpRequest, account: str) -> HttpResponse:
    """Make another external id."""
    actor = access.get_actor(request)

    def change(row: Account) -> Account:
        return roles.renew_external_id(account=row, actor=actor)

    said = "The external id is new. Copy the trust policy into the role, then test."
    return _change(request, account, change, said)


@require_POST
@access.requires_everywhere(Role.ADMIN)
def test(request: HttpRequest, account: str) -> HttpResponse:
    """Try the way in; what is found is kept, and shown by the page."""
    trial = trials.try_access(
        account=places.get_account(account), actor=access.get_actor(request)
    )
    if trial.is_good:
        messages.success(request, "Swapboard gets in, and may do what it needs.")
    else:
        messages.error(request, "Something is not as it should be: see below.")
    return redirect("account-access", account)


def _change(
    request: HttpRequest,
    account: str,
    change: Change,
    said: str,
    *,
    typed: str | None = None,
) -> HttpResponse:
    row, back = places.get_account(account), reverse("account-access", args=[account])
    try:
        change(row)
    except refusals.Invalid as refusal:
        return _page(request, row, refusal=refusal, typed=typed)
    messages.success(request, said)
    return redirect(back)


def _page(
    request: HttpRequest,
    account: Account,
    *,
    refusal: refusals.Invalid | None = None,
    typed: str | None = None,
) -> HttpResponse:
    way = ways_in.read(account=account, actor=access.get_actor(request))
    rows = queries.list_regions().filter(account=account)
    trial, trust = way.trial, way.trust_policy
    back = reverse("account-access", args=[account.name])
    context = {
        "here": account.name,
        "account": account,
        "regions": list(rows.values_list("name", flat=True)),
        "role_arn": account.role_arn if typed is None else typed,
        "refusal": refusal_words.view(refusal) if refusal else None,
        "is_fresh": access.get_actor(request).is_fresh,
        "confirm_href": asking_again.href(back),
        "trust": _snippet("Trust policy", trust) if trust else None,
        "permissions": _permissions(way.permission_policies),
        "trial": trial,
        "tried": timing.moment(trial.at, wiring.now()) if trial else None,
        "checks": _lines(trial),
    }
    page = "failover/settings/account_access.html"
    return render(request, page, context, status=refusal.status if refusal else 200)


def _permissions(policies: PermissionPolicies) -> list[Snippet]:
    found = [_snippet("Permission policy, by tag", policies.by_tag)]
    if policies.exact is not None:
        title = "Permission policy, for exactly today's pairs"
        found.append(_snippet(title, policies.exact))
    return found


def _snippet(title: str, policy: Policy) -> Snippet:
    return Snippet(title=title, text=_as_text(policy.document), notes=policy.notes)


def _lines(trial: Trial | None) -> Iterable[Line]:
    found = trial.findings if trial else ()
    return [Line(detail=f.detail, badge=BADGES[f.outcome]) for f in found]


def _as_text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"
