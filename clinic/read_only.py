"""Records that the admin shows and nobody edits there: they are written elsewhere."""

from typing import Any

from django.http import HttpRequest


class OnlyRead:
    """An admin or an inline that adds, changes and deletes nothing. Comes first among the bases."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
