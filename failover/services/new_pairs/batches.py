"""Several new pairs at once: all of them, or none."""

from collections.abc import Sequence

from failover.models import Pair, Region
from failover.services import creation, pairs, refusals, scoping
from failover.services.access import Actor
from failover.services.pair_settings import NewPair

Planned = tuple[NewPair, Region]


def create_all(*, planned: Sequence[Planned], actor: Actor) -> list[Pair]:
    """Look at all, then make all.

    Raises Forbidden where one's region is not the asker's to change, and NotAll, which
    names each that cannot be; then none is left. Where one is refused only as it is
    made (a rival, the same thing twice) those before it are deleted again: nothing has
    moved for them. A crash between may leave the first ones.
    """
    for _, region in planned:
        scoping.require(region)
    refused = [
        (new.name, why) for new, region in planned if (why := _objection(new, region))
    ]
    if refused:
        raise refusals.NotAll(refused=refused)
    made: list[Pair] = []
    for new, region in planned:
        try:
            made.append(pairs.create(new=new, region=region, actor=actor))
        except refusals.Refusal as refusal:
            for pair in reversed(made):
                pairs.delete(pair=pair, actor=actor)
            raise refusals.NotAll(refused=[(new.name, refusal)]) from refusal
    return made


def _objection(new: NewPair, region: Region) -> refusals.Refusal | None:
    if Pair.objects.filter(name=new.name).exists():
        return refusals.Exists(what="pair", id=new.name)
    try:
        creation.survey(new=new, region=region)
    except refusals.Refusal as refusal:
        return refusal
    return None
