"""The files of pictures: what leaves a site holds no place, and what comes in is what left."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from conditions.images import (
    MAX_PIXELS,
    Picture,
    UnusableImage,
    checksum,
    original_name,
    pixels_alone,
    read_picture,
    write_copies,
)

from .files import BadContent

# Pixels alone may take more room than the upload did, but never more than this.
_MAX_BYTES = 4 * MAX_PIXELS


def write_picture(path: Path, name: str, folder: Path) -> tuple[Path, str]:
    """Write what the site keeps of an image, without its place; return the file and its checksum.

    An upload is called by its checksum. What is called otherwise came from another site's export,
    and has lost its place there. Raises BadContent if the picture can't be read.
    """
    content, ending = path.read_bytes(), path.suffix
    if checksum(content) == name:
        try:
            content, ending = pixels_alone(read_picture(content))
        except UnusableImage as error:
            raise BadContent(f"{path} cannot be exported. {error}") from error
    file = folder / f"{name}{ending}"
    file.write_bytes(content)
    return file, checksum(content)


def read_file(path: Path, name: str, expected: object, where: str) -> tuple[Picture, bytes]:
    """Return the picture of that name, and its file.

    Raises BadContent if it cannot be shown, or its checksum is not the expected one.
    """
    content = path.read_bytes()
    try:
        picture = read_picture(content, max_bytes=_MAX_BYTES)
    except UnusableImage as error:
        raise BadContent(f"{where}: {error}") from error
    if picture.name != expected:
        raise BadContent(f"{where}: the file pictures/{name} holds another picture.")
    return replace(picture, name=name), content


def store_on_commit(picture: Picture, content: bytes) -> None:
    """Keep the file and its copies once the transaction is: files stay if it is rolled back."""
    transaction.on_commit(partial(_store, picture, content))


def _store(picture: Picture, content: bytes) -> None:
    write_copies(picture)
    if not default_storage.exists(original_name(picture)):
        default_storage.save(original_name(picture), ContentFile(content))
