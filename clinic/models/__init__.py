"""The clinic's own facts, who signs in, and what they export. Imports neither app."""

from .clinic import Clinic
from .export import Export, ExportFormat, ExportState
from .first_day import Confirmed
from .sealing import SealingCheck
from .sign_in import SignIn, SignInOutcome

__all__ = [
    "Clinic",
    "Confirmed",
    "Export",
    "ExportFormat",
    "ExportState",
    "SealingCheck",
    "SignIn",
    "SignInOutcome",
]
