"""Who is asking and what they may do: roles, and where they count. Deny is the default.

A role counts everywhere, or by a grant in an account or for tagged pairs. `scoping`
turns grants into rows; `tokens` and `users` make and change who may ask.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q

from failover.models import Grant, Role, User
from failover.models import Scope as GrantScope
from failover.services import refusals

Trigger = Literal["ui", "api", "cli", "auto", "guard", "schedule"]

ROLES: tuple[str, ...] = tuple(Role.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """A role that counts in one account, or for the pairs with one tag."""

    role: str
    account_id: int | None = None
    tag: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, from where, and with which roles at this moment.

    `role` counts everywhere, `grants` add to it. `is_fresh`: a person has shown who
    they are in the last minutes; whoever has no session to steal counts as fresh.
    """

    name: str
    role: str
    user_id: int | None = None
    token_id: str = ""
    source_ip: str = ""
    trigger: Trigger = "ui"
    grants: tuple[Scoped, ...] = ()
    is_fresh: bool = True

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def pk(self) -> int | None:
        return self.user_id

    @property
    def is_person(self) -> bool:
        """Whether somebody asks, and not a token or one of our own processes."""
        return not self.token_id and self.trigger in ("ui", "api", "cli")

    @property
    def best_role(self) -> str:
        """The highest role that the actor has anywhere; empty for none."""
        return highest(self.role, *(grant.role for grant in self.grants))

    def may(self, role: str) -> bool:
        """Whether some role of the actor contains `role`, wherever it counts."""
        return contains(self.best_role, role)

    def may_everywhere(self, role: str) -> bool:
        """Whether the actor has `role` without any limit of scope."""
        return contains(self.role, role)

    def may_in_an_account(self, role: str) -> bool:
        """Whether the actor has `role` on more than tagged pairs: on EC2's things."""
        return self.may_everywhere(role) or any(
            contains(grant.role, role) and grant.account_id is not None
            for grant in self.grants
        )

    def may_in(
        self,
        role: str,
        *,
        account_id: int | None,
        tags: Mapping[str, str] | None = None,
    ) -> bool:
        """Whether `role` counts in the account, or for a pair there with these tags."""
        if self.may_everywhere(role):
            return True
        return any(
            contains(grant.role, role) and _covers(grant, account_id, tags or {})
            for grant in self.grants
        )


GUARD = Actor(name="guard", role=Role.OPERATOR.value, trigger="guard")


def contains(role: str, wanted: str) -> bool:
    """Whether a role may all that `wanted` may; an unknown one contains nothing."""
    if role not in ROLES or wanted not in ROLES:
        return False
    return ROLES.index(role) >= ROLES.index(wanted)


def highest(*roles: str) -> str:
    """The role that contains all the others; empty if there is none."""
    known = [ROLES.index(role) for role in roles if role in ROLES]
    return ROLES[max(known)] if known else ""


def lesser(one: str, other: str) -> str:
    """The role that both contain; empty if either is none."""
    if one not in ROLES or other not in ROLES:
        return ""
    return ROLES[min(ROLES.index(one), ROLES.index(other))]


def require(actor: Actor | None, role: str) -> Actor:
    """The actor, if it has the role anywhere. Raises Anonymous or Forbidden."""
    if actor is None:
        raise refusals.Anonymous
    if not actor.may(role):
        raise refusals.Forbidden(role=role)
    return actor


def require_everywhere(actor: Actor, role: str) -> Actor:
    """The actor, if its role knows no limit of scope. Raises Forbidden."""
    if not actor.may_everywhere(role):
        raise refusals.Forbidden(detail=f"This needs the role {role} everywhere.")
    return actor


def require_in(
    actor: Actor,
    role: str,
    *,
    account_id: int | None,
    tags: Mapping[str, str] | None = None,
) -> Actor:
    """The actor, if the role counts there. Raises Forbidden."""
    if not actor.may_in(role, account_id=account_id, tags=tags):
        raise refusals.Forbidden(role=role)
    return actor


def actor_for(
    user: User,
    *,
    source_ip: str = "",
    trigger: Trigger = "ui",
    is_fresh: bool = False,
) -> Actor:
    """The actor that a signed-in user is, with the roles of this moment."""
    role, grants = roles_of(user)
    return Actor(
        name=user.get_username(),
        user_id=user.pk,
        role=role,
        grants=grants,
        source_ip=source_ip,
        trigger=trigger,
        is_fresh=is_fresh,
    )


def roles_of(user: User) -> tuple[str, tuple[Scoped, ...]]:
    """The role that counts everywhere, and those that count for a part."""
    if not user.is_active:
        return "", ()
    mine = Q(user_id=user.pk) | Q(group__user=user.pk)
    granted = list(Grant.objects.filter(mine).distinct())
    everywhere = [g.role for g in granted if g.scope == GrantScope.ALL]
    return highest(user.role, *everywhere), tuple(_scoped(granted))


def _scoped(granted: Iterable[Grant]) -> Iterable[Scoped]:
    for grant in granted:
        if grant.scope == GrantScope.ACCOUNT:
            yield Scoped(role=grant.role, account_id=grant.account_id)
        elif grant.scope == GrantScope.TAG:
            yield Scoped(role=grant.role, tag=(grant.tag_key, grant.tag_value))


def _covers(grant: Scoped, account_id: int | None, tags: Mapping[str, str]) -> bool:
    if grant.tag is not None:
        key, value = grant.tag
        return tags.get(key) == value
    return grant.account_id is not None and grant.account_id == account_id
