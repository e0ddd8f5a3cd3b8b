"""An article as Wagtail's tutorial makes one: a page with rich text."""

from wagtail.fields import RichTextField
from wagtail.models import Page


class ArticlePage(Page):
    body = RichTextField()
