"""User, Workspace, Membership, Invitation, ApiToken, Contact."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from arcada.core.access import Role, WorkspaceKind
from arcada.core.decisions import ASPECTS
from arcada.core.plans import Tier
from arcada.core.standing import Level, Standing


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in; the e-mail is the name. Never deleted (N21), only made inactive."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, default="en")
    notation = models.CharField(max_length=16, default="fdi")  # how tooth numbers are shown
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    # What the licences and the moderation decided, kept here because every request asks for it.
    level = models.CharField(
        max_length=24, default=Level.EMAIL.value, choices=[(v.value, v.value) for v in Level]
    )
    level_until = models.DateTimeField(null=True)
    standing = models.CharField(
        max_length=16, default=Standing.GOOD.value, choices=[(s.value, s.value) for s in Standing]
    )
    is_staff = models.BooleanField(default=False)  # of the operator: reviews, moderates; sees no patient

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"user {self.id}"

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()


class Workspace(models.Model):
    """A clinic (a sole practice is a clinic of one), a lab or a manufacturing lab."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=24, choices=[(k.value, k.value) for k in WorkspaceKind])
    name = models.CharField(max_length=120)
    brand_name = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    privacy_mode = models.CharField(max_length=16, default="clinical")  # clinical | deidentified
    default_standard = models.CharField(max_length=64, default="archive-3-2")
    retention_policy = models.CharField(max_length=16, default="archive")  # archive | forget | governed
    tier = models.CharField(
        max_length=16, default=Tier.SUBSCRIBER.value, choices=[(t.value, t.value) for t in Tier]
    )
    tier_ends_at = models.DateTimeField(null=True)
    standing = models.CharField(
        max_length=16, default=Standing.GOOD.value, choices=[(s.value, s.value) for s in Standing]
    )
    session_policy = models.CharField(max_length=16, default="standard")  # standard | clinical
    second_factor = models.CharField(max_length=16, default="by_rule")  # by_rule | everyone
    recipients_need_account = models.BooleanField(default=False)  # SL-07
    decision_aspects = models.JSONField(default=list)  # what is decided apart; empty: the shipped list
    decision_quorum = models.PositiveSmallIntegerField(default=1)  # how many people have to approve
    next_patient = models.PositiveIntegerField(default=1)
    next_case = models.PositiveIntegerField(default=1)
    next_share = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"workspace {self.id}"

    @property
    def shown_name(self) -> str:
        return self.brand_name or self.name

    @property
    def aspects(self) -> list[str]:
        return list(self.decision_aspects) or list(ASPECTS)


class Membership(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    is_active = models.BooleanField(default=True)
    suspended_at = models.DateTimeField(null=True)  # by the workspace; back again without a new invitation
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="accounts_one_membership")]


class Invitation(models.Model):
    """An invitation into a workspace; the row keeps only the token's hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A machine's key of one person in one workspace: prefix shown, SHA-256 stored, secret shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12)
    token_hash = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(null=True)  # list of permissions; null = all of the role
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Contact(models.Model):
    """The address book of a workspace; it learns from every share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254)
    shares = models.PositiveIntegerField(default=0)
    last_shared_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "email"], name="accounts_one_contact")]


class Plan(models.Model):
    """What the operator offers: limits and price are data, never code."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=48, unique=True)
    name = models.CharField(max_length=120)
    tier = models.CharField(max_length=16, choices=[(t.value, t.value) for t in Tier])
    quota_bytes = models.BigIntegerField(null=True)  # null: unmetered
    seats = models.PositiveIntegerField(null=True)
    days = models.PositiveIntegerField(null=True)  # how long a trial lasts
    price_minor = models.PositiveIntegerField(default=0)  # a month, in the currency's smallest unit
    currency = models.CharField(max_length=3, blank=True)
    is_offered = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"plan {self.code}"


class Subscription(models.Model):
    """A workspace's plan from one day to another, at the price that was agreed then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    price_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, blank=True)
    started_at = models.DateTimeField()
    billed_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(ended_at=None), name="accounts_one_subscription"
            )
        ]


class Bill(models.Model):
    """A month of a subscription; how it is paid is the payment port's matter."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=32, unique=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    price_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, blank=True)
    reference = models.CharField(max_length=120, blank=True)  # of the payment port
    paid_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "from_at"], name="accounts_one_bill_a_month")
        ]
