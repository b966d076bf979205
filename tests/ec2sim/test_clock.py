"""Time: stopped, stepped and scaled; and how long things last in it."""

import statistics
import threading
import time
from typing import Any

import pytest

from ec2sim import server
from ec2sim.config import Config
from ec2sim.timing.clock import LAST_MOMENT
from ec2sim.timing.durations import DEAD_GUEST_S, Durations
from ec2sim.wire import dump
from tests.ec2sim.conftest import FLOATING, PRIMARY, SPARE, STANDBY, SUBNET, Sim

OTHER_ACCOUNT = "210987654321"


def moves(sim: Sim, **wanted: str) -> list[tuple[str, str, float]]:
    """Which resource entered which state when, seconds after the first of them."""
    lines = sim.calls(event="transition", **wanted)
    began_at = lines[0]["at"]
    return [
        (line["resource"], line["to"], round(line["at"] - began_at, 3))
        for line in lines
    ]


def test_while_time_stands_nothing_happens(sim: Sim) -> None:
    sim.detach()

    assert sim.interface()["Attachment"]["Status"] == "detaching"
    sim.advance(2.9)
    assert sim.interface()["Attachment"]["Status"] == "detaching"
    sim.advance(0.1)
    assert sim.interface()["Status"] == "available"


def test_one_advance_lets_everything_happen_at_its_own_moment(sim: Sim) -> None:
    sim.control("config", {"attach_s": 7})
    sim.attach(interface_id=SPARE, index=2)
    sim.detach()
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])

    sim.advance(1000)

    assert moves(sim)[3:] == [
        (FLOATING, "available", 3.0),
        (PRIMARY, "stopped", 3.0),
        (SPARE, "attached", 7.0),
    ]
    assert sim.control("clock")["next_at"] is None


def test_an_advance_keeps_the_order_of_time_across_accounts(sim: Sim) -> None:
    sim.control("seed", {"account": OTHER_ACCOUNT, "pairs": 1})
    state = sim.control("state")["interfaces"]
    bonds = [
        (row["attachment_id"], interface_id)
        for interface_id, row in state.items()
        if row["account"] == OTHER_ACCOUNT and row["device_index"] == 1
    ]
    theirs = sim.client(aws_access_key_id=f"ASIA{OTHER_ACCOUNT}AAAA")
    sim.control("config", {"detach_s": 9})
    sim.detach()
    sim.control("config", {"detach_s": 4})
    theirs.detach_network_interface(AttachmentId=bonds[0][0])

    sim.advance(60)

    assert [(resource, at) for resource, to, at in moves(sim) if to == "available"] == [
        (bonds[0][1], 4.0),
        (FLOATING, 9.0),
    ]
    assert len({line["account"] for line in sim.calls(event="call")}) == 2


def test_time_can_step_to_what_is_due_next(sim: Sim) -> None:
    sim.attach(interface_id=SPARE, index=2)
    sim.detach()
    started = sim.control("clock")

    first = sim.control("clock", {"advance_to_next": True})
    assert sim.interface(SPARE)["Attachment"]["Status"] == "attached"
    assert sim.interface()["Attachment"]["Status"] == "detaching"
    second = sim.control("clock", {"advance_to_next": True})
    assert sim.interface()["Status"] == "available"
    third = sim.control("clock", {"advance_to_next": True})

    assert first["now"] == started["next_at"] == pytest.approx(started["now"] + 2)
    assert second["now"] == pytest.approx(started["now"] + 3)
    assert third["now"] == second["now"]
    assert third["next_at"] is None


def test_a_late_call_begins_at_its_own_moment_within_one_advance(sim: Sim) -> None:
    sim.control(
        "faults",
        {"action": "AttachNetworkInterface", "kind": "late", "delay_s": 30},
    )
    with pytest.raises(Exception, match="Connection was closed"):
        sim.attach(interface_id=SPARE, index=2)
    asked_at = sim.control("clock")["now"]

    sim.advance(100)

    assert [
        line["at"] - asked_at for line in sim.calls(resource=SPARE, event="transition")
    ] == [
        pytest.approx(30),
        pytest.approx(32),
    ]
    line = sim.calls(action="AttachNetworkInterface")[0]
    assert line["effect_at"] == pytest.approx(asked_at + 30)
    assert line["end_at"] == asked_at


def test_the_clock_can_be_moved_from_inside_the_process() -> None:
    with server.start(config=Config(latency_s=0), sown={"article": True}) as running:
        running.world.clock.set(mode="manual")
        sim = Sim(running)
        sim.detach()

        running.world.clock.set(advance_s=3)

        assert (
            dump.state(running.world)["interfaces"][FLOATING]["status"] == "available"
        )
        sim.ec2.close()


def test_scaled_time_runs_ahead(live: Sim) -> None:
    live.control("config", {"detach_s": 100})
    freed = threading.Event()
    for region in live.running.world.regions():
        region.interfaces.watchers.append(
            lambda _old, new: freed.set() if new and not new.attachment else None
        )
    live.control("clock", {"scale": 1000})

    live.detach()

    assert freed.wait(5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "slow"},
        {"mode": ["real"]},
        {"scale": 0},
        {"scale": "fast"},
        {"scale": 10**400},
        {"advance_s": -1},
        {"advance_s": True},
        {"advance_s": 1, "advance_to_next": True},
        {"advance_to_next": "yes"},
        {"speed": 1},
    ],
)
def test_a_wrong_clock_is_refused_by_name(sim: Sim, wrong: dict[str, Any]) -> None:
    assert sim.refused_control("clock", wrong).split(":")[0] in wrong


def test_a_reset_brings_the_machines_own_time_back(sim: Sim) -> None:
    sim.control("clock", {"scale": 60, "advance_s": 3600})
    sim.control("reset", {})

    clock = sim.control("clock")

    assert (clock["mode"], clock["scale"]) == ("real", 1.0)
    assert abs(clock["now"] - time.time()) < 60


def test_time_ends_before_the_calendar_does(sim: Sim) -> None:
    far_s = LAST_MOMENT - sim.control("clock")["now"]
    for _ in range(int(far_s / 1e9)):
        sim.control("clock", {"advance_s": 1e9})

    assert sim.refused_control("clock", {"advance_s": 1e9}).startswith("advance_s:")
    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(3)
    assert sim.calls(event="transition", resource=PRIMARY, to="stopped")


def test_all_that_one_call_does_has_one_moment(live: Sim) -> None:
    made = live.ec2.run_instances(
        ImageId=live.ec2.describe_images()["Images"][0]["ImageId"],
        MinCount=20,
        MaxCount=20,
        SubnetId=SUBNET,
    )["Instances"]

    line = live.calls(action="RunInstances")[0]
    begun = {each["at"] for each in live.calls(event="transition", to="pending")}

    assert len(made) == 20
    assert begun == {line["effect_at"]}


def test_drawn_times_have_the_median_and_the_tail_that_they_are_told() -> None:
    durations = Durations(Config(distribution="lognormal"), 1)

    attaches = sorted(durations.attach_s(f"eni-{n}") for n in range(20_000))
    detaches = sorted(durations.detach_s(f"eni-{n}") for n in range(20_000))

    assert statistics.median(attaches) == pytest.approx(2, rel=0.05)
    assert attaches[int(0.99 * 20_000)] == pytest.approx(15, rel=0.15)
    assert statistics.median(detaches) == pytest.approx(4, rel=0.05)
    from_dead = [each for each in detaches if each > DEAD_GUEST_S[0]]
    assert 0.003 < len(from_dead) / 20_000 < 0.008
    assert max(attaches) < DEAD_GUEST_S[0]


def test_what_is_drawn_depends_on_the_seed_and_not_on_the_order() -> None:
    config = Config(distribution="lognormal")
    one, other, third = (Durations(config, seed) for seed in (1, 1, 2))

    forth = {name: one.attach_s(name) for name in ("eni-1", "eni-2", "eni-3")}
    back = {name: other.attach_s(name) for name in ("eni-3", "eni-2", "eni-1")}

    assert forth == back
    assert len(set(forth.values())) == 3
    assert one.attach_s("eni-1") != forth["eni-1"]
    assert third.attach_s("eni-1") != forth["eni-1"]


def test_jitter_keeps_to_its_bounds() -> None:
    durations = Durations(Config(jitter=0.3), 1)

    drawn = [durations.detach_s(f"eni-{n}") for n in range(2000)]

    assert 2.1 <= min(drawn) < 2.2
    assert 3.8 < max(drawn) <= 3.9


def test_an_instance_can_have_times_of_its_own(sim: Sim) -> None:
    sim.control("config", {"distribution": "lognormal"})
    shown = sim.control(f"instances/{STANDBY}", {"attach_s": 11, "detach_s": 0.5})
    assert (shown["attach_s"], shown["detach_s"]) == (11, 0.5)

    sim.attach(interface_id=SPARE, index=1)
    sim.advance(11)
    sim.detach(SPARE)
    sim.advance(0.5)

    assert [at for _, _, at in moves(sim, resource=SPARE)] == [0, 11, 11, 11.5]
    back = sim.control(f"instances/{STANDBY}", {"attach_s": None})
    assert (back["attach_s"], back["detach_s"]) == (None, 0.5)


def test_a_dead_guest_holds_on_for_minutes_unless_forced_or_stopped(sim: Sim) -> None:
    sim.control("config", {"distribution": "lognormal", "dead_guest": 0})
    sim.control(f"instances/{PRIMARY}", {"guest": "dead"})
    sim.detach()
    sim.advance(DEAD_GUEST_S[0])
    assert sim.interface()["Attachment"]["Status"] == "detaching"

    sim.ec2.stop_instances(InstanceIds=[PRIMARY])
    sim.advance(3)

    assert sim.interface()["Status"] == "available"


def test_force_frees_from_a_dead_guest_in_an_ordinary_time(sim: Sim) -> None:
    sim.control("config", {"distribution": "lognormal", "dead_guest": 1})
    sim.control("config", {"detach_p99_s": 5})
    bond = sim.detach()
    sim.advance(60)
    assert sim.interface()["Attachment"]["Status"] == "detaching"

    sim.ec2.detach_network_interface(AttachmentId=bond, Force=True)
    sim.advance(60)

    assert sim.interface()["Status"] == "available"
