"""What search engines read beside the words: schema.org's terms as JSON-LD. No query, no clock.

`root` is the site's address without a path, such as https://clinic.example.org.
"""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from clinic.models import Clinic

from .documents import synonyms
from .evidence import EvidenceLevel
from .models import ArticleKind, Condition, Treatment

type Data = dict[str, Any]

# Below these a treatment is not listed as a possible one: a machine reads no caveats.
_WELL_STUDIED = frozenset({EvidenceLevel.MODERATE, EvidenceLevel.HIGH})


def condition_data(condition: Condition, *, root: str) -> Data:
    """Return the page about a symptom or condition, and the way to it, from the live document."""
    document = condition.live
    is_symptom = document["kind"] == ArticleKind.SYMPTOM
    about = {
        "@type": "MedicalSignOrSymptom" if is_symptom else "MedicalCondition",
        "name": document["title"],
        "alternateName": synonyms(document),
        "possibleTreatment": _possible_treatments(condition, root),
    }
    steps = [("Conditions", reverse("conditions:list"))]
    return _graph(condition, about, steps, root)


def treatment_data(treatment: Treatment, *, root: str) -> Data:
    """Return the page about a treatment, and the way to it, from the live document."""
    about = {"@type": "MedicalTherapy", "name": treatment.live["title"]}
    steps = [("Treatments", reverse("conditions:treatment-list"))]
    return _graph(treatment, about, steps, root)


def clinic_data(clinic: Clinic, *, root: str) -> Data:
    """Return the clinic; what is a sample is left out, because a machine would take it for true."""
    data = {
        "@context": "https://schema.org",
        "@type": "MedicalClinic",
        "@id": _clinic_id(root),
        "name": clinic.name,
        "url": root + reverse("home"),
    }
    if clinic.facts_are_sample:
        return data
    address = {
        "@type": "PostalAddress",
        "streetAddress": clinic.street,
        "addressLocality": clinic.city,
        "addressRegion": clinic.state,
        "postalCode": clinic.postal_code,
    }
    telephone = clinic.phone_tel.removeprefix("tel:")
    return data | {"telephone": telephone, "email": clinic.email, "address": _known(address)}


def _graph(
    article: Condition | Treatment, about: Data, steps: list[tuple[str, str]], root: str
) -> Data:
    path = article.get_absolute_url()
    way = [("Home", reverse("home")), *steps, (article.live["title"], path)]
    return {
        "@context": "https://schema.org",
        "@graph": [_web_page(article, about, root), _breadcrumbs(way, root)],
    }


def _web_page(article: Condition | Treatment, about: Data, root: str) -> Data:
    document, review = article.live, article.live_review
    author = document.get("author", "")
    return _known(
        {
            "@type": "MedicalWebPage",
            "name": document["title"],
            "description": document["summary"],
            "url": root + article.get_absolute_url(),
            "inLanguage": "en-US",
            "dateModified": article.live_publish_at.isoformat(),
            "author": _person(author) if author else None,
            "publisher": {"@id": _clinic_id(root)},
            "lastReviewed": review["reviewed_on"] if review else None,
            "reviewedBy": _person(review["reviewer"]) if review else None,
            "about": _known(about),
            "citation": [_citation(source) for source in document["sources"]],
        }
    )


def _breadcrumbs(steps: list[tuple[str, str]], root: str) -> Data:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": root + path}
            for position, (name, path) in enumerate(steps, start=1)
        ],
    }


def _possible_treatments(condition: Condition, root: str) -> list[Data]:
    """Return the live treatments with a well studied claim of their own, not one of a remedy's."""
    live = {treatment["slug"]: treatment["title"] for treatment in condition.live_treatments}
    return [
        {
            "@type": "MedicalTherapy",
            "name": live[offer["treatment"]],
            "url": root + reverse("conditions:treatment-detail", args=[offer["treatment"]]),
        }
        for offer in condition.live["offers"]
        if offer["treatment"] in live
        and any(claim["level"] in _WELL_STUDIED for claim in offer["claims"])
    ]


def _citation(source: Mapping[str, Any]) -> Data:
    url = source["url"]
    return _known(
        {
            "@type": "CreativeWork",
            "name": source["title"],
            "publisher": {"@type": "Organization", "name": source["publisher"]},
            "datePublished": f"{source['year']:04}" if source["year"] else None,
            "url": url if url.startswith("https://") else None,
            "identifier": source["identifier"],
        }
    )


def _person(name: str) -> Data:
    return {"@type": "Person", "name": name}


def _clinic_id(root: str) -> str:
    return f"{root}/#clinic"


def _known(data: Data) -> Data:
    """Return the data without what is empty."""
    return {name: value for name, value in data.items() if value}
