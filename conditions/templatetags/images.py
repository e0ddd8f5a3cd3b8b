"""How a page finds the copies of an image."""

from django import template

from conditions.images import shown

register = template.Library()
register.filter("copies", shown)
