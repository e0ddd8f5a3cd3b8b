"""The clinic's own facts, and who signs in. Imports neither app."""

from .clinic import Clinic
from .sealing import SealingCheck
from .sign_in import SignIn, SignInOutcome

__all__ = ["Clinic", "SealingCheck", "SignIn", "SignInOutcome"]
