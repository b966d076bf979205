"""What a driver lets begin and lets out (protocol P6, P8)."""

import pytest

from failover.engine.job import Aim
from tests.engine.cast import (
    JOB_ID,
    a_detach,
    an_attach,
    refused,
)
from tests.engine.desk import SECOND, Desk, dark, fresh_request

# P6: the brake.


DENIED = refused(an_attach(), "UnauthorizedOperation")


def test_nobody_newly_goes_dark_while_an_attach_is_refused(desk: Desk) -> None:
    desk.add(dark(aim=Aim.SOURCE), a_detach(), DENIED)
    desk.add(fresh_request())

    desk.drive()
    desk.tell(desk.seen(None))

    assert [i.job_id for i, _ in desk.sent] == [SECOND]
    assert desk.job(JOB_ID).first_intent_at is None


@pytest.mark.parametrize(
    "ends", [(), (an_attach(),), (refused(an_attach(), "IncorrectState"),)]
)
def test_a_race_is_no_reason_to_brake(desk: Desk, ends: tuple[object, ...]) -> None:
    desk.add(dark(), a_detach(), *ends)  # type: ignore[arg-type]
    desk.add(fresh_request())

    desk.drive()

    assert [i.job_id for i, _ in desk.sent] == [JOB_ID]
