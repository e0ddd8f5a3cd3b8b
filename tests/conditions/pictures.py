"""Picture files and images for tests."""

from io import BytesIO
from itertools import count

from PIL import Image as Pillow

from conditions.images import read_picture, write_copies
from conditions.models import Aspect, Illustration, Image

numbers = count(1)


def picture_file(kind="JPEG", size=(800, 600), *, mode="RGB", color=None, **options):
    """Return the bytes of a picture; without a color, each call's differ."""
    number = next(numbers)
    fill = (number % 16 * 16, number // 16 * 16, 90) if color is None else color
    file = BytesIO()
    Pillow.new(mode, size, fill).save(file, kind, **options)
    return file.getvalue()


def make_image(content=None, **kwargs):
    """Return an image whose copies are on the disk."""
    picture = read_picture(content or picture_file())
    write_copies(picture)
    defaults = {
        "name": picture.name,
        "file": f"originals/{picture.name}.{picture.ending}",
        "width": picture.width,
        "height": picture.height,
        "title": "A hand",
    }
    return Image.objects.create(**defaults | kwargs)


def show(image, **kwargs):
    """Show the image in the article that `condition` or `treatment` names."""
    defaults = {"aspect": Aspect.OVERVIEW, "alt": "A hand"}
    return Illustration.objects.create(image=image, **defaults | kwargs)
