"""Pairs: create, change, freeze, adopt, put back. Every verb is audited."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from failover import audit, wiring
from failover.models import Job, Pair, PairResource, Region
from failover.models.pairs import Holder
from failover.services import (
    creation,
    floating,
    holders,
    plans,
    probing,
    refusals,
    sights,
    starting,
    swaps,
)
from failover.services.access import Actor
from failover.services.pair_settings import (
    NewPair,
    PairChange,
    Policy,
    Probe,
    merged,
    settings_of,
)
from failover.services.plans import Prepared
from failover.services.starting import OnCreated

__all__ = ["NewPair", "PairChange", "Policy", "Probe"]


def create(*, new: NewPair, region: Region, actor: Actor) -> Pair:
    """Make a pair after a look at EC2 itself; the desired holder is the observed one.

    Raises Exists, Invalid, PreflightFailed (it can never work, or another pair moves
    or reserves the same), Ec2Unreachable.
    """
    if Pair.objects.filter(name=new.name).exists():
        raise refusals.Exists(what="pair", id=new.name)
    surveyed = creation.survey(new=new, region=region)
    prepared = surveyed.prepared
    now = wiring.now()
    try:
        with transaction.atomic():
            creation.require_capacity(surveyed)
            pair = Pair.objects.create(
                name=new.name,
                region=region,
                **new.columns(),
                probe=new.probe.as_fields(),
                policy=new.policy.as_fields(),
                **_desired(prepared),
                settled_at=prepared.seen.began_at,
                readiness=surveyed.readiness(),
                readiness_at=holders.stamp(prepared.seen.began_at),
                created_at=now,
            )
            keys = sorted(surveyed.keys)
            PairResource.objects.bulk_create(
                [PairResource(pair=pair, key=key) for key in keys]
            )
            _record(pair, actor, "pair.create", after=settings_of(pair))
    except IntegrityError as error:
        if Pair.objects.filter(name=new.name).exists():
            raise refusals.Exists(what="pair", id=new.name) from error
        raise creation.taken(surveyed) from error
    return pair


def update(
    *, pair: Pair, change: PairChange, actor: Actor, if_match: str | None = None
) -> Pair:
    """Change a pair that no job is at work on.

    Raises JobActive, Changed, Invalid, PreflightFailed, Ec2Unreachable (only where
    an end, the index, the route tables or the probe change: that is looked at there).
    """
    _require_idle(pair)
    require_match(pair, if_match)
    changed = merged(pair, change)
    _require_person_for_approval(pair, changed, actor)
    columns = changed.columns()
    surveyed = None
    is_probed_anew = changed.probe.as_fields() != pair.probe
    if is_probed_anew or any(getattr(pair, k) != v for k, v in columns.items()):
        surveyed = creation.survey(new=changed, region=pair.region, own=pair)
    before = settings_of(pair)
    try:
        with transaction.atomic():
            if surveyed is not None:
                creation.require_capacity(surveyed, own=pair)
                PairResource.objects.filter(pair=pair).delete()
                keys = sorted(surveyed.keys)
                PairResource.objects.bulk_create(
                    [PairResource(pair=pair, key=key) for key in keys]
                )
            _write(
                pair,
                **columns,
                probe=changed.probe.as_fields(),
                policy=changed.policy.as_fields(),
            )
            _record(pair, actor, "pair.update", before=before, after=settings_of(pair))
    except IntegrityError as error:
        if surveyed is None:
            raise
        raise creation.taken(surveyed, own=pair) from error
    return pair


def _require_person_for_approval(pair: Pair, changed: NewPair, actor: Actor) -> None:
    """Who wants no second person any more is a person, and here. Raises Forbidden."""
    if not pair.policy.get("approval") or changed.policy.approval:
        return
    if actor.token_id:
        said = "A token cannot take the second person away from a pair."
        raise refusals.Forbidden(detail=said)
    if not actor.is_fresh:
        raise refusals.ConfirmIdentity


def delete(*, pair: Pair, actor: Actor, if_match: str | None = None) -> None:
    """Forget the pair; nothing moves in EC2. Raises JobActive, Changed."""
    _require_idle(pair)
    require_match(pair, if_match)
    with transaction.atomic():
        # A job that began meanwhile has raised the generation: then this refuses.
        _write(pair)
        before = settings_of(pair)
        pair.delete()
        _record(pair, actor, "pair.delete", before=before)


def freeze(*, pair: Pair, actor: Actor, reason: str, until: datetime | None) -> Pair:
    """No swap may start until the pair is unfrozen. A running job goes on."""

    def change() -> None:
        _write(
            pair,
            frozen_at=wiring.now(),
            frozen_by=actor.name,
            frozen_reason=reason,
            frozen_until=until,
        )
        said = until.isoformat() if until else None
        _record(pair, actor, "pair.freeze", reason=reason, after={"until": said})

    return _change(pair, change)


def unfreeze(*, pair: Pair, actor: Actor) -> Pair:
    """Lift the freeze. It never moves anything by itself (protocol P7)."""

    def change() -> None:
        _write(pair, frozen_at=None, frozen_by="", frozen_reason="", frozen_until=None)
        _record(pair, actor, "pair.unfreeze")

    return _change(pair, change)


def adopt(*, pair: Pair, actor: Actor) -> Pair:
    """Take where the resource is now as where it should be.

    Raises JobActive, NotFound, MixedHolder, ForeignHolder, Ec2Unreachable.
    """
    _require_idle(pair)
    prepared = plans.prepare(pair=pair, to=None)
    sights.keep(region_id=pair.region_id, seen=prepared.seen)
    plans.require_found(prepared)
    if prepared.is_mixed:
        raise refusals.MixedHolder
    holder = prepared.holder
    if holder is not None and holder not in floating.instances_of(pair):
        raise refusals.ForeignHolder(holder=holder, strategy=pair.strategy)

    def change() -> None:
        before = {"holder": pair.desired_holder, "id": pair.desired_instance_id}
        _write(
            pair,
            **_desired(prepared),
            settled_at=prepared.seen.began_at,
            free_seen_at=None,
            drift_seen_at=None,
        )
        after = {"holder": pair.desired_holder, "id": pair.desired_instance_id}
        _record(pair, actor, "pair.adopt", before=before, after=after)

    return _change(pair, change)


def put_back(
    *,
    pair: Pair,
    actor: Actor,
    reason: str = "",
    on_created: OnCreated | None = None,
) -> Job:
    """Begin a swap to the desired holder.

    Raises NoDesiredHolder and what `swaps.request_swap` raises.
    """
    pair.refresh_from_db()
    _require_idle(pair)
    desired = holders.desired_instance_id(pair)
    if desired is None:
        raise refusals.NoDesiredHolder
    return swaps.request_swap(
        pair=pair, to=desired, actor=actor, reason=reason, on_created=on_created
    )


def acknowledge(*, pair: Pair, actor: Actor, comment: str) -> Pair:
    """Put on record that a human has seen what happened to the pair.

    A job that waits for the pair's probe then ends without it, and says so.
    """

    def change() -> None:
        waived = probing.waive(pair=pair, actor=actor)
        after = {"probe": "waived", "job": str(waived.id)} if waived else None
        _record(pair, actor, "pair.acknowledge", reason=comment, after=after)

    return _change(pair, change)


def etag(pair: Pair) -> str:
    """The pair's version as an HTTP entity tag."""
    return f'"{pair.version}"'


def require_match(pair: Pair, if_match: str | None) -> None:
    """Raises Changed unless one of the tags is the pair's, or `*`."""
    if if_match is None:
        return
    tags = {tag.strip() for tag in if_match.split(",")}
    if "*" not in tags and etag(pair) not in tags:
        raise refusals.Changed(
            detail=f"The pair is at version {pair.version} now. Read it again."
        )


def _change(pair: Pair, change: Callable[[], None]) -> Pair:
    with transaction.atomic():
        change()
    return pair


def _write(pair: Pair, **columns: Any) -> None:
    """Write the columns if the pair is as it was read. Raises Changed."""
    written = Pair.objects.filter(id=pair.pk, generation=pair.generation).update(
        **columns, version=F("version") + 1, generation=F("generation") + 1
    )
    if not written:
        raise refusals.Changed(detail="The pair was changed meanwhile. Look again.")
    pair.refresh_from_db()


def _require_idle(pair: Pair) -> None:
    starting.require_no_job(
        region_id=pair.region_id,
        interface_id=pair.network_interface_id,
        pair_id=pair.pk,
    )


def _desired(prepared: Prepared) -> dict[str, str]:
    """The columns that say: it should be where it is."""
    if prepared.is_mixed:
        return {"desired_holder": Holder.UNKNOWN, "desired_instance_id": ""}
    return {
        "desired_holder": Holder.INSTANCE if prepared.holder else Holder.NONE,
        "desired_instance_id": prepared.holder or "",
    }


def _record(
    pair: Pair,
    actor: Actor,
    action: str,
    *,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        at=wiring.now(),
        actor=actor.name,
        token=actor.token_id,
        source_ip=actor.source_ip,
        action=action,
        subject=f"pair/{pair.name}",
        outcome="ok",
        before=before,
        after=after,
        reason=reason,
    )
