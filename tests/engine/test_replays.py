"""A decision that was written down is decided again, to the letter."""

from hypothesis import given, settings

from failover.engine import decide
from failover.engine.case import Case
from failover.engine.moves import decide as moves
from failover.engine.moves.verdicts import Case as MovesCase
from failover.engine.topology import Observation
from tests.engine import replays
from tests.engine.moves.cast import a_look, a_move, an_elastic_ip
from tests.engine.moves.test_is_total import cases as cases_of_moves
from tests.engine.test_decide_is_total import cases


@settings(max_examples=100, deadline=None)
@given(case=cases())
def test_a_case_of_an_interface_is_replayed_from_json(case: Case) -> None:
    line = replays.dump(case)

    again = replays.load(Case, line)

    assert replays.dump(again) == line
    assert decide.decide(again) == decide.decide(case)


@settings(max_examples=100, deadline=None)
@given(case=cases_of_moves())
def test_a_case_of_moves_is_replayed_from_json(case: MovesCase) -> None:
    line = replays.dump(case)

    again = replays.load(MovesCase, line)

    assert replays.dump(again) == line
    assert moves.decide(again) == moves.decide(case)


def test_a_look_is_read_back_as_it_was() -> None:
    look = a_look(a_move(), an_elastic_ip())

    assert replays.load(Observation, replays.dump(look)) == look
