"""Elastic IPs that must be on the interface at the end (protocol P4)."""

from dataclasses import replace
from typing import Any

from failover.engine.job import Action, Intent
from failover.engine.steps import Need, Park
from tests.engine.cast import (
    ADDRESS,
    NOW,
    PRIVATE_IP,
    STANDBY,
    a_detach,
    an_intent,
    held,
    refused,
    seen,
    under_way,
)
from tests.engine.deciding import assert_sends, assert_waits, settled, the_step

MISSING: dict[str, Any] = {"missing": ((ADDRESS, PRIVATE_IP),)}


def test_a_missing_address_is_looked_for() -> None:
    step = the_step(settled(), seen(held(STANDBY), **MISSING))

    assert assert_waits(step, "addresses").needs == {Need.ADDRESSES}


def test_a_missing_address_that_nobody_holds_is_associated() -> None:
    step = the_step(settled(), seen(held(STANDBY), elsewhere=(), **MISSING))

    call = assert_sends(step, Action.ASSOCIATE).call
    assert (call.allocation_id, call.private_ip) == (ADDRESS, PRIVATE_IP)


def test_an_association_is_not_repeated_at_once() -> None:
    call = replace(a_detach().call, action=Action.ASSOCIATE, allocation_id=ADDRESS)
    sent = an_intent(Action.ASSOCIATE, call=call)

    step = the_step(settled(), seen(held(STANDBY), elsewhere=(), **MISSING), sent)

    assert_waits(step, "addresses")


def test_an_address_held_elsewhere_parks_and_leaves_the_interface() -> None:
    sight = seen(held(STANDBY), elsewhere=(ADDRESS,), **MISSING)

    step = the_step(settled(), sight)

    assert isinstance(step, Park)
    assert step.why == "address_elsewhere"


def an_association(code: str, **changes: Any) -> Intent:
    call = replace(a_detach().call, action=Action.ASSOCIATE, allocation_id=ADDRESS)
    return refused(an_intent(Action.ASSOCIATE, call=call, **changes), code)


def test_an_association_that_is_refused_for_good_parks_and_is_tried_again() -> None:
    sight = seen(held(STANDBY), elsewhere=(), **MISSING)
    denied = an_association("UnauthorizedOperation")
    before = an_association("UnauthorizedOperation", ended_at=NOW - 31)

    step = the_step(settled(), sight, denied)

    assert isinstance(step, Park)
    assert step.why == "address_refused"
    assert ("addresses", ADDRESS) in step.args
    assert_sends(the_step(settled(), sight, before), Action.ASSOCIATE)


def test_an_association_that_lost_a_race_is_looked_at_again() -> None:
    sight = seen(held(STANDBY), elsewhere=(), **MISSING)
    raced = an_association("Resource.AlreadyAssociated")

    assert_sends(the_step(settled(), sight, raced), Action.ASSOCIATE)


def test_an_attach_comes_before_an_address_that_is_elsewhere() -> None:
    sight = seen(elsewhere=(ADDRESS,), **MISSING)

    assert_sends(the_step(under_way(), sight), Action.ATTACH)
