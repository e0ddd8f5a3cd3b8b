"""Content as files: what one site exports, another imports, and the export there is the same."""

from .files import BadContent, Content, read_content
from .reading import import_content
from .writing import export_content, write_content

__all__ = [
    "BadContent",
    "Content",
    "export_content",
    "import_content",
    "read_content",
    "write_content",
]
