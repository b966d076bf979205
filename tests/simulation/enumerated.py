"""All schedules that are not left to chance, by name."""

import itertools

from tests.simulation import (
    enumerated_attachments,
    enumerated_moves,
    enumerated_oddities,
    enumerated_points,
    enumerated_services,
)
from tests.simulation.plans import Plan

SCENES: dict[str, Plan] = {
    plan.name: plan
    for plan in itertools.chain(
        enumerated_oddities.plans(),
        enumerated_attachments.plans(),
        enumerated_moves.plans(),
        enumerated_services.plans(),
    )
}
POINTS: dict[str, Plan] = {plan.name: plan for plan in enumerated_points.plans()}
ENUMERATED: dict[str, Plan] = SCENES | POINTS
