"""Whatever is seen of a moving resource, there is exactly one step, always the same."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from failover.engine.job import (
    Aim,
    End,
    Intent,
    Job,
    Memory,
    Moving,
    Outcome,
    Part,
    State,
    Trace,
)
from failover.engine.moves import decide, stamps, whereabouts
from failover.engine.moves.calls import make_move
from failover.engine.moves.places import NOTHING, Lying, Place, Whereabouts
from failover.engine.moves.verdicts import Case
from failover.engine.refusals import Fact
from failover.engine.steps import Finish, Need, Park, Send, Turn, Wait
from failover.engine.topology import (
    AllocationId,
    ElasticIp,
    InstanceId,
    Interface,
    Observation,
    RouteTable,
)
from tests.engine.cast import ADDRESS, LIMITS, NOW, PRIMARY, STANDBY, an_instance
from tests.engine.moves.cast import (
    EIP,
    IP,
    OTHER_ADDRESS,
    ROUTES,
    SOURCE,
    STRANGERS,
    TABLES,
    TARGET,
    VIP,
    a_look,
    a_move,
    a_table,
    an_elastic_ip,
    an_end,
    carrying,
    moving,
)

PARTS = ((EIP,), (IP,), (ROUTES[0],), ROUTES)
STRANGE = End(
    instance_id=InstanceId("i-strange"), interface_id=STRANGERS, private_ip="10.0.0.9"
)
PLACES = ("target", "source", "free", "elsewhere eni-strangers")
CODES = (
    "AuthFailure",
    "IncorrectInstanceState",
    "InvalidNetworkInterfaceID.NotFound",
    "InvalidParameterValue",
    "InvalidRoute.NotFound",
    "Resource.AlreadyAssociated",
    "RouteAlreadyExists",
    "UnauthorizedOperation",
)
moments = st.floats(NOW - 400, NOW)
maybe_moments = st.none() | moments
likely = st.sampled_from([True, True, True, False])
ends = st.sampled_from([SOURCE, TARGET])
somewhere = st.sampled_from([SOURCE, TARGET, STRANGE, None])


@st.composite
def intents(draw: st.DrawFn, parts: tuple[Part, ...]) -> list[Intent]:
    sent = []
    for seq in range(1, draw(st.integers(0, 5)) + 1):
        call = make_move(
            draw(st.sampled_from(parts)), draw(ends), is_free=draw(st.booleans())
        )
        outcome = draw(st.none() | st.sampled_from(Outcome))
        is_refused = outcome is Outcome.REFUSED
        sent.append(
            Intent(
                id=UUID(int=seq),
                job_id=UUID(int=1),
                seq=seq,
                fence_token=1,
                call=call,
                intent_at=draw(moments),
                ended_at=draw(maybe_moments),
                outcome=outcome,
                error_code=draw(st.sampled_from(CODES)) if is_refused else "",
            )
        )
    return sent


@st.composite
def memories(draw: st.DrawFn, parts: tuple[Part, ...]) -> Memory:
    traces = tuple(
        Trace(
            key=part.key,
            place=draw(st.sampled_from(("", *PLACES))),
            since=draw(maybe_moments),
            omitted_since=draw(maybe_moments),
            left=tuple(draw(st.dictionaries(st.sampled_from(PLACES), moments)).items()),
        )
        for part in parts
        if draw(st.booleans())
    )
    landed = draw(st.lists(st.integers(1, 5), max_size=3, unique=True))
    return Memory(
        traces=traces, landed=tuple(landed), settled_since=draw(maybe_moments)
    )


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    what = moving(*draw(st.sampled_from(PARTS)))
    if draw(st.integers(0, 4)) == 0:
        what = replace(what, source=None)
    if draw(st.integers(0, 9)) == 0:
        what = replace(what, target=None)
    return a_move(
        moving=what,
        state=draw(st.sampled_from([State.QUEUED, State.RUNNING, State.PARKED])),
        aim=draw(st.sampled_from(Aim)),
        turns=draw(st.integers(0, 13)),
        cancel_requested_at=draw(maybe_moments),
        parked_at=draw(maybe_moments),
        first_intent_at=draw(maybe_moments),
        outage_started_at=draw(maybe_moments),
        restored_at=draw(maybe_moments),
        snapshot=((ADDRESS, VIP),) if IP in what.parts and draw(st.booleans()) else (),
        memory=draw(memories(what.parts)),
    )


@st.composite
def interfaces(draw: st.DrawFn, end: End) -> Interface:
    allocation = draw(st.none() | st.sampled_from([ADDRESS, OTHER_ADDRESS]))
    shown = an_end(end)
    if draw(st.booleans()):
        shown = carrying(end, VIP, allocation_id=allocation)
    attachment = draw(st.sampled_from([shown.attachment, None]))
    return replace(shown, attachment=attachment, source_dest_check=draw(st.booleans()))


@st.composite
def looks(draw: st.DrawFn, job: Job) -> Observation:
    shown: list[ElasticIp | RouteTable | Interface] = []
    if draw(st.booleans()):
        shown.append(an_elastic_ip(draw(somewhere)))
    shown += [a_table(t, draw(somewhere)) for t in TABLES if draw(st.booleans())]
    shown += [draw(interfaces(end)) for end in (SOURCE, TARGET, STRANGE)]
    ids: list[str] = [ADDRESS, *TABLES]
    look = a_look(
        job,
        *shown,
        began_at=draw(moments),
        needs=draw(st.sets(st.sampled_from(Need))),
        not_found=draw(st.sets(st.sampled_from(ids))),
    )
    missing = draw(st.sets(st.sampled_from(sorted(look.interfaces))))
    left = {i: x for i, x in look.interfaces.items() if i not in missing}
    return replace(look, interfaces=left)


@st.composite
def sights(draw: st.DrawFn, what: Moving) -> Whereabouts:
    """Any whereabouts at all, more often in place than not."""
    often = st.sampled_from([Place.TARGET, Place.SOURCE, Place.FREE])
    everywhere = draw(st.integers(0, 2)) == 0
    one_place = draw(often)
    began_at = draw(st.sampled_from([NOW - 0.1, NOW - 0.2, NOW - 50]))
    shown = [draw(interfaces(end)) for end in (SOURCE, TARGET) if draw(likely)]
    carriers = st.sampled_from([None, SOURCE.interface_id, STRANGERS])
    holders = st.tuples(carriers, st.just(VIP))
    return Whereabouts(
        began_at=began_at,
        ended_at=began_at + 0.05,
        parts=tuple(
            Lying(
                part=part,
                place=draw(st.sampled_from(Place)) if everywhere else one_place,
                since=draw(st.sampled_from([began_at, began_at - 9])),
                needs=draw(st.sampled_from([NOTHING, frozenset({Need.CONFIRMATION})])),
            )
            for part in what.parts
        ),
        interfaces={i.id: i for i in shown},
        riders=draw(st.none() | st.dictionaries(st.just(ADDRESS), holders)),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A job, its calls, and whatever it may believe."""
    job = draw(jobs())
    assert job.moving is not None
    known: dict[InstanceId, Fact] = {}
    for instance_id in (PRIMARY, STANDBY):
        state = draw(st.sampled_from(["running", "running", "stopped", "terminated"]))
        instance = an_instance(instance_id, state) if draw(likely) else None
        began_at = draw(st.sampled_from([NOW, NOW - 0.1, NOW - 3, NOW - 9]))
        if draw(likely):
            known[instance_id] = Fact(began_at=began_at, instance=instance)
    return Case(
        job=job,
        moving=job.moving,
        intents=draw(intents(job.moving.parts)),
        seen=draw(sights(job.moving)),
        facts=known,
        now=NOW,
        limits=LIMITS,
    )


@st.composite
def stories(draw: st.DrawFn) -> tuple[Job, list[Intent], Observation]:
    """A job with any memory, its calls, and any look at EC2."""
    job = draw(jobs())
    assert job.moving is not None
    return job, draw(intents(job.moving.parts)), draw(looks(job))


def place_of(seen: Whereabouts, part: Part) -> Place:
    return next(one.place for one in seen.parts if one.part == part)


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_every_case_has_one_step_and_always_the_same(case: Case) -> None:
    step = decide.decide(case)

    assert isinstance(step, Wait | Send | Turn | Park | Finish)
    assert decide.decide(case) == step


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_a_call_takes_only_from_our_own_other_end(case: Case) -> None:
    step = decide.decide(case)
    if not isinstance(step, Send):
        return

    call = step.call
    riders: set[AllocationId] = {a for a, _ in case.job.snapshot}
    (end,) = (
        e
        for e in (case.moving.source, case.moving.target)
        if e is not None and e.interface_id == call.interface_id
    )
    aim = case.moving.target if case.job.aim is Aim.TARGET else case.moving.source
    assert end == aim
    moved = [p for p in case.moving.parts if p.is_moved_by(call)]
    if not moved:
        assert call.allocation_id in riders
        assert not call.is_departure
        return
    (part,) = moved
    other = Place.SOURCE if case.job.aim is Aim.TARGET else Place.TARGET
    expected = other if call.is_departure else Place.FREE
    assert place_of(case.seen, part) is expected


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_nothing_leaves_a_live_end_while_a_part_is_in_foreign_hands(
    case: Case,
) -> None:
    step = decide.decide(case)

    astray = {Place.ELSEWHERE, Place.GONE}
    if any(one.place in astray for one in case.seen.parts) and isinstance(step, Send):
        assert not step.call.is_departure


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_an_end_says_where_all_of_it_was_seen(case: Case) -> None:
    step = decide.decide(case)

    if isinstance(step, Finish) and step.state is State.SUCCEEDED:
        place = Place.TARGET if case.moving.target else Place.FREE
        assert case.seen.are_all(place)
    if isinstance(step, Finish) and step.state is State.REVERSED:
        place = Place.SOURCE if case.moving.source else Place.FREE
        assert case.seen.are_all(place)


@settings(max_examples=200, deadline=None)
@given(story=stories())
def test_a_second_look_at_the_same_world_believes_the_same(
    story: tuple[Job, list[Intent], Observation],
) -> None:
    job, sent, look = story
    assert job.moving is not None
    what = job.moving

    first, before = whereabouts.look(
        job=job, moving=what, intents=sent, observation=look, limits=LIMITS
    )
    again = replace(job, memory=first)
    second, after = whereabouts.look(
        job=again, moving=what, intents=sent, observation=look, limits=LIMITS
    )
    stamped = stamps.stamp(job=again, moving=what, intents=sent, seen=after)

    for one, other in zip(before.parts, after.parts, strict=True):
        if one.place not in (Place.UNKNOWN, Place.GONE):
            assert other.place is one.place
    assert second.landed[: len(first.landed)] == first.landed
    assert stamps.stamp(job=stamped, moving=what, intents=sent, seen=after) == stamped
