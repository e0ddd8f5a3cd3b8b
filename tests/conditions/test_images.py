from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from PIL import Image as Pillow
from PIL import ImageCms

from conditions.images import (
    MAX_BYTES,
    UnusableImage,
    copy_path,
    copy_url,
    copy_widths,
    delete_copies,
    read_picture,
    write_copies,
)
from conditions.publishing import publish, unpublish

from .factories import make_condition, make_treatment
from .pictures import make_image, picture_file, show
from .staff import make_staff

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
YEAR = "public, max-age=31536000, immutable"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.parametrize(
    ("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif")]
)
def test_read_picture_knows_a_file_by_its_content(kind, ending):
    content = picture_file(kind, (640, 480))

    picture = read_picture(content)

    assert (picture.ending, picture.width, picture.height) == (ending, 640, 480)
    assert len(picture.name) == 40
    assert read_picture(content).name == picture.name
    assert read_picture(picture_file(kind, (640, 480))).name != picture.name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read"),
        (SVG, "cannot be read"),
        (picture_file("GIF"), "cannot be read"),
        (picture_file("TIFF"), "cannot be read"),
        (b"GIF89a" + picture_file(), "cannot be read"),
        (picture_file()[:-200], "cannot be read"),
        (picture_file("PNG")[:100] + b"\0\0" + picture_file("PNG")[102:], "cannot be read"),
        (picture_file(size=(399, 400)), "399 pixels wide"),
        (picture_file("PNG", (8000, 5001), mode="1", color=0), "more than 40 megapixels"),
        (picture_file("PNG", (10_000, 10_000), mode="1", color=0), "more than 40 megapixels"),
        (picture_file("PNG", (16_000, 16_000), mode="1", color=0), "more than 40 megapixels"),
        (picture_file() + bytes(MAX_BYTES), "larger than 8 MB"),
    ],
    ids=[
        "empty",
        "SVG",
        "GIF",
        "TIFF",
        "a JPEG that begins as a GIF",
        "cut off",
        "damaged",
        "small",
        "large",
        "larger",
        "a bomb",
        "heavy",
    ],
)
def test_read_picture_refuses(content, words):
    with pytest.raises(UnusableImage, match=words):
        read_picture(content)


def test_read_picture_takes_a_phones_two_pictures_in_one_file():
    first, second = Pillow.new("RGB", (500, 400), "red"), Pillow.new("RGB", (500, 400), "blue")
    file = BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second])

    picture = read_picture(file.getvalue())

    assert picture.ending == "jpg"
    assert picture.pixels.getpixel((9, 9))[0] > 200


@pytest.mark.parametrize(
    ("mode", "color", "seen"),
    [
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("LA", (0, 0), (255, 255, 255)),
        ("L", 128, (128, 128, 128)),
        ("I;16", 32_768, (128, 128, 128)),
        ("P", 0, (0, 0, 0)),
    ],
)
def test_read_picture_shows_any_kind_of_pixels_on_white(mode, color, seen):
    picture = read_picture(picture_file("PNG", mode=mode, color=color))

    assert picture.pixels.getpixel((9, 9)) == seen


def test_read_picture_brings_colors_to_those_of_the_web():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    picture = read_picture(picture_file("PNG", color=(10, 20, 30), icc_profile=profile))

    assert picture.pixels.getpixel((9, 9)) == (10, 20, 30)
    assert picture.pixels.info == {}


def test_read_picture_goes_on_without_a_broken_color_profile():
    picture = read_picture(picture_file(color=(10, 20, 30), icc_profile=b"no profile"))

    assert picture.pixels.info == {}


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (400, [400]),
        (799, [400]),
        (800, [400, 800]),
        (1600, [400, 800, 1600]),
        (9000, [400, 800, 1600]),
    ],
)
def test_copies_are_never_larger_than_the_image(width, widths):
    assert copy_widths(width) == widths


def exif():
    """Return that the picture lies on its side, the camera's maker, and a place in London."""
    facts = Pillow.Exif()
    facts[0x0112] = 6
    facts[0x010F] = "Camera maker"
    facts.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    return facts


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "PNG"])
def test_copies_stand_upright_and_say_nothing_of_place_and_camera(media, kind):
    content = picture_file(kind, (600, 900), exif=exif())
    picture = read_picture(content)

    write_copies(picture)

    assert b"Camera maker" in content
    assert (picture.width, picture.height) == (900, 600)
    names = sorted(path.name for path in (media / "articles").iterdir())
    assert names == [
        f"{picture.name}-{width}.{ending}"
        for width in (400, 800)
        for ending in ("avif", "jpg", "webp")
    ]
    for name in names:
        path = media / "articles" / name
        with Pillow.open(path) as copy:
            assert copy.size in {(400, 267), (800, 533)}
            assert dict(copy.getexif()) == {}
            assert copy.info.get("xmp") is None
        assert b"Camera maker" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o644


def test_a_copy_that_cannot_be_written_leaves_nothing(media, monkeypatch):
    picture = read_picture(picture_file())
    monkeypatch.setattr(Pillow.Image, "save", fail)

    with pytest.raises(OSError, match="disk"):
        write_copies(picture)

    assert list((media / "articles").iterdir()) == []


def fail(*args, **kwargs):
    raise OSError("The disk is full.")


def test_delete_copies_deletes_those_of_one_image(media):
    kept, gone = read_picture(picture_file()), read_picture(picture_file())
    write_copies(kept)
    write_copies(gone)

    delete_copies(gone.name)

    assert {path.name[:40] for path in (media / "articles").iterdir()} == {kept.name}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["condition", "treatment"])
@pytest.mark.parametrize(
    ("ending", "content_type"),
    [("avif", "image/avif"), ("webp", "image/webp"), ("jpg", "image/jpeg")],
)
def test_copy_of_a_live_article_is_for_everyone_and_for_ever(client, kind, ending, content_type):
    image = make_image()
    article = make_condition() if kind == "condition" else make_treatment()
    show(image, **{kind: article})
    publish(article, by="tests", now=timezone.now())

    response = client.get(
        copy_url(image.name, 800, ending), headers={"Cookie": "sessionid=" + "x" * 32}
    )

    assert response.status_code == 200
    assert response.content == copy_path(image.name, 800, ending).read_bytes()
    assert response["Content-Type"] == content_type
    assert response["Cache-Control"] == YEAR
    assert response["Content-Disposition"] == f'inline; filename="{image.name}-800.{ending}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" not in response.get("Vary", "")
    assert response.cookies == {}


@pytest.mark.django_db
def test_copy_is_for_who_may_see_images_alone_before_and_after_it_is_live(client):
    image, now = make_image(), timezone.now()
    draft = make_condition()
    show(image, condition=draft)
    url = copy_url(image.name, 400, "webp")
    patient = User.objects.create_user("patient")

    publish(draft, by="tests", now=now - timedelta(hours=2))
    assert client.get(url).status_code == 200
    unpublish(draft, by="tests", now=now - timedelta(hours=1))
    stranger = client.get(url)
    client.force_login(patient)
    signed_in = client.get(url)
    client.force_login(make_staff("front desk", group="Front desk"))
    at_the_desk = client.get(url)
    client.force_login(make_staff("writer", group="Author"))
    response = client.get(url)

    refused = (stranger.status_code, signed_in.status_code, at_the_desk.status_code)
    assert (refused, response.status_code) == ((404, 404, 404), 200)
    assert stranger.cookies == {}
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_copy_that_only_a_later_edition_shows_is_not_public(client):
    image, now = make_image(), timezone.now()
    article = make_condition()
    publish(article, by="tests", now=now - timedelta(hours=1))
    show(image, condition=article)
    publish(article, by="tests", now=now + timedelta(hours=1))

    assert client.get(copy_url(image.name, 400, "webp")).status_code == 404


@pytest.mark.django_db
def test_copy_that_is_not_on_the_disk_is_not_found(client):
    image = make_image()
    article = make_condition()
    show(image, condition=article)
    publish(article, by="tests", now=timezone.now())

    assert client.get(copy_url(image.name, 1600, "webp")).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/media/originals/{name}.jpg",
        "/media/articles/{name}.jpg",
        "/media/articles/{name}-400.svg",
        "/media/articles/{name}-401.jpg",
        "/media/articles/{name}-400.jpg/",
        "/media/articles/{name}-400.jpg%0A",
        "/media/articles/../originals/{name}.jpg",
        "/media/articles/..%2Foriginals%2F{name}.jpg",
        "/media/articles/",
        "/media/",
    ],
)
def test_nothing_but_copies_is_served(client, path):
    image = make_image()
    original = read_picture(picture_file()).name
    client.force_login(User.objects.create_superuser("staff"))

    response = client.get(path.format(name=image.name))

    assert response.status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("conditions:image-copy", args=[f"../{original}"[:40], 400, "jpg"])


def entry(**kwargs):
    """Return an image as a frozen document has it."""
    defaults = {
        "aspect": "overview",
        "name": "a" * 40,
        "width": 1000,
        "height": 500,
        "alt": 'A "hand"',
        "is_decorative": False,
        "caption": "",
        "credit": "",
    }
    return defaults | kwargs


def test_picture_offers_modern_copies_and_keeps_its_place():
    html = render_to_string("components/picture.html", {"image": entry()})

    base = f"/media/articles/{'a' * 40}"
    assert f'srcset="{base}-400.avif 400w, {base}-800.avif 800w"' in html
    assert html.index("image/avif") < html.index("image/webp") < html.index("<img")
    assert f'src="{base}-800.jpg"' in html
    assert 'width="800" height="400"' in html
    assert 'alt="A &quot;hand&quot;"' in html
    assert 'loading="lazy" decoding="async"' in html
    assert "figcaption" not in html


def test_picture_that_is_decoration_has_an_empty_description():
    html = render_to_string(
        "components/picture.html",
        {"image": entry(alt="", is_decorative=True, caption="<b>Calf</b>", credit="A. Author")},
    )

    assert 'alt=""' in html
    assert "<figcaption>&lt;b&gt;Calf&lt;/b&gt; <small>A. Author</small></figcaption>" in html
