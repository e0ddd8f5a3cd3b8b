from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pillow

from conditions.images import COPIES, copy_path
from conditions.models import Illustration, Image
from conditions.publishing import publish

from .constraints import breaks
from .factories import make_condition, make_treatment
from .pictures import make_image, picture_file, show
from .staff import at_once, open_form, sign_in

pytestmark = pytest.mark.django_db
ADD = reverse("admin:conditions_image_add")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(client, content, name="hand.jpg", **fields):
    # What the browser says about the file is not believed.
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return client.post(ADD, {"title": "A hand", "credit": "", "file": file} | fields)


def delete(client, image):
    url = reverse("admin:conditions_image_delete", args=[image.pk])
    return client.post(url, {"post": "yes"})


def test_upload_keeps_the_original_and_makes_the_copies(client, editor, media):
    content = picture_file("PNG", (900, 600))

    response = upload(client, content, name="../../Hand of Mrs. Doe.php")

    image = Image.objects.get()
    assert response.status_code == 302
    assert (image.width, image.height, image.title) == (900, 600, "A hand")
    assert image.created_by == editor
    assert image.file.name == f"originals/{image.name}.png"
    assert (media / image.file.name).read_bytes() == content
    assert all(copy_path(image.name, w, e).exists() for w in (400, 800) for e in COPIES)
    assert not copy_path(image.name, 1600, "avif").exists()


def test_upload_of_a_picture_that_lies_on_its_side_is_measured_upright(client, editor):
    exif = Pillow.Exif()
    exif[0x0112] = 8

    upload(client, picture_file("JPEG", (500, 700), exif=exif))

    assert (Image.objects.get().width, Image.objects.get().height) == (700, 500)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload='alert(1)'></svg>", "This file cannot be read as a picture."),
        (picture_file("GIF"), "Choose a JPEG, PNG, WebP or AVIF file."),
        (picture_file(size=(100, 100)), "This picture is 100 pixels wide."),
        (picture_file() + bytes(9 * 1024 * 1024), "This file is larger than 8 MB."),
        (b"", "The submitted file is empty."),
    ],
    ids=["SVG", "GIF", "small", "heavy", "empty"],
)
def test_upload_is_refused_in_plain_words(client, editor, media, content, words):
    response = upload(client, content)

    assert words in response.content.decode()
    assert not Image.objects.exists()
    assert list(media.rglob("*.*")) == []


def test_upload_of_the_same_file_names_the_image_that_is_there(client, editor):
    content = picture_file()
    upload(client, content, title="Left <hand>")

    response = upload(client, content, name="other.png", title="Another")

    assert "It is called “Left &lt;hand&gt;”." in response.content.decode()
    assert Image.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_picture_sent_twice_at_the_same_moment_is_kept_once():
    content = picture_file()
    browsers = [sign_in(f"writer-{number}", group="Content") for number in range(2)]

    answers = at_once(browsers, lambda browser, _: upload(browser, content))

    assert sorted(answer.status_code for answer in answers) == [200, 302]
    told = max(answers, key=lambda answer: answer.status_code == 200)
    assert "It is called “A hand”." in told.text
    assert Image.objects.count() == 1


def test_image_form_shows_the_picture_and_never_the_original(client, editor):
    image = make_image()
    article = make_condition(title="Cramps")
    show(image, condition=article)
    publish(article, by="tests", now=timezone.now())

    html = client.get(reverse("admin:conditions_image_change", args=[image.pk])).content.decode()

    assert f'src="/media/articles/{image.name}-400.jpg"' in html
    assert "800 × 600 pixels" in html
    assert "<li>Draft of Cramps</li><li>Cramps, revision 1</li>" in html
    assert "originals" not in html
    assert 'type="file"' not in html


def test_image_form_changes_the_words_alone(client, editor):
    image = make_image()
    url = reverse("admin:conditions_image_change", args=[image.pk])

    client.post(url, {"title": "Another hand", "credit": "A. Author"})

    changed = Image.objects.get()
    assert (changed.title, changed.credit) == ("Another hand", "A. Author")
    assert (changed.name, changed.width) == (image.name, image.width)
    html = client.get(url).content.decode()
    assert "Nothing yet" in html


@pytest.mark.parametrize("kind", ["condition", "treatment"])
def test_image_that_a_draft_shows_cannot_be_deleted(client, editor, kind):
    image = make_image()
    make = make_condition if kind == "condition" else make_treatment
    show(image, **{kind: make(title="Cramps")})

    response = delete(client, image)

    assert "<li>Draft of Cramps" in response.content.decode()
    assert Image.objects.exists()
    assert copy_path(image.name, 400, "jpg").exists()


def test_image_that_an_edition_shows_cannot_be_deleted(client, editor):
    image = make_image()
    article = make_condition(title="Cramps")
    shown = show(image, condition=article)
    publish(article, by="tests", now=timezone.now())
    shown.delete()
    publish(article, by="tests", now=timezone.now())

    one = delete(client, image)
    many = client.post(
        reverse("admin:conditions_image_changelist"),
        {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"},
    )

    for response in (one, many):
        html = response.content.decode()
        assert "in use, so nothing was deleted" in html
        assert "<li>Cramps, revision 1" in html
    assert Image.objects.exists()


def test_image_that_nothing_shows_goes_with_its_files(
    client, editor, media, django_capture_on_commit_callbacks
):
    for title in ("One", "Two", "Three"):
        upload(client, picture_file(), title=title)
    one, two, three = (Image.objects.get(title=title) for title in ("One", "Two", "Three"))

    with django_capture_on_commit_callbacks(execute=True):
        delete(client, one)
        client.post(
            reverse("admin:conditions_image_changelist"),
            {"action": "delete_selected", "_selected_action": [two.pk], "post": "yes"},
        )

    assert list(Image.objects.all()) == [three]
    assert {Path(path).name[:40] for path in media.rglob("*.*")} == {three.name}


def test_article_shows_an_image_that_staff_chose(client, editor):
    image = make_image()
    article = make_condition()
    url = reverse("admin:conditions_condition_change", args=[article.pk])
    data = open_form(client, article)
    row = {"image": image.pk, "aspect": "overview", "alt": "A hand", "position": 0}
    data |= {f"illustrations-0-{name}": value for name, value in row.items()}
    data |= {"illustrations-TOTAL_FORMS": 1}

    response = client.post(url, data)

    assert response.status_code == 302
    shown = Illustration.objects.get()
    assert (shown.condition, shown.image, shown.alt) == (article, image, "A hand")


def test_database_refuses_a_description_of_mere_decoration():
    image, article = make_image(), make_condition()

    with breaks("illustration_alt_or_decorative"):
        show(image, condition=article, alt="A hand", is_decorative=True)
