"""What an article is made of; one module per noun."""

from conditions.evidence import EvidenceLevel

from .article import (
    Article,
    Condition,
    ConditionName,
    Treatment,
)
from .glossary import GlossaryTerm
from .image import Illustration, Image
from .red_flag import CareLevel, ConditionRedFlag, RedFlag, most_urgent
from .related import FormerSlug, RelatedTopic
from .remedy import (
    Acupoint,
    Amount,
    AmountUnit,
    Caution,
    Claim,
    Food,
    Herb,
    MedicineClass,
    Nutrient,
    Remedy,
)
from .response import EmptySearch, Feedback, LinkCheck
from .revision import Review, ReviewScope, Revision
from .section import Section, SelfCareItem
from .source import Source
from .words import (
    ArticleKind,
    Aspect,
    BodyArea,
    CautionAdvice,
    CautionBasis,
    CautionKind,
    RelatedKind,
    RemedyKind,
    SelfCareKind,
)

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
