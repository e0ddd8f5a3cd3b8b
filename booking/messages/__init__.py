"""The mails and text messages about visits: what is in them, in plain text and HTML."""

from .build import build_mail, build_text
from .context import read_opt_out

__all__ = ["build_mail", "build_text", "read_opt_out"]
