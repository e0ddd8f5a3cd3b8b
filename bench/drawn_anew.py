"""The site, drawing every page anew for every request: what `drawn_once` saves."""

from clinic.wsgi import application
from conditions import rendering

__all__ = ["application"]

rendering.PAGES_KEPT = 0
