"""The five pages of the wizard: their order, their fields, and what each checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from failover.models import PairDraft
from failover.services import pairs, strategies
from failover.services.new_pairs import choices
from failover.web.new_pairs import pair_forms

BOXES = frozenset({"approval"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page. `fields` are those of the pair's form that it asks for."""

    slug: str
    title: str
    lead: str
    fields: tuple[str, ...]


STEPS = (
    Step(
        slug="what",
        title="What moves",
        lead="The account and region, how it moves, and the thing itself.",
        fields=("region", "strategy", *strategies.ALL_MOVED),
    ),
    Step(
        slug="who",
        title="Primary and standby",
        lead="The two servers between which it moves.",
        fields=("primary_instance_id", "standby_instance_id"),
    ),
    Step(
        slug="policy",
        title="Policy",
        lead="Where it goes at each server, and what is asked before a swap.",
        fields=("device_index", "confirm", "force", "force_after_s", "approval"),
    ),
    Step(
        slug="probe",
        title="Probe",
        lead="How the service is asked after a swap whether it is well.",
        fields=("probe_kind", "probe_port", "probe_path", "probe_expect"),
    ),
    Step(
        slug="review",
        title="Review",
        lead="EC2 was asked just now; nothing has been changed there.",
        fields=("name",),
    ),
)
BY_SLUG = {step.slug: step for step in STEPS}
JUDGED = (
    "network_interface_id",
    "allocation_id",
    "primary_instance_id",
    "standby_instance_id",
)


def next_of(step: Step) -> Step:
    """The page after this one; the last one's is itself."""
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def before(step: Step) -> Step:
    """The page that Back leads to; the first one's is itself."""
    return STEPS[max(STEPS.index(step) - 1, 0)]


def read(step: Step, posted: Mapping[str, Any]) -> dict[str, str]:
    """What was typed on this page; a box that is not ticked says nothing by itself."""
    said = {name: str(posted[name]) for name in step.fields if name in posted}
    return said | {n: "" for n in BOXES & set(step.fields) if n not in posted}


def make_form(said: Mapping[str, str], regions: list[tuple[str, str]]) -> Any:
    """The pair's whole form with the answers so far, judged."""
    return pair_forms.PairForm(dict(said), regions=regions)


def judge(form: pair_forms.PairForm, step: Step) -> dict[str, list[str]]:
    """What is wrong with this page's own fields, the mirror's objections among it."""
    errors = {
        name: [str(said) for said in form.errors[name]]
        for name in step.fields
        if name in form.errors
    }
    said = form.cleaned_data
    for name in JUDGED:
        if name not in step.fields or name in errors or not said.get(name):
            continue
        why_not = choices.find_objection(
            region_id=int(said.get("region") or 0),
            field=name,
            id=said[name],
            strategy=str(said.get("strategy")),
            interface_id=str(said.get("network_interface_id") or ""),
        )
        if why_not:
            errors[name] = [why_not]
    return errors


def find_unfinished(form: pair_forms.PairForm) -> Step | None:
    """The first page before the last that is not in order yet."""
    return next((s for s in STEPS[:-1] if judge(form, s)), None)


def show(form: pair_forms.PairForm, errors: Mapping[str, list[str]]) -> None:
    """Leave the form with these errors alone: of a page not reached none are told."""
    form.errors.clear()
    for name, said in errors.items():
        form.add_error(name, forms.ValidationError(said))


def as_new_pair(said: Mapping[str, Any]) -> pairs.NewPair:
    """The pair that the form's answers describe."""
    names = (
        *("name", "strategy", "primary_instance_id", "standby_instance_id"),
        *("device_index", *strategies.ALL_MOVED),
    )
    return pairs.NewPair(
        **{name: said[name] for name in names},
        probe=pairs.Probe(
            kind=said["probe_kind"],
            port=said["probe_port"],
            path=said["probe_path"],
            expect=said["probe_expect"],
        ),
        policy=pairs.Policy(
            confirm=said["confirm"],
            force=said["force"],
            force_after_s=said["force_after_s"],
            approval=said["approval"],
        ),
    )


def describe(draft: PairDraft) -> str:
    """A draft in a list: its name, or what it moves, or that it has just begun."""
    said = draft.said
    moved = next((said[n] for n in strategies.ALL_MOVED if said.get(n)), "")
    return said.get("name") or moved or "nothing chosen yet"
