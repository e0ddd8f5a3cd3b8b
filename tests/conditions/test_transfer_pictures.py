"""No picture leaves with the place it was taken at, and none loses anything else on the way."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image as Pillow

from conditions.images import checksum, copy_path
from conditions.models import Image

from .pictures import make_image, picture_file

pytestmark = pytest.mark.django_db
KINDS = ["JPEG", "PNG", "WEBP", "AVIF"]
GPS = 0x8825


def with_place(kind):
    exif = Pillow.Exif()
    exif[0x010E] = "SECRET"
    exif[0x0112] = 6  # lying on its side
    exif.get_ifd(GPS)[2] = (52.0, 30.0, 0.0)
    return picture_file(kind, (500, 700), exif=exif)


@pytest.fixture
def stored(settings, tmp_path):
    """Return a function that keeps an upload on a site, as the admin does."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def stored(upload):
        image = make_image(upload)
        default_storage.save(image.file.name, ContentFile(upload))
        return image

    return stored


def export(folder):
    call_command("export_articles", folder, verbosity=0)
    (file,) = (folder / "pictures").iterdir()
    return file


@pytest.mark.parametrize("kind", KINDS)
def test_export_holds_no_place(stored, tmp_path, kind):
    upload = with_place(kind)
    assert Pillow.open(BytesIO(upload)).getexif().get_ifd(GPS)
    image = stored(upload)

    file = export(tmp_path / "out")

    exported = Pillow.open(BytesIO(file.read_bytes()))
    assert not exported.getexif()
    assert b"SECRET" not in file.read_bytes()
    assert exported.size == (image.width, image.height) == (700, 500)
    # The site itself keeps what was uploaded.
    assert Path(image.file.path).read_bytes() == upload


@pytest.mark.parametrize("kind", KINDS)
def test_export_of_the_other_site_is_the_same(
    stored, tmp_path, settings, kind, django_capture_on_commit_callbacks
):
    image = stored(with_place(kind))
    first = export(tmp_path / "first")
    Image.objects.all().delete()
    shutil.rmtree(settings.MEDIA_ROOT)

    with django_capture_on_commit_callbacks(execute=True):
        call_command("import_articles", tmp_path / "first", verbosity=0)
    second = export(tmp_path / "second")

    assert second.name == first.name
    assert second.read_bytes() == first.read_bytes()
    assert (second.parent.parent / "images.json").read_text() == (
        first.parent.parent / "images.json"
    ).read_text()
    there = Image.objects.get()
    assert (there.name, there.width, there.height) == (image.name, image.width, image.height)
    assert copy_path(image.name, 400, "webp").exists()


def test_export_of_a_png_is_exact(stored, tmp_path):
    upload = picture_file("PNG", (500, 400), color=(1, 2, 3))
    stored(upload)

    file = export(tmp_path / "out")

    assert file.suffix == ".png"
    assert (
        Pillow.open(BytesIO(file.read_bytes())).tobytes() == Pillow.open(BytesIO(upload)).tobytes()
    )


def test_export_stops_at_a_picture_that_it_cannot_clean(stored, tmp_path):
    image = stored(with_place("JPEG"))
    broken = b"no picture, but SECRET"
    Image.objects.update(name=checksum(broken))
    Path(image.file.path).write_bytes(broken)

    with pytest.raises(CommandError, match="cannot be exported. This file cannot be read"):
        call_command("export_articles", tmp_path / "out")

    assert not list((tmp_path / "out/pictures").iterdir())


def test_import_takes_what_older_exports_wrote(stored, tmp_path):
    upload = with_place("JPEG")
    name = stored(upload).name
    export(tmp_path / "out").write_bytes(upload)
    list_of_images = tmp_path / "out/images.json"
    list_of_images.write_text(f'{{"image": [{{"name": "{name}", "title": "A hand"}}]}}')
    Image.objects.all().delete()

    call_command("import_articles", tmp_path / "out", verbosity=0)

    assert Image.objects.get().name == name
