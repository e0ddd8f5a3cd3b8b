"""Images, and where articles show them."""

from django.conf import settings
from django.db import models

from .article import Condition, Treatment
from .words import Aspect


class Image(models.Model):
    """An uploaded picture; pages show smaller, modern copies of it."""

    name = models.CharField(
        max_length=64,
        unique=True,
        editable=False,
        help_text="The checksum of what was uploaded. It is the file's name on the site.",
    )
    file = models.FileField(upload_to="originals", max_length=200)
    # As it is seen: a phone's picture may be stored lying down.
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    title = models.CharField(max_length=120, help_text="For staff, to find it again.")
    credit = models.CharField(
        max_length=200, blank=True, help_text="Who made it and under which licence, if to be shown."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Illustration(models.Model):
    """An image as one article shows it, under one of its sections."""

    condition = models.ForeignKey(
        Condition, on_delete=models.CASCADE, null=True, blank=True, related_name="illustrations"
    )
    treatment = models.ForeignKey(
        Treatment, on_delete=models.CASCADE, null=True, blank=True, related_name="illustrations"
    )
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="illustrations")
    aspect = models.CharField("shown under", max_length=20, choices=Aspect)
    alt = models.CharField(
        "description",
        max_length=250,
        blank=True,
        help_text="What it shows, for people who cannot see it.",
    )
    is_decorative = models.BooleanField(
        "only decoration", default=False, help_text="It adds nothing that is not in the text."
    )
    caption = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(condition__isnull=False, treatment__isnull=True)
                | models.Q(condition__isnull=True, treatment__isnull=False),
                name="%(app_label)s_%(class)s_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="An illustration belongs to one article.",
            ),
            models.CheckConstraint(
                condition=models.Q(aspect__in=Aspect.values),
                name="%(app_label)s_%(class)s_aspect_is_known",
                violation_error_code="aspect_is_known",
                violation_error_message="Choose one of the aspects.",
            ),
            models.CheckConstraint(
                condition=models.Q(alt="") | models.Q(is_decorative=False),
                name="%(app_label)s_%(class)s_alt_or_decorative",
                violation_error_code="alt_or_decorative",
                violation_error_message="Write a description, or mark it as decoration, not both.",
            ),
        ]

    def __str__(self) -> str:
        return self.alt or self.image.title
