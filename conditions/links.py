"""Links from live pages to other sites: which there are, and whether they still lead somewhere."""

from dataclasses import dataclass
from datetime import datetime

from clinic.outbound import Client, NoAnswer

from .inside_links import inside
from .models import Condition, LinkCheck, Treatment
from .rich_text import links_in

# Two in a row, because a site may be away for a while.
FAILURES_OF_A_DEAD_LINK = 2
GONE = {404: "The page is not there any more.", 410: "The page was taken away for good."}

_LONGEST = 500  # as long as an address of a source may be


@dataclass(frozen=True)
class Use:
    """One place where a live page shows a link."""

    article: Condition | Treatment
    """A live one, with its `live_title`."""
    source_key: str | None
    """The key of the source that the link belongs to; None if it stands in the text."""


def live_links(*, now: datetime) -> dict[str, list[Use]]:
    """Return every https link of the live pages, without fragment, with the places it stands in."""
    found: dict[str, list[Use]] = {}
    for model in (Condition, Treatment):
        for article in model.objects.with_live(now):
            sources = [(source["url"], source["key"]) for source in article.live["sources"]]
            texts = [
                (url, None)
                for section in article.live["sections"]
                for url in links_in(section["body"])
            ]
            for written, key in [*sources, *texts]:
                url = written.partition("#")[0]
                use = Use(article=article, source_key=key)
                is_elsewhere = url.lower().startswith("https://") and inside(url) is None
                if is_elsewhere and len(url) <= _LONGEST:
                    uses = found.setdefault(url, [])
                    if use not in uses:
                        uses.append(use)
    return found


def forget_unused(urls: set[str]) -> None:
    """Remove what is known of links that no live page has any more."""
    LinkCheck.objects.exclude(url__in=urls).delete()


def not_tried_since(urls: set[str], started: datetime) -> list[str]:
    """Return those that this round has yet to try, those of one site beside each other."""
    tried = LinkCheck.objects.filter(url__in=urls, checked_at__gte=started)
    return sorted(urls - set(tried.values_list("url", flat=True)))


def check(url: str, *, client: Client, now: datetime) -> LinkCheck:
    """Try one link and note what came of it. Call it outside a transaction: it may take long."""
    try:
        status = client.status_of(url)
    except NoAnswer as no_answer:
        return _note_failure(url, str(no_answer), now=now)
    if 200 <= status < 300:
        return _note(url, is_alive=True, reason="", failures=0, now=now)
    if status in GONE:
        return _note(url, is_alive=False, reason=GONE[status], failures=0, now=now)
    if 400 <= status < 500:
        # Many sites turn programs away whose pages people can read.
        reason = f"Could not be checked: the site turns programs away (status {status})."
        return _note(url, is_alive=True, reason=reason, failures=0, now=now)
    return _note_failure(url, f"The site answered with an error (status {status}).", now=now)


def _note_failure(url: str, reason: str, *, now: datetime) -> LinkCheck:
    known = LinkCheck.objects.filter(url=url).first()
    failures = known.failures + 1 if known else 1
    is_alive = failures < FAILURES_OF_A_DEAD_LINK
    return _note(url, is_alive=is_alive, reason=reason, failures=failures, now=now)


def _note(url: str, *, is_alive: bool, reason: str, failures: int, now: datetime) -> LinkCheck:
    # Past this nobody counts, and the column ends at 32,767.
    failures = min(failures, 1000)
    values = {"is_alive": is_alive, "reason": reason, "failures": failures, "checked_at": now}
    row, _created = LinkCheck.objects.update_or_create(url=url, defaults=values)
    return row
