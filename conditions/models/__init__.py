"""What an article is made of; one module per noun."""

from conditions.evidence import EvidenceLevel

from .article import Article, ArticleKind, BodyArea, Condition, ConditionName, Treatment
from .red_flag import CareLevel, ConditionRedFlag, RedFlag, most_urgent
from .remedy import Caution, CautionAdvice, CautionBasis, CautionKind, Claim, Remedy, RemedyKind
from .revision import Review, ReviewScope, Revision
from .section import Aspect, Section, SelfCareItem, SelfCareKind
from .source import Source

__all__ = [
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
    "EvidenceLevel",
    "RedFlag",
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
