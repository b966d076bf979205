"""One fault: which calls it concerns, when it is its turn, what it does."""

import random
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ec2sim import values
from ec2sim.values import BadControl

REFUSE = "refuse:"
CODE = re.compile("[A-Za-z0-9.]+")
BARE_BEFORE = "http:"
BARE_AFTER = "http-after:"
KINDS = (
    "throttle",
    "unauthorized",
    "error-before",
    "error-after",
    "drop-before",
    "drop-after",
    "late",
    "slow",
    "latency",
    "garbage",
)
DELAYED = ("slow", "latency")
FORBIDDING = ("unauthorized", "refuse:UnauthorizedOperation")
# Each of these narrows a fault to calls of that account, region and so on.
SCOPES = ("account", "region", "zone", "instance", "session", "resource")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A call as the plan sees it, with all that its bonds stand for."""

    action: str
    account: str
    region: str
    session: str | None = None
    resources: Collection[str] = ()
    instances: Collection[str] = ()
    zones: Collection[str] = ()


@dataclass(slots=True, kw_only=True)
class Fault:
    """One line of the plan.

    `seen` counts the calls that it concerns, `fired` those it has struck, and
    `passed` those that its probability has let go.
    """

    id: str
    action: str
    kind: str
    account: str | None = None
    region: str | None = None
    zone: str | None = None
    instance: str | None = None
    session: str | None = None
    resource: str | None = None
    nth: int | None = None
    times: int | None = None
    probability: float | None = None
    delay_s: float = 0.0
    message: str | None = None
    seed: int = 0
    seen: int = 0
    fired: int = 0
    passed: int = 0
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def concerns(self, target: Target) -> bool:
        """Whether a call is one of those that this fault may strike."""
        return (
            fnmatchcase(target.action, self.action)
            and self.account in (None, target.account)
            and self.region in (None, target.region)
            and self.session in (None, target.session)
            and (self.resource is None or self.resource in target.resources)
            and (self.instance is None or self.instance in target.instances)
            and (self.zone is None or self.zone in target.zones)
        )

    def meet(self) -> tuple[bool, str]:
        """Whether it strikes the call that it has just met, and why or why not.

        One lot is drawn for every call it concerns, so that what happens to the fifth
        depends on nothing but the seed.
        """
        self.seen += 1
        drawn = self.chance.random() if self.probability is not None else 0.0
        if self.is_spent():
            return False, "spent"
        if self.nth is not None and self.seen < self.nth:
            return False, "not yet"
        if self.probability is not None and drawn >= self.probability:
            self.passed += 1
            return False, "chance"
        return True, "struck"

    def is_spent(self) -> bool:
        """Whether it has struck as often as it was told to."""
        return self.times is not None and self.fired >= self.times

    def shown(self) -> dict[str, Any]:
        """The fault as the control door shows it."""
        return {
            name: getattr(self, name) for name in self.__slots__ if name != "chance"
        }


def read(given: Mapping[str, Any], *, number: int, seed: int) -> Fault:
    """The fault that a control asks for. Raises BadControl."""
    known = ("action", "kind", "nth", "times", "probability", "delay_s", "message")
    values.only(given, *known, "seed", *SCOPES)
    kind = values.text(given, "kind")
    _check_kind(kind)
    own_seed = given.get("seed")
    if own_seed is not None and (
        isinstance(own_seed, bool) or not isinstance(own_seed, int)
    ):
        raise BadControl("seed: expected a whole number")
    delay_s = values.number(given, "delay_s") or 0.0
    if kind in DELAYED and not delay_s:
        raise BadControl(f"delay_s: a {kind} fault needs one, above 0")
    nth, times = values.count(given, "nth"), values.count(given, "times")
    if nth is not None and times is None:
        times = 1
    seed = seed if own_seed is None else own_seed
    return Fault(
        id=f"fault-{number}",
        action=values.text(given, "action"),
        kind=kind,
        account=values.text_or_none(given, "account"),
        region=values.text_or_none(given, "region"),
        zone=values.text_or_none(given, "zone"),
        instance=values.text_or_none(given, "instance"),
        session=values.text_or_none(given, "session"),
        resource=values.text_or_none(given, "resource"),
        nth=nth,
        times=times,
        probability=values.number(given, "probability", at_most=1),
        delay_s=delay_s,
        message=values.text_or_none(given, "message"),
        seed=seed,
        chance=random.Random(seed if own_seed is not None else f"{seed} {number}"),
    )


def _check_kind(kind: str) -> None:
    for prefix in (BARE_BEFORE, BARE_AFTER):
        if kind.startswith(prefix):
            status = kind.removeprefix(prefix)
            if not (status.isdecimal() and status.isascii()):
                raise BadControl(f"kind: {prefix} needs a status from 400 to 599")
            if not 400 <= int(status[:4]) <= 599:
                raise BadControl(f"kind: {prefix} needs a status from 400 to 599")
            return
    if kind.startswith(REFUSE):
        if not CODE.fullmatch(kind.removeprefix(REFUSE)):
            raise BadControl(f"kind: {REFUSE} needs a code of letters, digits and dots")
        return
    if kind not in KINDS:
        others = f"refuse:CODE, {BARE_BEFORE}STATUS, {BARE_AFTER}STATUS"
        raise BadControl(f"kind: expected {others} or one of {', '.join(KINDS)}")
