"""A new pair in five pages, each with an address of its own, and its draft."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from failover import wiring
from failover.models import PairDraft, Role
from failover.models.pairs import Strategy
from failover.services import pairs, queries, refusals, strategies, strategy_words
from failover.services.new_pairs import choices, drafts, rehearsing
from failover.services.views import CheckView
from failover.web import access
from failover.web.new_pairs import givens, pair_forms, steps
from failover.web.new_pairs.pair_at_once import get_advice, list_regions
from failover.web.new_pairs.steps import STEPS, Step
from failover.web.presenters import pairs as pair_words
from failover.web.presenters import refusals as refusal_words
from failover.web.presenters import timing

FIRST = STEPS[0]
# Buttons that keep the draft and lead to where what is missing is made.
MAKERS = (
    ("interface-new", "Create a network interface"),
    ("elastic-ip-new", "Allocate an Elastic IP"),
    ("instance-new-pair", "Launch both instances"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a page has to say beyond its form."""

    errors: Mapping[str, list[str]] = field(default_factory=dict)
    refusal: refusals.Refusal | None = None
    rehearsal: rehearsing.Rehearsal | None = None

    @property
    def status(self) -> int:
        if self.refusal is not None:
            return self.refusal.status
        return 422 if self.errors else 200

    @property
    def checks(self) -> tuple[CheckView, ...]:
        return self.rehearsal.checks if self.rehearsal else ()


NOTHING = Told()


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.ADMIN)
def start(request: HttpRequest) -> HttpResponse:
    """The first page, before there is a draft; drafts that wait to be gone on with."""
    if request.method != "POST":
        return _page(request, FIRST, said=givens.read(request.GET))
    said = steps.read(FIRST, request.POST)
    # The form is sent to the address that it was shown at.
    said = givens.fitting(givens.read(request.GET), said)
    draft = drafts.begin(user=access.get_user(request), said=said)
    return _go_on(request, draft, FIRST)


@require_http_methods(["GET", "HEAD", "POST"])
@access.requires(Role.ADMIN)
def go_on(request: HttpRequest, draft_id: int, slug: str) -> HttpResponse:
    """One page of a draft. What is posted is kept, right or wrong."""
    step = steps.BY_SLUG.get(slug)
    if step is None:
        raise Http404("There is no such page.")
    draft = _get(request, draft_id)
    if request.method == "POST":
        said = steps.read(step, request.POST)
        return _go_on(request, drafts.keep(draft=draft, said=said), step)
    if step.slug == "review":
        return _review(request, draft)
    return _page(request, step, said=draft.said, draft=draft)


@require_POST
@access.requires(Role.ADMIN)
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Forget a draft."""
    drafts.discard(_get(request, draft_id))
    messages.success(request, "The draft is discarded.")
    return redirect("pair-new")


def _go_on(request: HttpRequest, draft: PairDraft, step: Step) -> HttpResponse:
    """To the page that was asked for, unless this one has to be mended first."""
    match request.POST.get("go"):
        case "back":
            return _to(draft, steps.before(step))
        case "leave":
            messages.success(request, "The draft is kept.")
            return redirect("pair-new")
        case maker if maker in dict(MAKERS):
            said = "The draft is kept: Failover pairs, Create pair goes on with it."
            messages.success(request, said)
            return redirect(maker)
    form = steps.make_form(draft.said, list_regions())
    errors = steps.judge(form, step)
    if errors:
        return _page(
            request, step, said=draft.said, draft=draft, told=Told(errors=errors)
        )
    if step.slug != "review":
        return _to(draft, steps.next_of(step))
    return _create(request, draft, form)


def _create(
    request: HttpRequest, draft: PairDraft, form: pair_forms.PairForm
) -> HttpResponse:
    unfinished = steps.find_unfinished(form)
    if unfinished is not None:
        return _to(draft, unfinished)
    try:
        pair = pairs.create(
            new=steps.as_new_pair(form.cleaned_data),
            region=queries.get_region(form.cleaned_data["region"]),
            actor=access.get_actor(request),
        )
    except refusals.Refusal as refusal:
        return _page(
            request, STEPS[-1], said=draft.said, draft=draft, told=Told(refusal=refusal)
        )
    drafts.discard(draft)
    messages.success(request, f"Pair {pair.name} is created.")
    return redirect(f"{reverse('pair-guest', args=[pair.name])}?created")


def _review(request: HttpRequest, draft: PairDraft) -> HttpResponse:
    """The last page: EC2 is looked at, and our role asked by DryRun."""
    said = dict(draft.said)
    # A name that is wrong or missing is the page's own matter, and asked for there.
    form = steps.make_form({**said, "name": "draft"}, list_regions())
    unfinished = steps.find_unfinished(form)
    if unfinished is not None:
        return _to(draft, unfinished)
    try:
        rehearsal = rehearsing.rehearse(
            new=steps.as_new_pair(form.cleaned_data),
            region=queries.get_region(form.cleaned_data["region"]),
        )
    except refusals.Refusal as refusal:
        return _page(
            request, STEPS[-1], said=said, draft=draft, told=Told(refusal=refusal)
        )
    told = Told(rehearsal=rehearsal)
    return _page(request, STEPS[-1], said=said, draft=draft, told=told)


def _page(
    request: HttpRequest,
    step: Step,
    *,
    said: dict[str, str],
    draft: PairDraft | None = None,
    told: Told = NOTHING,
) -> HttpResponse:
    form = steps.make_form(_with_defaults(said), list_regions())
    steps.show(form, told.errors)
    answered = pair_forms.first_answers()
    shown = {
        "form": form,
        "step": step,
        "fields": [(form[name], name in answered) for name in step.fields],
        "trail": _trail(step, draft),
        "draft": draft,
        "drafts": [] if draft else _list_drafts(request),
        "strategies": [
            (code, words, code == form.chosen)
            for code, words in strategy_words.STRATEGIES.items()
        ],
        "choices": _choices(step, said),
        "summary": _summary(form, said) if step.slug == "review" else [],
        "advice": get_advice(said) if step.slug == "who" else None,
        "region_id": said.get("region", ""),
        "makers": MAKERS,
        "refusal": refusal_words.view(told.refusal) if told.refusal else None,
        "rehearsal": told.rehearsal,
        "checks": pair_words.check_lines(told.checks),
    }
    return render(request, "failover/pair_wizard.html", shown, status=told.status)


def _with_defaults(said: dict[str, str]) -> dict[str, str]:
    """What a field shows before it was ever answered."""
    return pair_forms.first_answers() | said


def _choices(step: Step, said: dict[str, str]) -> list[tuple[str, str, Any]]:
    """What each field offers, by the name of its list, and what that holds in words."""
    region_id = int(said["region"]) if said.get("region", "").isdigit() else None
    if step.slug == "what":
        return [
            (
                "interfaces",
                "Network interfaces",
                choices.list_interfaces(region_id),
            ),
            ("elastic-ips", "Elastic IPs", choices.list_elastic_ips(region_id)),
            ("route-tables", "Route tables", choices.list_route_tables(region_id)),
        ]
    if step.slug == "who" and region_id is not None:
        found = choices.list_instances(
            region_id=region_id,
            strategy=said.get("strategy") or Strategy.ENI.value,
            interface_id=said.get("network_interface_id", ""),
        )
        return [("instances", "Instances", found)]
    return []


def _summary(
    form: pair_forms.PairForm, said: dict[str, str]
) -> list[tuple[Step, list[tuple[str, str]]]]:
    """All answers but those of the last page, page by page."""
    strategy = said.get("strategy") or Strategy.ENI.value
    hidden = set(strategies.ALL_MOVED) - set(strategies.MOVED[strategy])
    return [
        (
            step,
            [
                (str(form.fields[name].label), form.say(name))
                for name in step.fields
                if name not in hidden
            ],
        )
        for step in STEPS[:-1]
    ]


def _trail(step: Step, draft: PairDraft | None) -> list[tuple[Step, str, bool]]:
    """The five pages; those of a draft can be gone to."""
    return [
        (
            one,
            reverse("pair-draft", args=[draft.pk, one.slug]) if draft else "",
            one is step,
        )
        for one in STEPS
    ]


def _list_drafts(
    request: HttpRequest,
) -> list[tuple[PairDraft, str, timing.Moment | None]]:
    """Each with what it is called, and when it was changed."""
    now = wiring.now()
    return [
        (d, steps.describe(d), timing.moment(d.changed_at, now))
        for d in drafts.list_drafts(access.get_user(request))
    ]


def _to(draft: PairDraft, step: Step) -> HttpResponse:
    return redirect("pair-draft", draft.pk, step.slug)


def _get(request: HttpRequest, draft_id: int) -> PairDraft:
    return drafts.get(user=access.get_user(request), draft_id=draft_id)
