"""The clinic's own facts, and who signs in. Imports neither app."""

from .clinic import Clinic

__all__ = ["Clinic"]
