"""Words that an article explains where it uses them first."""

from django.db import models


class GlossaryTerm(models.Model):
    """A word that readers may not know, explained in plain words."""

    term = models.CharField(max_length=80, unique=True)
    forms = models.TextField(
        blank=True, help_text="Other forms of the word, one a line: fasciculations."
    )
    definition = models.CharField(max_length=300, help_text="One or two plain sentences.")

    class Meta:
        ordering = ["term", "pk"]

    def __str__(self) -> str:
        return self.term
