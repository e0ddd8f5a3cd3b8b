"""Who signed in, or tried to."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SignInOutcome(models.TextChoices):
    IN = "in", "Signed in"
    ASKED = "asked", "Right password; a code was asked for"
    OUT = "out", "Signed out"
    WRONG_PASSWORD = "wrong_password", "Wrong password"
    WRONG_CODE = "wrong_code", "Wrong code"
    RECOVERY = "recovery", "Signed in with a recovery code"
    LOCKED_OUT = "locked_out", "Locked out for a while"
    SET_UP = "set_up", "Two-step sign-in set up"
    NEW_CODES = "new_codes", "New recovery codes made"
    RESET = "reset", "Two-step sign-in reset"


class SignIn(models.Model):
    """One step of somebody's signing in, of an account that there is. PostgreSQL refuses any change.

    What is typed for a name that no account has is not kept: it may be a password.
    """

    at = models.DateTimeField("when")
    # An account may go; its name stays.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    username = models.CharField("who", max_length=150)
    outcome = models.CharField("what", max_length=20, choices=SignInOutcome)
    address = models.GenericIPAddressField("connection", null=True, blank=True)
    browser = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "sign-in"
        indexes = [
            models.Index(fields=("user", "-at"), name="clinic_signin_user"),
            models.Index(fields=("-at",), name="clinic_signin_at"),
        ]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_outcome_known",
                condition=Q(outcome__in=SignInOutcome.values),
                violation_error_code="outcome_known",
                violation_error_message="This kind of entry is not known.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.get_outcome_display().lower()}"
