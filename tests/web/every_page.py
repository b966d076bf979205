"""Every page of the product, each at an address where it has something to show.

What the URLs have and this list lacks is found by `missing`, so that no page is
forgotten where all pages are asked for something.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from failover import audit, models, wiring
from failover.services.access import Actor
from failover.services.new_pairs import drafts
from failover.services.people import users
from tests.web.conftest import FLOATING, PRIMARY, SPARE, STANDBY, Home

ALLOCATION = "eipalloc-4f07e372"
SHELL = Actor(name="shell", role="admin", trigger="cli")
# Answers to a GET that are no page of ours, and why.
NO_PAGES = {
    "flashes/": "part of the frame",
    "pairs/new/advice/": "part of the wizard",
    "pairs/export.yaml": "a file",
    "pairs/<pair:name>/policy.json": "a file",
    "settings/": "leads to its first page",
    "go/": "leads to what was found",
    "accounts/2fa/": "leads to Settings, Security",
    "accounts/2fa/keys/": "leads to Settings, Security",
    "accounts/2fa/totp/qr/": "a picture",
    "accounts/2fa/keys/login/": "JSON for the browser",
    "accounts/2fa/keys/reauthenticate/": "JSON for the browser",
    "accounts/2fa/keys/<int:pk>/edit/": "of a key, which needs a device",
    "accounts/2fa/keys/<int:pk>/remove/": "of a key, which needs a device",
    "accounts/2fa/authenticate/": "between the password and the code",
    "accounts/2fa/recovery-codes/": "there are none before a second factor",
    "accounts/2fa/recovery-codes/generate/": "there are none before a second factor",
    "accounts/2fa/totp/deactivate/": "there is none to be turned off",
    "accounts/2fa/reauthenticate/": "there is no second factor to ask for",
    "accounts/3rdparty/": "shut: nobody joins identities here",
    "accounts/3rdparty/signup/": "shut: nobody signs up here",
    "accounts/signup/": "shut: nobody signs up here",
    "accounts/oidc/<str:provider_id>/login/": "leads to the identity provider",
    "accounts/oidc/<str:provider_id>/login/callback/": "comes from there",
    "healthz": "for machines",
    "readyz": "for machines",
    "metrics": "for machines",
}
PLAIN = (
    *("/", "/help/", "/actions/", "/approvals/", "/drift/", "/audit/", "/jobs/"),
    *("/interfaces/", "/instances/", "/elastic-ips/", "/pairs/"),
    *("/interfaces/new/", "/elastic-ips/new/", "/instances/new/"),
    *("/instances/new/pair/", "/pairs/new/", "/pairs/new/at-once/"),
    *("/pairs/new/from-tags/", "/pairs/new/from-yaml/"),
    *(f"/settings/{s}/" for s in ("appearance", "accounts", "security", "tokens")),
    "/settings/accounts/default/access/",
    *("/settings/users/", "/settings/users/groups/"),
    *("/accounts/2fa/keys/add/", "/accounts/2fa/totp/activate/"),
    *("/accounts/reauthenticate/", "/accounts/reauthenticate/none/"),
    "/accounts/inactive/",
    *("/accounts/3rdparty/error/", "/accounts/3rdparty/cancelled/"),
    "/accounts/login/",
)
OF_THE_PAIR = ("", "history/", "guest/", "policy/", "settings/", "swap/")
OF_AN_INTERFACE = (
    *("", "attach/", "detach/", "delete/", "assign/", "unassign/", "associate/"),
    *("disassociate/", "description/", "groups/", "check/", "termination/", "tags/"),
)
OF_AN_ELASTIC_IP = ("", "associate/", "disassociate/", "release/", "tags/")
OF_AN_INSTANCE = ("", "start/", "stop/", "reboot/", "tags/")
# The same pages in other states: nothing found, a panel open, refused, not there.
OTHER_STATES = (
    "/interfaces/?q=nothing",
    f"/interfaces/?sel={FLOATING}",
    "/interfaces/?f=nothing~what",
    f"/pairs/new/?interface={SPARE}",
    "/nowhere/",
)
STEPS = ("what", "who", "policy", "probe", "review")


@dataclass(frozen=True)
class Furnished:
    """The article's world with one of everything that has a page."""

    home: Home
    paths: tuple[str, ...]
    # Those that do not answer 200, and what instead.
    odd: dict[str, int]


def furnish(home: Home, *, text: str = "maintenance") -> Furnished:
    """Make one of everything; `text` stands wherever a person may write."""
    jobs = [f"/jobs/{job.id}/" for job in _jobs(home, text)]
    action, approval = _action(home, text), _approval(home, text)
    anna = models.User.objects.get(username="anna")
    said = {"region": str(home.region.pk), "network_interface_id": SPARE}
    said |= {"primary_instance_id": PRIMARY, "standby_instance_id": STANDBY}
    said |= {"confirm": "none"}
    draft = drafts.begin(user=anna, said={**said, "name": text, "probe_expect": text})
    group = Group.objects.create(name=text[:150])
    users.grant(actor=SHELL, group=group, role="viewer", scope="all")
    models.SavedView.objects.create(
        owner=anna,
        table="interfaces",
        slug="mine",
        name=text[:80],
        is_shared=True,
        saved_at=wiring.now(),
    )
    _token(anna, text)
    with transaction.atomic():
        row = audit.record(
            at=wiring.now(),
            actor=text[:150],
            action="pair.update",
            subject="pair/article",
            outcome="ok",
            reason=text,
            before={"description": text},
            after={"description": text, text[:40]: text},
        )
    _change(home, text)
    return Furnished(
        home=home,
        odd={
            "/nowhere/": 404,
            "/accounts/3rdparty/error/": 401,
            # Nothing was filled in before.
            "/accounts/reauthenticate/none/": 404,
            # Somebody is signed in already.
            "/accounts/login/": 302,
            # Both instances have no free slot for a second interface that moves.
            f"/pairs/new/{draft.pk}/review/": 422,
        },
        paths=(
            *PLAIN,
            *(f"/pairs/article/{s}" for s in OF_THE_PAIR),
            *(f"/interfaces/{FLOATING}/{s}" for s in OF_AN_INTERFACE),
            *(f"/interfaces/{SPARE}/{s}" for s in ("attach/", "delete/")),
            *(f"/elastic-ips/{ALLOCATION}/{s}" for s in OF_AN_ELASTIC_IP),
            *(f"/instances/{PRIMARY}/{s}" for s in OF_AN_INSTANCE),
            *(f"/pairs/new/{draft.pk}/{s}/" for s in STEPS),
            *jobs,
            f"/actions/{action.id}/",
            f"/approvals/{approval.id}/",
            f"/audit/{row.seq}/",
            f"/settings/users/{anna.pk}/",
            f"/settings/users/groups/{group.pk}/",
            *_networks(home.region),
            "/swaps/?pair=article",
            "/tables/interfaces/settings/",
            "/tables/interfaces/views/",
            *OTHER_STATES,
        ),
    )


def missing(paths: tuple[str, ...]) -> list[str]:
    """Patterns that answer a GET and stand for none of the paths, nor in NO_PAGES."""
    resolver = get_resolver()
    shown = {str(resolver.resolve(p.partition("?")[0]).route) for p in paths[:-1]}
    return [
        route
        for route, view in _routes(resolver, "")
        if not route.startswith("api/")
        and route not in shown
        and route.rstrip("/") not in NO_PAGES
        and route not in NO_PAGES
        and not _is_post_only(view)
    ]


def _routes(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def _is_post_only(view: Any) -> bool:
    """As the decorators of Django mark it: what they wrap is asked for its methods."""
    cell = view
    while cell is not None:
        names = getattr(getattr(cell, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            allowed = cell.__closure__[names.index("request_method_list")]
            return "GET" not in allowed.cell_contents
        cell = getattr(cell, "__wrapped__", None)
    return False


def _networks(region: models.Region) -> list[str]:
    """Where the interface that moves stands, and a route table that leads to it."""
    there = {"region": region}
    row = models.NetworkInterface.objects.get(**there, interface_id=FLOATING)
    table = models.RouteTable.objects.filter(**there, vpc_id=row.vpc_id).first()
    if table is None:
        table = models.RouteTable.objects.create(
            **there,
            route_table_id="rtb-0000000a",
            vpc_id=row.vpc_id,
            name="edge",
            routes=[
                {
                    "destination_cidr": "10.99.0.0/24",
                    "network_interface_id": FLOATING,
                    "state": "active",
                },
                {
                    "destination_cidr": "0.0.0.0/0",
                    "network_interface_id": "",
                    "state": "blackhole",
                },
            ],
            subnet_ids=[row.subnet_id, "subnet-00000009"],
            observed_at=row.observed_at,
            observed_began_at=row.observed_began_at,
        )
    return [
        f"/vpcs/{row.vpc_id}/",
        f"/subnets/{row.subnet_id}/",
        f"/security-groups/{row.security_groups[0]['id']}/",
        f"/route-tables/{table.route_table_id}/",
    ]


def _jobs(home: Home, text: str) -> list[models.Job]:
    """One that has ended, one that is parked, one at work."""
    now = wiring.now()
    said = {"reason": text, "requested_by": text[:100]}
    began = now - timedelta(seconds=9)
    done = home.job(state="succeeded", why="done", finished_at=now, **said)
    parked = home.job(
        pair=None,
        network_interface_id="eni-00000001",
        state="parked",
        why="gone",
        outage_started_at=began,
        **said,
    )
    running = home.job(state="running", outage_started_at=began, **said)
    return [done, parked, running]


def _action(home: Home, text: str) -> models.Action:
    now = wiring.now()
    return models.Action.objects.create(
        region=home.region,
        kind="interface.describe",
        resource=f"network-interface/{FLOATING}",
        operation="ModifyNetworkInterfaceAttribute",
        args={"NetworkInterfaceId": FLOATING, "Description": {"Value": text}},
        before={"description": text},
        after={"description": text},
        actor=text[:150],
        trigger="ui",
        state="refused",
        error_code="InvalidParameterValue",
        error_message=text,
        begun_at=now,
        finished_at=now,
    )


def _approval(home: Home, text: str) -> models.Approval:
    now = wiring.now()
    return models.Approval.objects.create(
        region=home.region,
        pair=home.pair,
        pair_name=home.pair.name,
        state="pending",
        from_instance_id=PRIMARY,
        to_instance_id=STANDBY,
        plan_hash="0" * 64,
        plan={"calls": [], "checks": []},
        reason=text,
        comment=text,
        requested_by=text[:150],
        requested_at=now,
        expires_at=now + timedelta(hours=1),
    )


def _token(user: models.User, text: str) -> None:
    now = wiring.now()
    models.ApiToken.objects.create(
        public_id="abcdefgh",
        secret_sha256="0" * 64,
        user=user,
        name=text[:64],
        role="viewer",
        created_at=now,
        expires_at=now + timedelta(days=9),
    )


def _change(home: Home, text: str) -> None:
    now = wiring.now()
    models.DriftEvent.objects.create(
        region=home.region,
        seen_at=now,
        before_at=now - timedelta(seconds=30),
        resource_type="network-interface",
        resource_id=FLOATING,
        name=text[:256],
        change="description",
        before="",
        after=text,
        is_judged=True,
    )
