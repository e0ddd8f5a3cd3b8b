"""What a person does on each page, told by the contract's names alone."""

import re
from datetime import datetime


def open_booking_from_article(page):
    page.goto("/conditions/spasms-and-twitches/")
    follow(page.locator("main a[href^='/book/']").first)
    page.wait_for_url("**/book/?condition=spasms-and-twitches")
    follow(page.locator("a[href^='/book/first-consultation/safety/']").first)
    page.wait_for_url("**/safety/?condition=spasms-and-twitches")


def answer_none(page):
    page.locator("input[name=none]").check()
    submit(page)
    page.wait_for_url("**/times/?condition=spasms-and-twitches")


def choose_first_time(page):
    """Choose the first offered time; return its start."""
    slot = page.locator("[data-slot]").first
    starts_at = slot.get_attribute("data-slot")
    page.locator(f"input[name=start][value='{starts_at}']").check(force=True)
    submit(page)
    page.wait_for_url("**/details/?condition=spasms-and-twitches")
    return datetime.fromisoformat(starts_at)


DETAILS = {
    "name": "Ana Example",
    "email": "ana@example.com",
    "phone": "(212) 555-0123",
    "reason": "Calf cramps most nights",
    "medicines": "None",
}


def fill_details(page, **answers):
    for name, value in (DETAILS | answers).items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("input[name=consent]").check()


def follow(control):
    """Click what leads to another page, and wait until that has loaded: a click waits for none."""
    with control.page.expect_navigation():
        control.click()


def press(page, button):
    follow(page.get_by_role("button", name=button, exact=True).first)


def submit(page):
    follow(page.locator("main form button").first)


def confirm(page):
    submit(page)
    page.wait_for_url(re.compile(r"/appointments/[0-9a-f-]{36}/(#\w+)?$"))


def status(page):
    return page.locator("[data-appointment-status]").first.get_attribute("data-appointment-status")
