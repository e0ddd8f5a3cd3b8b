"""Who does something to an appointment: the patient, a member of staff, or the site by itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


@dataclass(frozen=True)
class Actor:
    """`role` is "patient", "staff" or "system"; `name` is set for staff, never for patients."""

    role: str
    name: str = ""

    @classmethod
    def staff(cls, user: "AbstractBaseUser | AnonymousUser") -> "Actor":
        """Return the signed-in member of staff, by full name or else by user name."""
        full_name = getattr(user, "get_full_name", str)()
        return cls("staff", full_name or user.get_username())

    @property
    def is_staff(self) -> bool:
        return self.role == "staff"


PATIENT = Actor("patient")
SYSTEM = Actor("system")
