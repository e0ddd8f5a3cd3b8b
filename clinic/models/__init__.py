"""The clinic's own facts, and who signs in. Imports neither app."""

from .clinic import Clinic
from .sealing import SealingCheck

__all__ = ["Clinic", "SealingCheck"]
