"""Text messages by Twilio's own interface.

Apart from `clinic.sms`, because what it imports is worth its memory only where it is used.
Source: https://www.twilio.com/docs/messaging/api/message-resource and
https://www.twilio.com/docs/api/errors, read in November 2026.
"""

from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from clinic.mail import answer_line
from clinic.sms import SmsFailed, SmsRefused

# Twilio's errors that stay as they are, however often one tries. Others the clinic can put right
# (its key, its own number, its plan, the countries it may write to), or they pass.
REFUSALS = {
    21211: "the number is not valid",
    21265: "the number is a short code",
    21266: "the number is the clinic's own",
    21602: "the text is empty",
    21610: "the person has unsubscribed",
    21612: "the number cannot be reached from the clinic's",
    21614: "the number is not a mobile one",
    21617: "the text is too long",
    21635: "the number is a landline",
    21658: "the text is too long",
}


@dataclass(frozen=True)
class TwilioSms:
    """Sends from the clinic's number at Twilio."""

    account: str
    token: str = field(repr=False)
    sender: str
    seconds: float = 10
    """How long Twilio may take to connect, and then to answer."""
    base: str = "https://api.twilio.com"

    def send(self, *, to: str, text: str) -> str:
        """Hand the text to Twilio, which delivers it. Raises SmsRefused or SmsFailed."""
        try:
            response = requests.post(
                f"{self.base}/2010-04-01/Accounts/{self.account}/Messages.json",
                data={"To": to, "From": self.sender, "Body": text},
                auth=(self.account, self.token),
                timeout=self.seconds,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            kind = type(error).__name__
            raise SmsFailed(kind, was_maybe_sent=_was_connected(error)) from None
        said = _said(response)
        if not 200 <= response.status_code < 300:
            raise _failure(response.status_code, said.get("code"))
        return answer_line(f"{said.get('status', 'accepted')} {said.get('sid', '')}")


def _said(response: requests.Response) -> dict[str, Any]:
    """Return what the answer says, or nothing if it is no object in JSON."""
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _failure(status: int, code: object) -> SmsRefused | SmsFailed:
    """Return the error for a refusal. Twilio's own words are left out: they quote the number."""
    code = code if isinstance(code, int) else 0
    if code in REFUSALS:
        return SmsRefused(f"Twilio {status}, error {code}: {REFUSALS[code]}")
    reason = f"Twilio {status}" + (f", error {code}" if code else "")
    return SmsFailed(reason, was_maybe_sent=status >= 500)


def _was_connected(error: requests.RequestException) -> bool:
    """Say whether the request may have gone out. In doubt it may: nobody wants the text twice."""
    if isinstance(error, requests.ConnectTimeout):
        return False
    cause = error.args[0] if error.args else None
    return not isinstance(getattr(cause, "reason", None), NewConnectionError)
