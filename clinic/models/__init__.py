"""The clinic's own facts, and who signs in. Imports neither app."""

from .clinic import Clinic
from .first_day import Confirmed
from .sealing import SealingCheck
from .sign_in import SignIn, SignInOutcome

__all__ = ["Clinic", "Confirmed", "SealingCheck", "SignIn", "SignInOutcome"]
