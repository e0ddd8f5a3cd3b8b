"""The fixed scale of evidence: seven levels, one plain sentence each, four marks."""

from django.db import models


class EvidenceLevel(models.TextChoices):
    """How sure the studies are that something helps. Source: GRADE, in a patient's words."""

    AGAINST = "against", "Against: studied, little or no benefit"
    NONE_FOUND = "none_found", "None found: no studies in people"
    TRADITIONAL_ONLY = "traditional_only", "Traditional use only"
    VERY_LOW = "very_low", "Very low"
    LOW = "low", "Low"
    MODERATE = "moderate", "Moderate"
    HIGH = "high", "High"

    @property
    def mark(self) -> str:
        """Return the mark that stands beside the words: good, some, trad or poor."""
        return _MARKS[self]

    @property
    def short(self) -> str:
        """Return the two or three words that name the level to a patient."""
        return _SENTENCES[self][0]

    @property
    def sentence(self) -> str:
        """Return the one fixed sentence that explains the level to a patient."""
        return _SENTENCES[self][1]


_MARKS = {
    EvidenceLevel.AGAINST: "poor",
    EvidenceLevel.NONE_FOUND: "trad",
    EvidenceLevel.TRADITIONAL_ONLY: "trad",
    EvidenceLevel.VERY_LOW: "some",
    EvidenceLevel.LOW: "some",
    EvidenceLevel.MODERATE: "good",
    EvidenceLevel.HIGH: "good",
}

_SENTENCES = {
    EvidenceLevel.AGAINST: ("Studied, little benefit", "It did little or nothing in studies."),
    EvidenceLevel.NONE_FOUND: ("No good studies", "We found no good studies of this in people."),
    EvidenceLevel.TRADITIONAL_ONLY: (
        "Traditional use",
        "Used by tradition. No good studies in people.",
    ),
    EvidenceLevel.VERY_LOW: ("Very little evidence", "Small or weak studies. We can't be sure."),
    EvidenceLevel.LOW: ("Some evidence", "A few studies. Better ones may change this."),
    EvidenceLevel.MODERATE: ("Good evidence", "Good studies point the same way."),
    EvidenceLevel.HIGH: ("Strong evidence", "Many good studies agree."),
}

# A claim at one of these levels says what studies found, so it must name them.
NEEDS_SOURCE = frozenset(
    {
        EvidenceLevel.AGAINST,
        EvidenceLevel.VERY_LOW,
        EvidenceLevel.LOW,
        EvidenceLevel.MODERATE,
        EvidenceLevel.HIGH,
    }
)
