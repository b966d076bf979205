"""The picture of a pair: frames, both ends, what moves, and the same as a list.

The drawing is 880 by 448. What moves is drawn over the primary and pushed to its place
by a class, so that the style sheet can let it travel there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from failover.services import words
from failover.services.surroundings import End, Surroundings
from failover.services.views import InterfaceView, JobView, PairView
from failover.web.presenters import badges, resources
from failover.web.presenters.badges import Badge
from failover.web.presenters.texts import short

# How many characters of each size a box holds.
WIDE, NARROW = 30, 42
# Left edges and widths of the two columns, and of one frame around both.
COLUMNS = ((40, 384), (456, 384))
BOTH = (40, 800)
CENTRES = (232, 648)
# What the picture says, in a sentence that begins with what moves.
CAPTIONS: Mapping[str, str] = {
    "mixed": "leads partly to one instance, partly to the other.",
    "leaving": "{verb} {at}, and is on its way to {to}.",
    "dark": "{verb} neither instance now; it is on its way to {to}.",
    "arriving": "{verb} {at}; that is being verified.",
    "still": "{verb} {at}; a swap moves it to {to}.",
    "unknown": "has not been seen yet.",
    "free": "{verb} neither instance.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A zone or a subnet: a rectangle with a label."""

    x: int
    width: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One instance with what lies at the pair's index."""

    key: str
    x: int
    centre: int
    role: str
    name: str
    id: str
    state: Badge
    detail: str
    slot: str
    # Where an address or a route leads to; empty for `eni`, which is that itself.
    interface: str
    is_active: bool
    # Of the way down to it.
    wire: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What moves: two lines, and what rides on it."""

    title: str
    label: str
    rider: str
    # The route tables of a destination, two of them by name.
    below: str
    # Where it is: at-primary, at-standby or between.
    place: str
    top: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def middle(self) -> int:
        return self.top + self.height // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """The picture, and the same in words."""

    strategy: str
    # still, leaving, dark, arriving, free, mixed or unknown.
    state: str
    vpc: str
    subnet_ids: tuple[str, ...]
    zones: tuple[Frame, ...]
    subnets: tuple[Frame, ...]
    boxes: tuple[Box, Box]
    card: Card
    # Where it would go, or goes: the key of a box; empty where nobody can say.
    goal: str
    wire_end: int
    caption: str
    lines: tuple[str, ...]

    @property
    def is_moving(self) -> bool:
        return self.state in ("leaving", "dark", "arriving")

    @property
    def arrow_class(self) -> str:
        """Which way the arrow between the columns points."""
        return f"to-{self.goal}" if self.goal else "is-hidden"


def topology(
    pair: PairView, around: Surroundings, *, job: JobView | None = None
) -> Topology:
    """The picture as last seen; `job` is the one at work, if any."""
    state, goal = _state(pair, job), _goal(pair, job)
    primary = _box(pair, around.primary, 0, state=state, goal=goal)
    standby = _box(pair, around.standby, 1, state=state, goal=goal)
    caption = _caption(pair, primary, standby, state=state, goal=goal)
    card = _card(pair, around.floating, state)
    return Topology(
        strategy=pair.strategy,
        state=state,
        vpc=around.vpc_id,
        subnet_ids=_subnet_ids(around),
        zones=_frames(_zone_of(around.primary), _zone_of(around.standby), 16),
        subnets=_frames(_subnet_of(around.primary), _subnet_of(around.standby), 0),
        boxes=(primary, standby),
        card=card,
        goal=goal,
        wire_end=296 if pair.strategy == "eni" else 228,
        caption=caption,
        lines=_lines(pair, around, caption),
    )


def _state(pair: PairView, job: JobView | None) -> str:
    if pair.is_mixed:
        return "mixed"
    if job is not None:
        if pair.active_instance_id is None:
            return "dark"
        is_there = pair.active_instance_id == job.aim_instance_id
        return "arriving" if is_there else "leaving"
    if pair.active_instance_id is not None:
        return "still"
    return "unknown" if pair.observed_at is None else "free"


def _goal(pair: PairView, job: JobView | None) -> str:
    """Where it goes: the job's aim, else what a swap would choose."""
    target = job.aim_instance_id if job else pair.passive_instance_id
    if target is None and not job:
        target = pair.desired_instance_id or pair.primary_instance_id
    if target == pair.primary_instance_id:
        return "primary"
    return "standby" if target == pair.standby_instance_id else ""


def _place(pair: PairView, state: str) -> str:
    if state in ("dark", "free", "mixed", "unknown") or pair.strategy == "route":
        return "between"
    is_primary = pair.active_instance_id == pair.primary_instance_id
    return "at-primary" if is_primary else "at-standby"


def _box(pair: PairView, end: End, column: int, *, state: str, goal: str) -> Box:
    key = ("primary", "standby")[column]
    seen = end.instance
    is_active = pair.active_instance_id == end.instance_id
    checks = seen.status_checks if seen else {}
    health = badges.for_status_checks(
        checks.get("system", ""), checks.get("instance", "")
    )
    badge = (
        badges.for_instance(seen.state) if seen else badges.make("Not seen", "quiet")
    )
    detail = (health.word if seen.state == "running" else "", seen.type) if seen else ()
    name = (seen.name if seen else "") or end.instance_id
    return Box(
        key=key,
        x=COLUMNS[column][0] + 32,
        centre=CENTRES[column],
        role=f"{key.capitalize()} · {'active' if is_active else 'passive'}",
        name=short(name, WIDE),
        id=end.instance_id,
        state=badge,
        detail=" · ".join(part for part in detail if part),
        slot=_slot(pair, end),
        interface="" if pair.strategy == "eni" else _target(pair, end),
        is_active=is_active,
        wire=_wire(is_active=is_active, is_goal=key == goal, state=state),
    )


def _wire(*, is_active: bool, is_goal: bool, state: str) -> str:
    if state == "mixed":
        return "is-live is-mixed"
    if is_active:
        return "is-live"
    if is_goal and state in ("leaving", "dark"):
        return "is-moving"
    return "is-idle" if is_goal else "is-hidden"


def _slot(pair: PairView, end: End) -> str:
    """What the index of the pair holds at this end."""
    if end.instance is None:
        return ""
    index = f"Device {pair.device_index}"
    if end.interface is None:
        return f"{index} free" if pair.strategy == "eni" else f"{index} empty"
    if end.interface.id == pair.network_interface_id:
        return f"{index} in use"
    return f"{index}: {end.interface.id}" if pair.strategy == "eni" else ""


def _target(pair: PairView, end: End) -> str:
    if end.interface is None:
        return f"No interface at device {pair.device_index}"
    return f"{end.interface.id} · {end.interface.private_ip}"


def _card(pair: PairView, floating: InterfaceView | None, state: str) -> Card:
    place, moved, below = _place(pair, state), resources.resource(pair), ""
    match pair.strategy:
        case "eip":
            name = ("Elastic IP", pair.resource_name or moved.id)
            title, label, rider = pair.public_ip or moved.id, " · ".join(name), ""
            top, height = 12, 60
        case "private-ip":
            title, label = moved.id, "Secondary private address"
            rider, top, height = pair.public_ip, 146, 56
        case "route":
            title, label, rider = moved.id, f"Route in {moved.beside[0]}", ""
            below = _beside_first(moved.beside)
            top, height = 8, 68
        case _:
            title, label, rider = _interface_card(pair, floating)
            top, height = 150, 78
    return Card(
        title=short(title, WIDE),
        label=short(label, NARROW),
        rider=rider,
        below=below,
        place=place,
        top=top,
        height=height,
    )


def _interface_card(
    pair: PairView, floating: InterfaceView | None
) -> tuple[str, str, str]:
    """The interface by its id, its addresses, and its Elastic IPs."""
    entries = floating.private_ips if floating else ()
    private = [str(e["address"]) for e in entries] or [pair.seen_private_ip]
    public = [str(e["public_ip"]) for e in entries if e.get("public_ip")]
    public = public or ([pair.public_ip] if pair.public_ip else [])
    name = short(pair.resource_name, 16)
    label = " · ".join(part for part in (name, _some(private)) if part)
    return pair.network_interface_id or "", label, _some(public)


def _beside_first(tables: Sequence[str]) -> str:
    """The second table, and how many more."""
    more = f" and {len(tables) - 2} more" if len(tables) > 2 else ""
    return f"and {tables[1]}{more}" if len(tables) > 1 else ""


def _some(addresses: Sequence[str]) -> str:
    """The first, and how many more."""
    if len(addresses) < 2:
        return "".join(addresses)
    return f"{addresses[0]} +{len(addresses) - 1}"


def _zone_of(end: End) -> str:
    zone = end.instance.availability_zone if end.instance else ""
    return f"Zone {zone}" if zone else "Zone not known yet"


def _subnet_of(end: End) -> str:
    parts = (short(end.subnet_name, 14), end.subnet_id, end.cidr_block)
    return " · ".join(p for p in parts if p) or "Subnet not known yet"


def _frames(primary: str, standby: str, margin: int) -> tuple[Frame, ...]:
    """One frame around both ends where they share it, else one for each."""
    shown = (
        [(BOTH, primary)]
        if primary == standby
        else zip(COLUMNS, (primary, standby), strict=True)
    )
    return tuple(
        Frame(x=x - margin, width=width + 2 * margin, label=label)
        for (x, width), label in shown
    )


def _subnet_ids(around: Surroundings) -> tuple[str, ...]:
    """The primary's first; one where both are in it."""
    seen = (around.primary.subnet_id, around.standby.subnet_id)
    return tuple(dict.fromkeys(i for i in seen if i))


def _caption(
    pair: PairView, primary: Box, standby: Box, *, state: str, goal: str
) -> str:
    noun = words.noun(pair.strategy)
    subject = f"{noun[0].upper()}{noun[1:]} {resources.resource(pair).id}"
    boxes = {"primary": primary, "standby": standby}
    target = boxes.get(goal)
    to = f"{target.name} ({target.id})" if target else "the other instance"
    holder = next((b for b in (primary, standby) if b.is_active), None)
    at = f"{holder.name} ({holder.id})" if holder else "neither instance"
    verb = "is attached to" if pair.strategy == "eni" else "leads to"
    said = CAPTIONS[state].format(verb=verb, at=at, to=to)
    return f"{subject} {said}"


def _lines(pair: PairView, around: Surroundings, caption: str) -> tuple[str, ...]:
    """What the picture says, one thing a line."""
    found = [caption]
    if around.floating is not None:
        for entry in around.floating.private_ips:
            public = entry.get("public_ip")
            rides = f", with Elastic IP {public}" if public else ""
            found.append(f"Private address {entry['address']}{rides}.")
    if pair.strategy == "route":
        found.append(f"In {', '.join(pair.route_table_ids)}.")
    for role, end in (("Primary", around.primary), ("Standby", around.standby)):
        found.append(_end_line(pair, role, end))
    if around.vpc_id:
        found.append(f"All of it is in {around.vpc_id}.")
    return tuple(found)


def _end_line(pair: PairView, role: str, end: End) -> str:
    seen = end.instance
    if seen is None:
        return f"{role} {end.instance_id}: not seen yet."
    name = f"{short(seen.name)} ({seen.id})" if seen.name else seen.id
    leads = "" if pair.strategy == "eni" else f", interface {_target(pair, end)}"
    slot = f", {_slot(pair, end).lower()}" if pair.strategy == "eni" else ""
    return (
        f"{role} {name}: {badges.for_instance(seen.state).word.lower()}, in"
        f" {_zone_of(end).lower()}, {_subnet_of(end)}{slot}{leads}."
    )
