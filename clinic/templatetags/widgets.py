"""What our versions of Django's widget templates use."""

from django import template

from clinic.forms import html_attributes

register = template.Library()
register.filter(html_attributes)
