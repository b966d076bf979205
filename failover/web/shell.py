"""What the frame around a page needs, each part read only when it is drawn."""

from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse

from failover import wiring
from failover.models import Role
from failover.services import approvals, attesting, notices, places
from failover.web import access, asked_once, flashes, zones
from failover.web.presenters import frame
from failover.web.presenters.flashes import JobFlashes
from failover.web.settings_pages import SETTINGS, SettingsTab

# A page about one thing says where that thing is: argument of its path -> kind.
SUBJECTS = {
    "name": "pair",
    "job_id": "job",
    "interface_id": "interface",
    "instance_id": "instance",
    "allocation_id": "elastic-ip",
    "action_id": "action",
}
# Broken glass that a page tells of at most.
MOST_GLASS = 5
# Pages that account and region narrow.
NARROWED = ("interfaces", "elastic-ips", "instances", "pairs", "jobs", "actions")


class Shell:
    """The frame of one request's page. Fragments never ask, and cost nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._now = wiring.now()

    @property
    def now(self) -> str:
        """The server's time, from which the page's clocks go on."""
        return self._now.isoformat(timespec="milliseconds")

    @property
    def zone(self) -> str:
        """The time zone of every time on the page."""
        return zones.name()

    @cached_property
    def place(self) -> frame.Stripe:
        """The account and region that the page speaks of."""
        account, region = self._narrowed
        return frame.stripe(self._places, account=account, region=region)

    @cached_property
    def accounts(self) -> list[frame.AccountLine]:
        """The menu of places."""
        match = self._request.resolver_match
        is_list = match is not None and match.url_name in NARROWED
        account, region = self._narrowed
        return frame.account_lines(
            self._places,
            path=self._request.path if is_list else reverse("interfaces"),
            account=account,
            region=region,
            now=self._now,
        )

    @cached_property
    def all_places_href(self) -> str:
        """The same page of every account."""
        match = self._request.resolver_match
        is_list = match is not None and match.url_name in NARROWED
        return self._request.path if is_list else reverse("interfaces")

    @cached_property
    def banners(self) -> list[frame.Banner]:
        """What everybody has to know."""
        actor = access.find_actor(self._request)
        return [
            *frame.silence_banners(notices.get_silence(self._now), self._now),
            *frame.audit_banners(attesting.last_check()),
            *frame.place_banners(
                notices.list_shut_out(self._places), notices.list_maintenance(self._now)
            ),
            *frame.glass_banners(approvals.list_broken_glass()[:MOST_GLASS]),
            *frame.waiting_banners(self._waiting_approvals),
            *frame.role_banners(actor.best_role if actor else ""),
        ]

    @cached_property
    def _waiting_approvals(self) -> int:
        """How many requests of others wait for a word of this user."""
        actor = access.find_actor(self._request)
        if actor is None or not actor.may(Role.APPROVER.value):
            return 0
        return approvals.list_pending().exclude(requested_by=actor.name).count()

    @cached_property
    def flashes(self) -> JobFlashes:
        """The jobs that the user started and has not closed."""
        return flashes.of_page(self._request)

    @cached_property
    def inventory(self) -> str:
        """How old what is shown of EC2 is."""
        return frame.read_ages(self._places, self._now)

    @cached_property
    def settings(self) -> list[SettingsTab]:
        """The pages of settings that this user may open."""
        return [
            page.tab(self._request.path)
            for page in SETTINGS
            if access.has_role(self._request, page.role)
        ]

    @cached_property
    def _places(self) -> list[places.Place]:
        return places.list_places(asked_once.list_regions(self._request))

    @cached_property
    def _narrowed(self) -> tuple[str, str]:
        """Account and region of the page's subject, else of its filters."""
        match = self._request.resolver_match
        for argument, kind in SUBJECTS.items():
            if match is not None and argument in match.kwargs:
                key = str(match.kwargs[argument])
                found = places.region_of(kind=kind, key=key)
                if found is not None:
                    return found
        asked = self._request.GET
        return asked.get("account", ""), asked.get("region", "")
