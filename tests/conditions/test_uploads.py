"""Odd, broken and hostile uploads are refused in a plain sentence or made harmless; none is an error."""

import zlib
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

from conditions.images import MAX_HEIGHT, copy_path, read_picture, write_copies
from conditions.models import Image
from tests.html_tree import parse

from .pictures import picture_file

pytestmark = pytest.mark.django_db
ADD = reverse("admin:conditions_image_add")
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
SIZE = (400, 300)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create_superuser("boss"))
    return client


def upload(client, content, name="hand.png", kind="image/png"):
    """Send a file as it is, with a name that no browser would send."""
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nA hand\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n' % name.encode(),
        b"Content-Type: %s\r\n\r\n%s\r\n--x--\r\n" % (kind.encode(), content),
    ]
    return client.post(ADD, b"".join(parts), content_type="multipart/form-data; boundary=x")


def chunk(kind, data):
    size, check = len(data).to_bytes(4), zlib.crc32(kind + data).to_bytes(4)
    return size + kind + data + check


def png_of(width, height, *chunks):
    """Return a PNG that says how large it is, and holds nothing of it."""
    header = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    end = chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + end


def png_with_words(words):
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Comment", words.decode())
    return picture_file("PNG", SIZE, pnginfo=facts)


def frames(kind):
    file = BytesIO()
    pictures = [Pillow.new("RGB", SIZE, color) for color in ("red", "blue", "green")]
    pictures[0].save(file, kind, save_all=True, append_images=pictures[1:], duration=50)
    return file.getvalue()


REFUSED = {
    "HTML": (HTML, "cannot be read as a picture"),
    "SVG": (SVG, "cannot be read as a picture"),
    "GIF with HTML in it": (b"GIF89a/*" + HTML, "cannot be read as a picture"),
    "real GIF with HTML": (picture_file("GIF", SIZE) + HTML, "cannot be read as a picture"),
    "animated GIF": (frames("GIF"), "cannot be read as a picture"),
    "HTML before a picture": (HTML + picture_file("PNG", SIZE), "cannot be read as a picture"),
    "the first bytes of a PNG, then HTML": (b"\x89PNG\r\n\x1a\n" + HTML, "cannot be read"),
    "PDF": (b"%PDF-1.7\n" + HTML, "cannot be read as a picture"),
    "archive": (b"PK\x03\x04" + bytes(99), "cannot be read as a picture"),
    "nothing": (b"", "The submitted file is empty."),
    "one byte": (b"\xff", "cannot be read as a picture"),
    "says it is huge": (png_of(50_000, 50_000), "more than 40 megapixels"),
    "says it has no width": (png_of(0, 300), "cannot be read as a picture"),
    "has no pixels": (png_of(*SIZE), "cannot be read as a picture"),
    "tall": (picture_file("PNG", (400, 17_000)), "17,000 pixels high"),
    "words that unpack to 100 MB": (
        png_of(*SIZE, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(100_000_000)))),
        "cannot be read as a picture",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_upload_is_refused_in_one_plain_sentence(staff, media, name):
    content, words = REFUSED[name]

    response = upload(staff, content)

    (problem,) = parse(response.content).one("ul", class_="errorlist", id="id_file_error").all("li")
    assert response.status_code == 200
    assert words in problem.text
    assert not Image.objects.exists()
    assert list(media.rglob("*.*")) == []


MADE_HARMLESS = {
    "HTML after a JPEG": lambda: picture_file("JPEG", SIZE) + HTML,
    "HTML after a PNG": lambda: picture_file("PNG", SIZE) + HTML,
    "HTML in the words of a PNG": lambda: png_with_words(HTML),
    "HTML in the comment of a JPEG": lambda: picture_file("JPEG", SIZE, comment=HTML),
    "HTML as a color profile": lambda: picture_file("PNG", SIZE, icc_profile=HTML),
    "CMYK": lambda: picture_file("JPEG", SIZE, mode="CMYK", color=(0, 255, 255, 0)),
    "CMYK with a profile for RGB": lambda: picture_file(
        "JPEG", SIZE, mode="CMYK", color=(0, 255, 255, 0), icc_profile=srgb()
    ),
    "animated PNG": lambda: frames("PNG"),
    "animated WebP": lambda: frames("WEBP"),
    "animated AVIF": lambda: frames("AVIF"),
    "wide": lambda: picture_file("PNG", (20_000, 9)),
}


def srgb():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("name", MADE_HARMLESS)
def test_copies_hold_one_picture_and_nothing_else(staff, media, name):
    response = upload(staff, MADE_HARMLESS[name]())

    assert response.status_code == 302
    copies = [path.read_bytes() for path in (media / "articles").iterdir()]
    opened = [Pillow.open(BytesIO(content)) for content in copies]
    assert len(copies) in {3, 9}
    assert not any(b"script" in content for content in copies)
    assert {getattr(picture, "n_frames", 1) for picture in opened} == {1}
    assert {picture.mode for picture in opened} == {"RGB"}


def test_animation_shows_its_first_picture():
    red, green, blue = read_picture(frames("WEBP")).pixels.getpixel((9, 9))

    assert red > 200 > 60 > max(green, blue)


def test_inks_become_the_colors_that_they_print():
    inks = picture_file("JPEG", SIZE, mode="CMYK", color=(0, 255, 255, 0))

    red, green, blue = read_picture(inks).pixels.getpixel((9, 9))

    assert red > 200 > 60 > max(green, blue)


def test_highest_picture_that_is_taken_can_be_copied(media):
    picture = read_picture(picture_file("PNG", (400, MAX_HEIGHT), color=(9, 9, 9)))

    write_copies(picture)

    assert copy_path(picture.name, 400, "webp").stat().st_size


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.png",
        "..\\..\\boot.png",
        "/etc/cron.d/x.png",
        "\u202egnp.exe",
        "a\u2066b\u2069.png",
        "手的照片.png",
        "<script>alert(1)</script>.png",
        "a;b&c|d$(e)`f`.png",
        "x" * 300 + ".png",
        ".htaccess",
        "..",
        "CON.png",
        "page.html",
        "logo.svg",
        "shell.php.png",
        " .png ",
    ],
)
def test_name_of_a_file_is_not_believed(staff, media, name):
    response = upload(staff, picture_file("PNG", SIZE), name=name, kind="text/html")

    assert response.status_code in {200, 302}
    stored = {path.relative_to(media).as_posix() for path in media.rglob("*.*")}
    for image in Image.objects.all():
        assert image.file.name == f"originals/{image.name}.png"
        assert stored == {
            image.file.name,
            *(f"articles/{image.name}-400.{ending}" for ending in ("avif", "jpg", "webp")),
        }
    if not Image.objects.exists():
        assert "This field is required." in response.text
