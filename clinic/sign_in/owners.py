"""Who runs the clinic's site, and how much each account may do to others."""

from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

OWNER = "Owner"
SUPERUSER = 2
LAST_OWNER = (
    "This is the only account that can run the clinic’s site, so it stays as it is. Make another "
    "owner first: an account that is active, is staff, has a password, and is in the group “Owner”."
)


def owners() -> QuerySet[User]:
    """Return the accounts that can sign in and give others access."""
    return (
        User.objects.filter(is_active=True, is_staff=True)
        .filter(Q(is_superuser=True) | Q(pk__in=User.objects.filter(groups__name=OWNER)))
        .exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    )


def others_stay(leaving: list[int]) -> bool:
    """Return whether an owner is left without these accounts.

    Locks the owners' rows until the transaction ends: two may want to leave at the same time.
    """
    with transaction.atomic():
        list(owners().select_for_update().values_list("pk", flat=True))
        # Asked again: who waited for the lock has read the groups as they were before.
        pks = set(owners().values_list("pk", flat=True))
    return bool(pks - set(leaving)) or not pks & set(leaving)


def rank(user: Any) -> int:
    """Return how much an account may do: SUPERUSER, 1 for an owner, 0 for all others."""
    if user.is_superuser:
        return SUPERUSER
    return int(user.groups.filter(name=OWNER).exists())
