"""Whatever is seen, there is exactly one step, and the same one each time."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from failover.engine import decide
from failover.engine.decide import Case
from failover.engine.job import Action, Aim, Call, Intent, Job, Kind, Outcome, State
from failover.engine.refusals import Fact
from failover.engine.sight import Kind as Sight
from failover.engine.sight import Seen
from failover.engine.steps import Finish, Park, Send, Turn, Wait
from failover.engine.topology import Attachment, AttachmentId, InstanceId
from tests.engine.cast import (
    ADDRESS,
    INTERFACE,
    LIMITS,
    NOW,
    PRIMARY,
    PRIVATE_IP,
    STANDBY,
    STRANGER,
    a_job,
    an_instance,
)

instance_ids = st.sampled_from([PRIMARY, STANDBY, STRANGER])
attachment_ids = st.sampled_from([AttachmentId(f"eni-attach-{n}") for n in range(3)])
moments = st.floats(NOW - 500, NOW)
maybe_moments = st.none() | moments
codes = st.sampled_from(
    [
        "",
        "InvalidNetworkInterface.InUse",
        "IncorrectState",
        "AttachmentLimitExceeded",
        "UnauthorizedOperation",
        "InvalidAttachmentID.NotFound",
        "Something.New",
    ]
)
attachments = st.builds(
    Attachment,
    id=attachment_ids,
    instance_id=instance_ids,
    device_index=st.integers(0, 3),
    status=st.sampled_from(["attaching", "attached", "detaching", "odd"]),
    delete_on_termination=st.booleans(),
)
calls = st.builds(
    Call,
    action=st.sampled_from(Action),
    interface_id=st.just(INTERFACE),
    attachment_id=st.none() | attachment_ids,
    instance_id=st.none() | instance_ids,
    device_index=st.none() | st.integers(0, 3),
    allocation_id=st.none() | st.just(ADDRESS),
    force=st.booleans(),
)
intents = st.builds(
    Intent,
    id=st.just(UUID(int=5)),
    job_id=st.just(UUID(int=1)),
    seq=st.integers(1, 9),
    fence_token=st.just(1),
    call=calls,
    intent_at=moments,
    ended_at=maybe_moments,
    outcome=st.none() | st.sampled_from(Outcome),
    error_code=codes,
    attachment_id=st.none() | attachment_ids,
)
sights = st.builds(
    Seen,
    kind=st.sampled_from(Sight),
    began_at=moments,
    ended_at=moments,
    since=moments,
    attachment=st.none() | attachments,
    missing=st.sampled_from([(), ((ADDRESS, PRIVATE_IP),)]),
    elsewhere=st.sampled_from([None, (), (ADDRESS,)]),
    needs_confirmation=st.booleans(),
)
machines = st.builds(
    an_instance,
    instance_ids,
    st.sampled_from(["running", "stopped", "pending", "shutting-down", "terminated"]),
)


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    job = a_job(
        kind=draw(st.sampled_from(Kind)),
        state=draw(st.sampled_from([State.QUEUED, State.RUNNING, State.PARKED])),
        from_instance_id=draw(st.none() | instance_ids),
        to_instance_id=draw(st.none() | instance_ids),
        aim=draw(st.sampled_from(Aim)),
        turns=draw(st.integers(0, 13)),
        force_after_s=draw(st.none() | st.floats(1, 100)),
        cancel_requested_at=draw(maybe_moments),
        first_intent_at=draw(maybe_moments),
        is_index_burnt=draw(st.booleans()),
    )
    memory = replace(
        job.memory,
        settled_since=draw(maybe_moments),
        dead=tuple(draw(st.lists(attachment_ids, max_size=2))),
    )
    return replace(job, memory=memory)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    known: dict[InstanceId, Fact] = {}
    for machine in draw(st.lists(machines, max_size=3)):
        instance = draw(st.none() | st.just(machine))
        known[machine.id] = Fact(began_at=draw(moments), instance=instance)
    return Case(
        job=draw(jobs()),
        intents=draw(st.lists(intents, max_size=5)),
        seen=draw(sights),
        facts=known,
        now=NOW,
        limits=LIMITS,
    )


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_every_case_has_one_step_and_always_the_same(case: Case) -> None:
    step = decide.decide(case)

    assert isinstance(step, Wait | Send | Turn | Park | Finish)
    assert decide.decide(case) == step


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_a_call_names_only_what_belongs_to_the_job(case: Case) -> None:
    step = decide.decide(case)

    if isinstance(step, Send):
        job = case.job
        ends = {job.from_instance_id, job.to_instance_id}
        assert step.call.interface_id == job.interface_id
        assert step.call.instance_id is None or step.call.instance_id in ends
        if step.call.attachment_id is not None:
            attachment = case.seen.attachment
            assert attachment is not None
            assert step.call.attachment_id == attachment.id
            assert attachment.instance_id in ends
        assert not step.call.force or job.force_after_s is not None


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_an_end_says_where_the_interface_was_seen(case: Case) -> None:
    step = decide.decide(case)

    if isinstance(step, Finish) and step.state is not State.CANCELLED:
        job, attachment = case.job, case.seen.attachment
        is_target = step.state is State.SUCCEEDED
        end = job.to_instance_id if is_target else job.from_instance_id
        holder = attachment.instance_id if attachment else None
        is_same_end = job.from_instance_id == job.to_instance_id
        assert holder == end or is_same_end or end is None
