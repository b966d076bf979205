"""Second factors of a user: what there is, what is demanded, taking them away."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from failover.models import Role, User
from failover.services import access, refusals, telling
from failover.services.access import Actor

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def list_of(user_id: int) -> QuerySet[Authenticator]:
    """The user's authenticator app, keys and recovery codes."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user_id)
    return rows.order_by("pk")


def has_any(user_id: int) -> bool:
    """Whether signing in asks for more than a password."""
    return list_of(user_id).filter(type__in=FACTORS).exists()


def is_demanded(user: User, actor: Actor) -> bool:
    """Whether the house demands a second factor of this user who has none."""
    wanted = settings.MFA_REQUIRED_FROM
    if not wanted or not actor.may(wanted):
        return False
    # Who comes from an identity provider has shown theirs there.
    return user.has_usable_password() and not has_any(user.pk)


def reset(*, user: User, actor: Actor) -> int:
    """Take all second factors of a user away who has lost them; how many there were.

    Raises Forbidden, ConfirmIdentity.
    """
    access.require_everywhere(actor, Role.ADMIN.value)
    if actor.token_id:
        raise refusals.Forbidden(detail="A token cannot take second factors away.")
    if not actor.is_fresh:
        raise refusals.ConfirmIdentity
    with transaction.atomic():
        gone, _ = list_of(user.pk).delete()
        subject = f"user/{user.get_username()}"
        telling.record(actor, "user.second_factors", subject, after={"removed": gone})
    return gone
