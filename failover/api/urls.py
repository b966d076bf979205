"""Every path under /api/v1/, each with and without its trailing slash."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.urls import URLPattern, path, re_path
from rest_framework.request import Request
from rest_framework.response import Response

from failover.api import (
    actions,
    approvals,
    auditing,
    elastic_ips,
    health,
    instances,
    interfaces,
    inventory,
    jobs,
    networks,
    pages,
    pair_advice,
    pair_verbs,
    pairs,
    tokens,
)
from failover.api.door import Door
from failover.services import refusals


class Nowhere(Door):
    """Every other path: who is known is told that there is nothing."""

    required_role: ClassVar = dict.fromkeys(
        ("GET", "POST", "PUT", "PATCH", "DELETE"), "viewer"
    )
    schema = None  # type: ignore[assignment]

    def get(self, request: Request, rest: str = "") -> Response:
        raise refusals.NotFound(what="such path", id="here")

    post = put = patch = delete = get


def both(
    route: str, view: Callable[..., Any], name: str | None = None
) -> list[URLPattern]:
    """The path with its slash, which has the name, and without."""
    return [path(f"{route}/", view, name=name), path(route, view)]


APPROVAL = "approvals/<str:approval_id>"
ACCOUNT = "accounts/<str:account>"
PAIR = "pairs/<str:name>"
EIP = "elastic-ips/<str:allocation_id>"
INSTANCE = "instances/<str:instance_id>"
ENI = "network-interfaces/<str:eni>"

urlpatterns = [
    *both("accounts", inventory.Accounts.as_view(), "api-accounts"),
    *both(ACCOUNT, inventory.Account.as_view(), "api-account"),
    *both(f"{ACCOUNT}/access", inventory.AccountAccess.as_view(), "api-access"),
    *both(f"{ACCOUNT}/test", inventory.AccountTest.as_view(), "api-account-test"),
    *both("regions", inventory.Regions.as_view(), "api-regions"),
    *both("regions/<str:region_id>", inventory.Region.as_view(), "api-region"),
    *both("regions/<str:region_id>/sync", inventory.RegionSync.as_view(), "api-sync"),
    *both("network-interfaces", interfaces.Interfaces.as_view(), "api-interfaces"),
    *both(ENI, interfaces.Interface.as_view(), "api-interface"),
    *both(f"{ENI}/assign-ips", interfaces.AssignIps.as_view(), "api-assign-ips"),
    *both(f"{ENI}/unassign-ips", interfaces.UnassignIps.as_view(), "api-unassign-ips"),
    *both(f"{ENI}/attach", interfaces.Attach.as_view(), "api-attach"),
    *both(f"{ENI}/detach", interfaces.Detach.as_view(), "api-detach"),
    *both("elastic-ips", elastic_ips.ElasticIps.as_view(), "api-elastic-ips"),
    *both(
        "elastic-ips/<str:allocation_id>",
        elastic_ips.ElasticIp.as_view(),
        "api-elastic-ip",
    ),
    *both(f"{EIP}/associate", elastic_ips.Associate.as_view(), "api-associate"),
    *both(
        f"{EIP}/disassociate", elastic_ips.Disassociate.as_view(), "api-disassociate"
    ),
    *both("instances", instances.Instances.as_view(), "api-instances"),
    *both("instances/<str:instance_id>", instances.Instance.as_view(), "api-instance"),
    *both(f"{INSTANCE}/start", instances.Start.as_view(), "api-start"),
    *both(f"{INSTANCE}/stop", instances.Stop.as_view(), "api-stop"),
    *both(f"{INSTANCE}/reboot", instances.Reboot.as_view(), "api-reboot"),
    *both("actions", actions.Actions.as_view(), "api-actions"),
    *both("actions/<str:action_id>", actions.Action.as_view(), "api-action"),
    *both("pairs", pairs.Pairs.as_view(), "api-pairs"),
    *both(PAIR, pairs.Pair.as_view(), "api-pair"),
    *both(f"{PAIR}/health", health.pair_health, "api-pair-health"),
    *both(f"{PAIR}/plan", pair_advice.Plan.as_view(), "api-plan"),
    *both(f"{PAIR}/advice", pair_advice.Advice.as_view(), "api-advice"),
    *both(f"{PAIR}/policy", pair_advice.LeastPolicy.as_view(), "api-policy"),
    *both(f"{PAIR}/guest", pair_advice.GuestGuide.as_view(), "api-guest"),
    *both(f"{PAIR}/swap", pair_verbs.Swap.as_view(), "api-swap"),
    *both(f"{PAIR}/freeze", pair_verbs.Freeze.as_view(), "api-freeze"),
    *both(f"{PAIR}/unfreeze", pair_verbs.Unfreeze.as_view(), "api-unfreeze"),
    *both(f"{PAIR}/adopt", pair_verbs.Adopt.as_view(), "api-adopt"),
    *both(f"{PAIR}/put-back", pair_verbs.PutBack.as_view(), "api-put-back"),
    *both(f"{PAIR}/probe", pair_verbs.Probe.as_view(), "api-probe"),
    *both(f"{PAIR}/acknowledge", pair_verbs.Acknowledge.as_view(), "api-acknowledge"),
    *both("approvals", approvals.Approvals.as_view(), "api-approvals"),
    *both(APPROVAL, approvals.Approval.as_view(), "api-approval"),
    *both(f"{APPROVAL}/approve", approvals.Approve.as_view(), "api-approve"),
    *both(f"{APPROVAL}/deny", approvals.Deny.as_view(), "api-deny"),
    *both(
        f"{APPROVAL}/acknowledge",
        approvals.AcknowledgeBreakGlass.as_view(),
        "api-acknowledge-break-glass",
    ),
    *both("tokens", tokens.Tokens.as_view(), "api-tokens"),
    *both("tokens/<str:public_id>", tokens.Token.as_view(), "api-token"),
    *both("swaps", pair_verbs.Swaps.as_view(), "api-swaps"),
    *both("jobs", jobs.Jobs.as_view(), "api-jobs"),
    *both("jobs/<str:job_id>", jobs.Job.as_view(), "api-job"),
    *both("jobs/<str:job_id>/cancel", jobs.Cancel.as_view(), "api-cancel"),
    *both("vpcs", networks.Vpcs.as_view(), "api-vpcs"),
    *both("subnets", networks.Subnets.as_view(), "api-subnets"),
    *both("security-groups", networks.SecurityGroups.as_view(), "api-security-groups"),
    *both("route-tables", networks.RouteTables.as_view(), "api-route-tables"),
    *both("drift-events", networks.DriftEvents.as_view(), "api-drift-events"),
    *both("audit", auditing.Audit.as_view(), "api-audit"),
    *both("schema", pages.Schema.as_view(), "api-schema"),
    *both("docs", pages.Docs.as_view(), "api-docs"),
    *both("docs/style", pages.Style.as_view(), "api-docs-style"),
    re_path(r"^(?P<rest>.*)$", Nowhere.as_view()),
]
