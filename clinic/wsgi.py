"""The site for a WSGI server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()
# What is loaded now is there for good, and what requests leave behind hardly refers to itself: to
# look through all of it every few hundred objects costs a tenth of a page.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
