"""What an article is made of; one module per noun."""

from conditions.evidence import EvidenceLevel

from .article import (
    Article,
    ArticleKind,
    BodyArea,
    Condition,
    ConditionName,
    Treatment,
)
from .glossary import GlossaryTerm
from .image import Illustration, Image
from .red_flag import CareLevel, ConditionRedFlag, RedFlag, most_urgent
from .related import FormerSlug, RelatedKind, RelatedTopic
from .remedy import (
    Acupoint,
    Amount,
    AmountUnit,
    Caution,
    CautionAdvice,
    CautionBasis,
    CautionKind,
    Claim,
    Food,
    Herb,
    MedicineClass,
    Nutrient,
    Remedy,
    RemedyKind,
)
from .response import EmptySearch, Feedback, LinkCheck
from .revision import Review, ReviewScope, Revision
from .section import Aspect, Section, SelfCareItem, SelfCareKind
from .source import Source

__all__ = [
    "Acupoint",
    "Amount",
    "AmountUnit",
    "Article",
    "ArticleKind",
    "Aspect",
    "BodyArea",
    "CareLevel",
    "Caution",
    "CautionAdvice",
    "CautionBasis",
    "CautionKind",
    "Claim",
    "Condition",
    "ConditionName",
    "ConditionRedFlag",
    "EmptySearch",
    "EvidenceLevel",
    "Feedback",
    "Food",
    "FormerSlug",
    "GlossaryTerm",
    "Herb",
    "Illustration",
    "Image",
    "LinkCheck",
    "MedicineClass",
    "Nutrient",
    "RedFlag",
    "RelatedKind",
    "RelatedTopic",
    "Remedy",
    "RemedyKind",
    "Review",
    "ReviewScope",
    "Revision",
    "Section",
    "SelfCareItem",
    "SelfCareKind",
    "Source",
    "Treatment",
    "most_urgent",
]
