"""The conditions app."""

from django.apps import AppConfig


class ConditionsConfig(AppConfig):
    """Articles about symptoms, conditions and treatments."""

    name = "conditions"
    verbose_name = "Articles"
