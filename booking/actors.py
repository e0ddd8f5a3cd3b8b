"""Who does something to an appointment: the patient, a member of staff, or the site by itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

# As many letters as what they did keeps of them; of two names of an account there may be more.
LONGEST_NAME = 200


def name_of(user: Any) -> str:
    """Return how a member of staff is named beside what they did: by full name, else by user name."""
    full_name = getattr(user, "get_full_name", str)()
    return str(full_name or user.get_username())[:LONGEST_NAME]


@dataclass(frozen=True)
class Actor:
    """`role` is "patient", "staff" or "system"; `name` is set for staff, never for patients."""

    role: str
    name: str = ""

    @classmethod
    def staff(cls, user: "AbstractBaseUser | AnonymousUser") -> "Actor":
        """Return the signed-in member of staff."""
        return cls("staff", name_of(user))

    @property
    def is_staff(self) -> bool:
        return self.role == "staff"


PATIENT = Actor("patient")
SYSTEM = Actor("system")
