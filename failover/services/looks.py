"""How the product looks to a person; nothing of it changes what may be done."""

from failover.models import User


def set_time_zone(*, user: User, zone: str) -> None:
    """Show times in this zone from now on: "" is UTC, `browser` the browser's own."""
    User.objects.filter(id=user.pk).update(time_zone=zone)
    user.time_zone = zone
