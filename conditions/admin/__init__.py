"""The admin of articles and of what they share."""

from .articles import ConditionAdmin, TreatmentAdmin
from .feedback import FeedbackAdmin
from .history import ReviewAdmin, RevisionAdmin
from .images import ImageAdmin
from .library import (
    EmptySearchAdmin,
    GlossaryTermAdmin,
    LinkCheckAdmin,
    MedicineClassAdmin,
    SourceAdmin,
)
from .red_flags import RedFlagAdmin
from .remedies import AcupointAdmin, FoodAdmin, HerbAdmin, NutrientAdmin, RemedyAdmin

__all__ = [
    "AcupointAdmin",
    "ConditionAdmin",
    "EmptySearchAdmin",
    "FeedbackAdmin",
    "FoodAdmin",
    "GlossaryTermAdmin",
    "HerbAdmin",
    "ImageAdmin",
    "LinkCheckAdmin",
    "MedicineClassAdmin",
    "NutrientAdmin",
    "RedFlagAdmin",
    "RemedyAdmin",
    "ReviewAdmin",
    "RevisionAdmin",
    "SourceAdmin",
    "TreatmentAdmin",
]
