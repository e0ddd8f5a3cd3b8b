"""The admin of articles and of what they share."""

from .articles import ConditionAdmin, TreatmentAdmin
from .feedback import FeedbackAdmin
from .history import ReviewAdmin, RevisionAdmin
from .images import ImageAdmin
from .library import GlossaryTermAdmin, MedicineClassAdmin, RemedyAdmin, SourceAdmin
from .red_flags import RedFlagAdmin

__all__ = [
    "ConditionAdmin",
    "FeedbackAdmin",
    "GlossaryTermAdmin",
    "ImageAdmin",
    "MedicineClassAdmin",
    "RedFlagAdmin",
    "RemedyAdmin",
    "ReviewAdmin",
    "RevisionAdmin",
    "SourceAdmin",
    "TreatmentAdmin",
]
