"""What the measurements found, in lines to read."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.booking import Report
    from bench.http import Rate
    from bench.mail import Booking
    from bench.times import Timing


def report_reading(rates: "list[Rate]") -> None:
    """Print each rate, and how the first two stand to it: this project's, as it is and drawn anew."""
    as_it_is, drawn_anew, *_ = rates
    out = sys.stdout.write
    out("\nReading over HTTP, answers a second: median, least to most, and how the article page\n")
    out("stands to each, as it is and drawn anew each time (decision 12 says which has targets)\n")
    for rate in rates:
        spread = f"{rate.least:,.0f} to {rate.most:,.0f}"
        ratios = (site.median / rate.median for site in (as_it_is, drawn_anew))
        out(f"  {rate.name:<36}{rate.median:9,.0f}   {spread:<16}")
        out("".join(f"{ratio:9.2f}" for ratio in ratios) + "\n")


def report_booking(found: "Report") -> None:
    """Print the pages, then what stands beside django-appointment: a day, journeys, the race."""
    out = sys.stdout.write
    out(
        "\nTwo months of free times over HTTP, the whole page: median, least to most, how it stands to\n"
    )
    out(
        "the one with the fewest stored (target: 1.5 at most), and its queries (target: 6 at most)\n"
    )
    fewest: dict[str, float] = {}
    for page, queries in zip(found.pages, found.queries, strict=True):
        ratio = page.median / fewest.setdefault(page.name, page.median)
        out(f"{milliseconds(page)}{ratio:9.2f}{queries:6d} queries\n")
    ours = {(page.stored, "ahead" in page.name): page.median for page in reversed(found.pages)}
    if found.days:
        out("\nOne day of django-appointment, and how much faster the two months with one\n")
        out("practitioner are (target: 5 with 10,000 stored)\n")
    for day in found.days:
        own = ours.get((day.stored, "ahead" in day.name))
        ratio_text = f"{day.median / own:9.1f}" if own else ""
        out(f"{milliseconds(day)}{ratio_text}\n")
    out("\nWhole journeys, 20 people at a time (target: 5 times as many as django-appointment\n")
    out(
        "with 10,000 stored): booked a second, median, least to most, the longest wait for a page,\n"
    )
    out("for how long mails left after the last page, and booked a second if that time counts\n")
    for sites in found.journeys:
        for site in sites:
            spread = f"{site.least:.1f} to {site.most:.1f}"
            out(
                f"  {site.name:<38}{site.median:7.1f}   {spread:<14}{site.slowest:7.2f} s{site.settled:7.1f} s"
            )
            out(f"{site.with_mails:7.1f}")
            out(f"   {site.booked} booked, {site.stored} stored, {site.overlaps} overlap\n")
        first, *others = sites
        for other in others:
            ratio, with_mails = first.median / other.median, first.with_mails / other.with_mails
            out(f"    {f'the first to {other.name}':<51}{ratio:6.1f}")
            out(f"{with_mails:7.1f} with their mails\n")
    out("\nOne time, 100 people at once: how many were told that it is theirs, and are stored\n")
    for race in found.races:
        out(f"  {race.name:<36}{race.booked:7d} told{race.stored:5d} stored")
        out(f"{race.errors:5d} errors{race.slowest:7.2f} s the longest wait\n")


def report_mail(found: "list[Booking]") -> None:
    """Print what a booking takes while mails leave and while they cannot, and how these compare."""
    out = sys.stdout.write
    out(
        "\nOne whole booking over HTTP: median, least to most, mails that left meanwhile, and how it\n"
    )
    out("stands to the first (target: 1.2 at most)\n")
    for booking in found:
        spread = f"{booking.least:.0f} to {booking.most:.0f}"
        out(f"  {booking.name:<36}{booking.median:8.1f} ms   {spread:<14}{booking.left:5d} left")
        out(f"{booking.median / found[0].median:9.2f}\n")


def milliseconds(page: "Timing") -> str:
    name = f"{page.name}, {page.stored:,} stored"
    return f"  {name:<46}{page.median:8.1f} ms   {f'{page.least:.1f} to {page.most:.1f}':<18}"
