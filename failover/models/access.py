"""Who may come in: users with a role, grants, API tokens, remembered start calls."""

import uuid

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import Q

from failover.models.accounts import Account


class Role(models.TextChoices):
    """Each role may do all that the ones before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMIN = "admin"


class User(AbstractUser):
    """A person or a service account. Without a role nothing is allowed.

    `role` counts everywhere; grants add roles for a part of what there is.
    """

    role = models.CharField(max_length=16, choices=Role.choices, blank=True, default="")
    # In which zone times are shown: "" is UTC, `browser` follows the browser.
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="user_role_is_known",
                condition=models.Q(role__in=["", *Role.values]),
            )
        ]


class Scope(models.TextChoices):
    """What a grant is good for."""

    ALL = "all"
    ACCOUNT = "account"
    TAG = "tag"


class Grant(models.Model):
    """A role for a user or a group: everywhere, in an account, or for tagged pairs."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="grants"
    )
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, related_name="grants"
    )
    role = models.CharField(max_length=16, choices=Role.choices)
    scope = models.CharField(max_length=16, choices=Scope.choices)
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, related_name="+"
    )
    tag_key = models.CharField(max_length=128, blank=True, default="")
    tag_value = models.CharField(max_length=256, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_grant_is_for_a_user_or_a_group",
                condition=Q(user__isnull=True) ^ Q(group__isnull=True),
            ),
            models.CheckConstraint(
                name="a_grant_says_what_it_is_good_for",
                condition=(
                    Q(scope="all", account__isnull=True, tag_key="")
                    | Q(scope="account", account__isnull=False, tag_key="")
                    | (Q(scope="tag", account__isnull=True) & ~Q(tag_key=""))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.scope})"


class ApiToken(models.Model):
    """`sb_<public id>_<secret>`; only the SHA-256 of the secret is kept."""

    public_id = models.CharField(max_length=16, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=64, blank=True, default="")
    # What it may do at most; never more than its user's role at the time of use.
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # Networks that it may come from, as CIDRs; empty: from anywhere.
    source_nets = models.JSONField(default=list, db_default=[])
    # Who made it: an administrator may, in somebody else's name.
    made_by = models.CharField(max_length=150, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"sb_{self.public_id}"


class IdempotencyRecord(models.Model):
    """The stored answer of one start call, replayed byte for byte for 24 hours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=255)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    # Null while the first request is still at work.
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True, default="")
    location = models.CharField(max_length=255, blank=True, default="")
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "path", "key"], name="one_answer_per_idempotency_key"
            )
        ]

    def __str__(self) -> str:
        return self.key
