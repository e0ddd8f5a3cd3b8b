"""Privacy requests, legal holds and retention: the owner's pages."""

from .holds import LegalHoldAdmin
from .pages import PrivacyPages

__all__ = ["LegalHoldAdmin", "PrivacyPages"]
