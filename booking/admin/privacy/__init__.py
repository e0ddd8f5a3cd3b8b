"""Privacy requests, legal holds and retention: the owner's pages."""

from .holds import LegalHoldAdmin
from .pages import PrivacyPages
from .retention import RetentionRuleAdmin, RetentionRunAdmin

__all__ = ["LegalHoldAdmin", "PrivacyPages", "RetentionRuleAdmin", "RetentionRunAdmin"]
