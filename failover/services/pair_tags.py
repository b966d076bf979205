"""The tags of pairs, which grants of roles go by. They are ours, not EC2's."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from failover.models import Pair, Role
from failover.services import access, refusals, telling
from failover.services.access import Actor

MOST_TAGS = 50
MOST_KEY, MOST_VALUE = 128, 256


def read_lines(text: str) -> dict[str, str]:
    """One `key=value` a line. Raises Invalid."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any("=" not in line for line in lines):
        raise refusals.Invalid(errors={"tags": ["One key=value on each line."]})
    pairs = [line.partition("=") for line in lines]
    found = {key.strip(): value.strip() for key, _, value in pairs}
    if len(found) != len(lines):
        raise refusals.Invalid(errors={"tags": ["A key stands there twice."]})
    return found


def require_sound(tags: Mapping[str, str]) -> None:
    """Raises Invalid."""
    is_sound = len(tags) <= MOST_TAGS and all(
        0 < len(key) <= MOST_KEY and len(value) <= MOST_VALUE
        for key, value in tags.items()
    )
    if not is_sound:
        said = (
            f"At most {MOST_TAGS} tags, keys of 1 to {MOST_KEY} and values of at most"
            f" {MOST_VALUE} characters."
        )
        raise refusals.Invalid(errors={"tags": [said]})


def set_tags(*, pair: Pair, tags: Mapping[str, str], actor: Actor) -> Pair:
    """Give the pair these tags and no others; roles by tag follow at once.

    Raises Forbidden, Invalid.
    """
    access.require_in(actor, Role.ADMIN.value, account_id=pair.region.account_id)
    require_sound(tags)
    if dict(tags) == pair.tags:
        return pair
    before = {"tags": pair.tags}
    with transaction.atomic():
        Pair.objects.filter(pk=pair.pk).update(
            tags=dict(tags), version=F("version") + 1
        )
        after = {"tags": dict(tags)}
        subject = f"pair/{pair.name}"
        telling.record(actor, "pair.tags", subject, before=before, after=after)
    pair.refresh_from_db()
    return pair
