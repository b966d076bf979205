"""Users, their roles and grants: made and changed by administrators alone.

The last administrator stays: whatever would leave nobody who may change roles is
refused. Whoever changes roles shows who they are first.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from failover import wiring
from failover.models import Account, ApiToken, Grant, Role, Scope, User
from failover.services import access, refusals, telling
from failover.services.access import Actor
from failover.services.people import sessions

ADMIN = Role.ADMIN.value


def create_user(*, name: str, role: str, actor: Actor, password: str | None) -> str:
    """Create the user, or set its role and password; the password it has now.

    Without a password one is made. Its sessions end. Raises Forbidden,
    ConfirmIdentity, Invalid, LastAdmin.
    """
    _require_admin(actor)
    chosen = password if password is not None else secrets.token_urlsafe(18)
    with transaction.atomic():
        user = User.objects.filter(username=name).first() or User(username=name)
        before = {"role": user.role} if user.pk else None
        with _keeping_an_admin(actor):
            _fill(user, role=role, password=chosen)
        sessions.end_all(user_id=user.pk)
        subject, after = f"user/{name}", {"role": role}
        telling.record(actor, "user.set", subject, before=before, after=after)
    return chosen


def _fill(user: User, *, role: str, password: str) -> None:
    user.role = role
    user.is_active = True
    user.set_password(password)
    try:
        user.full_clean(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise refusals.Invalid(errors={"user": error.messages}) from error
    user.save()


def get_user(name: str) -> User:
    """By name. Raises NotFound."""
    user = User.objects.filter(username=name).first()
    if user is None:
        raise refusals.NotFound(what="user", id=name)
    return user


def set_role(*, user: User, role: str, actor: Actor) -> None:
    """Give the user another role, effective at once.

    Raises Forbidden, ConfirmIdentity, Invalid, LastAdmin.
    """
    if role and role not in access.ROLES:
        raise refusals.Invalid(errors={"role": ["No such role."]})

    def change() -> dict[str, Any]:
        User.objects.filter(pk=user.pk).update(role=role)
        return {"role": role}

    _change(user, actor, "user.role", before={"role": user.role}, change=change)


def disable(*, user: User, actor: Actor) -> None:
    """Shut the user out at once: no login, no session, no token opens anything.

    Raises Forbidden, ConfirmIdentity, LastAdmin.
    """

    def change() -> dict[str, Any]:
        User.objects.filter(pk=user.pk).update(is_active=False)
        ended = sessions.end_all(user_id=user.pk)
        revoked = ApiToken.objects.filter(user=user, revoked_at=None)
        return {"ended": ended, "revoked": revoked.update(revoked_at=wiring.now())}

    _change(user, actor, "user.disable", change=change)


def enable(*, user: User, actor: Actor) -> None:
    """Let the user in again; tokens and sessions stay ended."""

    def change() -> dict[str, Any]:
        User.objects.filter(pk=user.pk).update(is_active=True)
        return {"active": True}

    _change(user, actor, "user.enable", change=change)


def reset_password(*, user: User, actor: Actor) -> str:
    """A new password, said this once; all sessions of the user end."""
    chosen = secrets.token_urlsafe(18)

    def change() -> dict[str, Any]:
        user.set_password(chosen)
        user.save(update_fields=["password"])
        return {"ended": sessions.end_all(user_id=user.pk)}

    _change(user, actor, "user.password", change=change)
    return chosen


def end_sessions(*, user: User, actor: Actor) -> int:
    """End every session of the user; how many there were.

    One's own without further ado, others' as an administrator.
    """
    if actor.user_id != user.pk:
        access.require_everywhere(actor, ADMIN)
    with transaction.atomic():
        ended = sessions.end_all(user_id=user.pk)
        subject = f"user/{user.get_username()}"
        telling.record(actor, "sessions.end", subject, after={"ended": ended})
    return ended


def change_own_password(*, user: User, password: str, actor: Actor) -> None:
    """Set it, and end every session, this one too. The form has asked for the old."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        after = {"ended": sessions.end_all(user_id=user.pk)}
        subject = f"user/{user.get_username()}"
        telling.record(actor, "user.password", subject, after=after)


def grant(  # noqa: PLR0913 - the fields of a grant, each by name
    *,
    actor: Actor,
    role: str,
    scope: str,
    user: User | None = None,
    group: Group | None = None,
    account: Account | None = None,
    tag: tuple[str, str] = ("", ""),
) -> Grant:
    """Give a user or a group a role: everywhere, in an account, for tagged pairs.

    Raises Forbidden, ConfirmIdentity, Invalid.
    """
    _require_admin(actor)
    _require_sound(role, scope, account, tag)
    row = Grant(
        user=user,
        group=group,
        role=role,
        scope=scope,
        account=account if scope == Scope.ACCOUNT else None,
        tag_key=tag[0] if scope == Scope.TAG else "",
        tag_value=tag[1] if scope == Scope.TAG else "",
        created_at=wiring.now(),
    )
    with transaction.atomic():
        row.save(force_insert=True)
        telling.record(actor, "grant.add", _holder(row), after=as_fields(row))
    return row


def revoke_grant(*, grant: Grant, actor: Actor) -> None:
    """Take the grant back, effective at once.

    Raises Forbidden, ConfirmIdentity, LastAdmin.
    """
    _require_admin(actor)
    with transaction.atomic():
        subject, before = _holder(grant), as_fields(grant)
        with _keeping_an_admin(actor):
            grant.delete()
        telling.record(actor, "grant.remove", subject, before=before)


def set_groups(*, user: User, groups: list[Group], actor: Actor) -> None:
    """Make the user a member of these groups and no others.

    Raises Forbidden, ConfirmIdentity, LastAdmin.
    """
    before = {"groups": sorted(g.name for g in user.groups.all())}

    def change() -> dict[str, Any]:
        user.groups.set(groups)
        return {"groups": sorted(g.name for g in groups)}

    _change(user, actor, "user.groups", before=before, change=change)


def create_group(*, name: str, actor: Actor) -> Group:
    """A group to grant roles to. Raises Forbidden, ConfirmIdentity, Invalid, Exists."""
    _require_admin(actor)
    plain = name.strip()
    if not plain or len(plain) > 150:
        raise refusals.Invalid(errors={"name": ["1 to 150 characters."]})
    if Group.objects.filter(name=plain).exists():
        raise refusals.Exists(what="group", id=plain)
    with transaction.atomic():
        group = Group.objects.create(name=plain)
        telling.record(actor, "group.add", f"group/{plain}")
    return group


def delete_group(*, group: Group, actor: Actor) -> None:
    """Forget the group and what was granted to it.

    Raises Forbidden, ConfirmIdentity, LastAdmin.
    """
    _require_admin(actor)
    subject, before = f"group/{group.name}", {"members": group.user_set.count()}
    with transaction.atomic():
        with _keeping_an_admin(actor):
            group.delete()
        telling.record(actor, "group.remove", subject, before=before)


def as_fields(row: Grant) -> dict[str, Any]:
    """A grant as the audit keeps it."""
    where = {"account": row.account.name} if row.account else {}
    tag = {"tag": f"{row.tag_key}={row.tag_value}"} if row.tag_key else {}
    return {"role": row.role, "scope": row.scope, **where, **tag}


def has_admin() -> bool:
    """Whether anybody is left who may change roles."""
    everywhere = Grant.objects.filter(scope=Scope.ALL, role=ADMIN)
    by_grant = Q(pk__in=everywhere.exclude(user=None).values("user"))
    by_group = Q(groups__in=everywhere.exclude(group=None).values("group"))
    admins = User.objects.filter(Q(role=ADMIN) | by_grant | by_group, is_active=True)
    return admins.exists()


@contextmanager
def _keeping_an_admin(actor: Actor) -> Iterator[None]:
    """Undo what happens inside if it leaves nobody. Raises LastAdmin."""
    if actor.trigger == "cli":
        # Whoever has a shell here can always make another one.
        yield
        return
    # Two administrators who demote each other at once wait for each other here.
    list(User.objects.select_for_update().filter(role=ADMIN).order_by("pk"))
    had_one = has_admin()
    yield
    if had_one and not has_admin():
        raise refusals.LastAdmin


def _change(
    user: User,
    actor: Actor,
    action: str,
    *,
    change: Callable[[], dict[str, Any]],
    before: dict[str, Any] | None = None,
) -> None:
    _require_admin(actor)
    with transaction.atomic():
        with _keeping_an_admin(actor):
            after = change()
        subject = f"user/{user.get_username()}"
        telling.record(actor, action, subject, before=before, after=after)
    user.refresh_from_db()


def _require_admin(actor: Actor) -> None:
    access.require_everywhere(actor, ADMIN)
    if actor.token_id:
        raise refusals.Forbidden(detail="A token cannot change who may do what.")
    if not actor.is_fresh:
        raise refusals.ConfirmIdentity


def _require_sound(
    role: str, scope: str, account: Account | None, tag: tuple[str, str]
) -> None:
    errors: dict[str, list[str]] = {}
    if role not in access.ROLES:
        errors["role"] = ["Choose a role."]
    if scope not in Scope.values:
        errors["scope"] = ["Choose what it is good for."]
    if scope == Scope.ACCOUNT and account is None:
        errors["account"] = ["Choose the account."]
    if scope == Scope.TAG:
        if not tag[0].strip():
            errors["tag"] = ["A tag such as team=web."]
        if role == ADMIN:
            said = (
                "Who administers pairs by tag could tag more of them. Take an account."
            )
            errors["role"] = [said]
    if errors:
        raise refusals.Invalid(errors=errors)


def _holder(row: Grant) -> str:
    if row.user is not None:
        return f"user/{row.user.get_username()}"
    return f"group/{row.group}"
