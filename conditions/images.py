"""Uploaded images: what may come in, and the smaller, modern copies that pages show.

Nothing of an upload but its pixels reaches a copy or an export: no place, no camera, no hidden
picture. The upload itself is kept as it came, and never served.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

WIDTHS = (400, 800, 1600)
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
# WebP holds 16,383. What is too wide is made narrower, but a copy may be as high as its picture.
MAX_HEIGHT = 16_000
# Pillow's names of what may be uploaded, and the ending of the stored file. Some phones write a JPEG
# with more than one picture in it, which Pillow calls MPO; the first is the one that is meant.
ENDINGS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
# The ending of a copy, its type, and how Pillow writes it.
COPIES: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("image/avif", {"format": "AVIF", "quality": 60, "speed": 8}),
    "webp": ("image/webp", {"format": "WEBP", "quality": 78, "method": 4}),
    "jpg": (
        "image/jpeg",
        {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
    ),
}


_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
_TOO_MANY_PIXELS = "This picture has more than 40 megapixels. Make it smaller, then try again."


class UnusableImage(ValueError):
    """The upload cannot be shown; the message says why, for whoever uploaded it."""


@dataclass(frozen=True)
class Picture:
    """A checked upload: upright, in the web's colors, without anything but pixels."""

    name: str
    ending: str
    pixels: Pillow.Image

    @property
    def width(self) -> int:
        """Return the width in pixels, as it is seen."""
        return self.pixels.width

    @property
    def height(self) -> int:
        """Return the height in pixels, as it is seen."""
        return self.pixels.height


@dataclass(frozen=True)
class Shown:
    """The addresses of an image's copies, and the size of the largest."""

    avif: str
    webp: str
    jpg: str
    fallback: str
    width: int
    height: int


def copy_widths(width: int) -> list[int]:
    """Return how wide the copies of an image are; none is wider than the image."""
    return [copy for copy in WIDTHS if copy <= width]


def copy_path(name: str, width: int, ending: str) -> Path:
    """Return where a copy is kept."""
    return Path(settings.MEDIA_ROOT) / "articles" / f"{name}-{width}.{ending}"


def copy_url(name: str, width: int, ending: str) -> str:
    """Return the address of a copy."""
    kwargs = {"name": name, "width": width, "ending": ending}
    return reverse("conditions:image-copy", kwargs=kwargs)


def shown(image: Mapping[str, Any]) -> Shown:
    """Return what a page needs to show an entry of a frozen document's `images`."""
    name, widths = image["name"], copy_widths(image["width"])
    sets = {
        ending: ", ".join(f"{copy_url(name, width, ending)} {width}w" for width in widths)
        for ending in COPIES
    }
    return Shown(
        **sets,
        fallback=copy_url(name, min(widths[-1], 800), "jpg"),
        width=widths[-1],
        height=round(image["height"] * widths[-1] / image["width"]),
    )


def checksum(content: bytes) -> str:
    """Return 40 hex digits of the file's content, by which an upload is called."""
    return hashlib.sha256(content).hexdigest()[:40]


def read_picture(content: bytes, *, max_bytes: int = MAX_BYTES) -> Picture:
    """Return the upload, checked by its content alone. Raises UnusableImage."""
    if len(content) > max_bytes:
        raise UnusableImage("This file is larger than 8 MB. Make it smaller, then try again.")
    try:
        opened = Pillow.open(BytesIO(content), formats=_FORMATS)
        if opened.width * opened.height > MAX_PIXELS:
            raise UnusableImage(_TOO_MANY_PIXELS)
        # Checking uses an image up, so it is opened once more to decode it.
        opened.verify()
        opened = Pillow.open(BytesIO(content), formats=_FORMATS)
        pixels = _upright(opened)
    except UnusableImage:
        raise
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise UnusableImage(_TOO_MANY_PIXELS) from None
    # Broken files make Pillow raise nearly anything.
    except Exception as error:
        raise UnusableImage(
            "This file cannot be read as a picture. Choose a JPEG, PNG, WebP or AVIF file."
        ) from error
    if pixels.width < WIDTHS[0]:
        raise UnusableImage(
            f"This picture is {pixels.width} pixels wide. It needs at least {WIDTHS[0]}, or it "
            "looks blurred."
        )
    if pixels.height > MAX_HEIGHT:
        raise UnusableImage(
            f"This picture is {pixels.height:,} pixels high. Cut it to {MAX_HEIGHT:,} or less."
        )
    return Picture(name=checksum(content), ending=ENDINGS[opened.format or ""], pixels=pixels)


def pixels_alone(picture: Picture) -> tuple[bytes, str]:
    """Return a file of the picture without anything but its pixels, and the file's ending.

    A PNG stays exact; what is mostly photographs is written as a JPEG that nobody can tell apart.
    """
    kind, ending = ("PNG", ".png") if picture.ending == "png" else ("JPEG", ".jpg")
    file = BytesIO()
    picture.pixels.save(file, kind, quality=95)
    return file.getvalue(), ending


def write_copies(picture: Picture) -> None:
    """Write the copies of a picture. Each appears whole or not at all."""
    for width in copy_widths(picture.width):
        height = max(1, round(picture.height * width / picture.width))
        pixels = picture.pixels.resize((width, height), Pillow.Resampling.LANCZOS)
        for ending, (_type, options) in COPIES.items():
            _write(copy_path(picture.name, width, ending), pixels, options)


def original_name(picture: Picture) -> str:
    """Return under which name storage keeps the upload itself, which is never served."""
    return f"originals/{picture.name}.{picture.ending}"


def delete_copies(name: str) -> None:
    """Delete the copies of an image that is gone."""
    for width in WIDTHS:
        for ending in COPIES:
            copy_path(name, width, ending).unlink(missing_ok=True)


def _upright(image: Pillow.Image) -> Pillow.Image:
    """Return the decoded pixels alone: upright, on white, in sRGB."""
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode in {"RGB", "CMYK", "L"} and profile:
        image = _in_srgb(image, profile)
    if image.mode.startswith("I;16"):
        # Pillow would cut 16 bits a pixel off instead of scaling them.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        above = image.convert("RGBA")
        image = Pillow.new("RGBA", above.size, "white")
        image.alpha_composite(above)
    pixels = image.convert("RGB")
    # Pillow would write what it finds here into the copies, the place of the camera included.
    pixels.info.clear()
    return pixels


def _in_srgb(image: Pillow.Image, profile: bytes) -> Pillow.Image:
    try:
        converted = ImageCms.profileToProfile(
            image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except ImageCms.PyCMSError:
        return image
    return converted or image


def _write(path: Path, pixels: Pillow.Image, options: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            pixels.save(file, **options)
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).chmod(settings.FILE_UPLOAD_PERMISSIONS or 0o644)
    Path(file.name).replace(path)
