import json
import shutil

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from conditions.documents import freeze, with_parts
from conditions.images import copy_path
from conditions.medicine_check import check_medicines
from conditions.models import (
    Condition,
    FormerSlug,
    GlossaryTerm,
    Illustration,
    Image,
    MedicineClass,
    RedFlag,
    Remedy,
    Revision,
    Section,
    Source,
    Treatment,
)
from conditions.starter import load
from conditions.transfer import BadContent, Content, import_content, read_content
from tests.copies import fill

from .factories import NOW, make_condition, make_red_flag
from .pictures import make_image, picture_file, show

pytestmark = pytest.mark.django_db


def export(folder):
    call_command("export_articles", folder, verbosity=0)
    return {path.relative_to(folder): path.read_text() for path in folder.rglob("*.json")}


def entry(**kwargs):
    return {"slug": "hiccups", "title": "Hiccups", "kind": "symptom", **kwargs}


@pytest.fixture
def exported(tmp_path):
    """Return the files of a site with the starter content and more, and its frozen drafts."""
    fill(load, now=NOW)
    for code in ("eye.pain", "rash.fast"):
        make_red_flag(code=code, is_global=True, position=7)
    files = export(tmp_path / "first")
    frozen = {article.slug: freeze(article) for article in with_parts(Condition.objects.all())}
    return tmp_path / "first", files, frozen


@pytest.fixture
def another_site(exported):
    """Empty the tables, as on a site that has nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "TRUNCATE conditions_condition, conditions_treatment, conditions_source, "
            "conditions_redflag, conditions_glossaryterm, conditions_medicineclass CASCADE"
        )
    return exported


def test_export_writes_one_file_an_article(exported):
    _folder, files, frozen = exported

    assert {str(name) for name in files} == {
        *(f"conditions/{slug}.json" for slug in frozen),
        *("glossary.json", "images.json", "medicines.json", "red_flags.json"),
        *("remedies.json", "sources.json", "treatments.json"),
    }


def test_import_on_another_site_gives_the_same_export(another_site, tmp_path):
    folder, files, frozen = another_site

    call_command("import_articles", folder, verbosity=0)

    assert export(tmp_path / "second") == files
    assert {
        article.slug: freeze(article) for article in with_parts(Condition.objects.all())
    } == frozen


@pytest.fixture
def with_pictures(settings, tmp_path):
    """Return an export with one picture that an article shows, and its copies gone."""
    settings.MEDIA_ROOT = tmp_path / "media"
    upload = picture_file()
    image = make_image(upload)
    default_storage.save(image.file.name, ContentFile(upload))
    show(image, condition=make_condition(slug="hiccups", red_flags=[]), caption="A palm")
    files = export(tmp_path / "first")
    Illustration.objects.all().delete()
    Image.objects.all().delete()
    shutil.rmtree(settings.MEDIA_ROOT)
    return tmp_path / "first", files, image


def test_import_brings_pictures_and_their_copies(
    with_pictures, tmp_path, django_capture_on_commit_callbacks
):
    folder, files, image = with_pictures

    with django_capture_on_commit_callbacks(execute=True):
        call_command("import_articles", folder, update=True, verbosity=0)

    assert export(tmp_path / "second") == files
    assert Illustration.objects.get().caption == "A palm"
    assert copy_path(image.name, 400, "avif").exists()
    assert (tmp_path / "second/pictures" / f"{image.name}.jpg").exists()


def test_import_that_is_not_kept_leaves_no_files(with_pictures, tmp_path):
    folder, _files, _image = with_pictures

    call_command("import_articles", folder, dry_run=True, verbosity=0)

    assert not Image.objects.exists()
    assert not (tmp_path / "media").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.unlink(), "there is no file pictures/"),
        (lambda file: file.write_bytes(b"no picture"), "cannot be read as a picture"),
        (lambda file: file.write_bytes(picture_file()), "holds another picture"),
    ],
)
def test_import_refuses_a_picture_that_is_not_the_one(with_pictures, change, said):
    folder, _files, image = with_pictures
    change(folder / "pictures" / f"{image.name}.jpg")

    with pytest.raises(CommandError, match=said):
        call_command("import_articles", folder)


def test_import_publishes_nothing(another_site):
    folder, _files, frozen = another_site

    call_command("import_articles", folder, verbosity=0)

    assert Condition.objects.count() == len(frozen)
    assert not Condition.objects.published(NOW).exists()
    assert not Revision.objects.exists()


def test_import_leaves_what_is_there(exported, capsys):
    folder, _files, _frozen = exported
    Treatment.objects.filter(slug="acupuncture").update(title="Needles")
    Section.objects.filter(condition__slug="migraine", aspect="overview").delete()

    call_command("import_articles", folder)

    assert capsys.readouterr().out.startswith("Added: 0\nWritten over: 0\nLeft as they are: ")
    assert Treatment.objects.get(slug="acupuncture").title == "Needles"
    assert not Section.objects.filter(condition__slug="migraine", aspect="overview").exists()


def test_import_with_update_writes_over_drafts_alone(exported, tmp_path):
    folder, files, _frozen = exported
    Treatment.objects.filter(slug="acupuncture").update(title="Needles")
    Section.objects.filter(condition__slug="migraine", aspect="overview").delete()
    Remedy.objects.filter(slug="yarrow").update(note="Changed")
    editions = Revision.objects.count()

    call_command("import_articles", folder, update=True, verbosity=0)

    assert export(tmp_path / "second") == files
    assert Revision.objects.count() == editions


def test_import_dry_run_changes_nothing(another_site, capsys):
    folder, _files, _frozen = another_site

    call_command("import_articles", folder, dry_run=True)

    assert capsys.readouterr().out.startswith("Would be added: ")
    assert not Condition.objects.exists()
    assert not Source.objects.exists()


def test_import_cleans_what_a_page_must_not_hold():
    section = {"aspect": "overview", "body": "<p onclick='x()'>Hi<script>x()</script></p>"}

    import_content(Content(conditions=[entry(section=[section])]))

    assert Section.objects.get().body == "<p>Hi</p>"


def test_import_keeps_old_addresses_and_the_replacement():
    first = entry(slug="hiccups", replaced_by="hiccup-spells", old_slugs=["hic"])

    import_content(Content(conditions=[first, entry(slug="hiccup-spells")]))

    assert Condition.objects.get(slug="hiccups").replaced_by.slug == "hiccup-spells"
    assert FormerSlug.objects.get(slug="hic").condition.slug == "hiccups"


def test_import_keeps_the_wider_kind_of_a_medicine_in_any_order():
    narrow = {"slug": "ace", "name": "ACE inhibitors", "part_of": "pressure"}

    import_content(
        Content(medicines=[narrow, {"slug": "pressure", "name": "Blood pressure medicines"}])
    )

    assert MedicineClass.objects.get(slug="ace").part_of.slug == "pressure"


def test_import_of_medicines_in_one_line_knows_each():
    kind = {"slug": "thinners", "name": "Blood thinners", "names": ["abcmedon, xyzmedon"]}

    import_content(Content(medicines=[kind]))

    reading = check_medicines("xyzmedon, abcmedon").reading
    assert [match.name for match in reading.matches] == ["xyzmedon", "abcmedon"]


def test_import_refuses_kinds_of_medicine_that_are_part_of_each_other():
    kinds = [{"slug": "a", "name": "A", "part_of": "b"}, {"slug": "b", "name": "B", "part_of": "a"}]

    with pytest.raises(BadContent, match=r"^Kind of medicine “b”: A is a part of B already\."):
        import_content(Content(medicines=kinds))

    assert not MedicineClass.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"titel": "Hiccups"}, "Condition “hiccups”: “titel” is not known"),
        ({"kind": "illness"}, "Condition “hiccups”, “kind”: Value 'illness' is not a valid choice"),
        ({"title": 5}, "“title”: This must be text."),
        ({"review_due_on": "soon"}, "“review_due_on”: "),
        ({"names": "hiccup"}, "“names” must be a list of texts."),
        ({"section": [{"aspect": "none", "body": ""}]}, "section 1, “aspect”: "),
        ({"sources": ["nobody"]}, "names “nobody”, which is not among the files or on the site."),
        ({"related": [{"slug": "hic"}]}, "names “hic”, which is not among"),
        ({"related": {"slug": "hic"}}, "“related” must be a list of entries."),
        ({"slug": "no spaces"}, "“slug”: "),
        ({"slug": "feed"}, "“feed”: The site uses this word"),
        ({"review_due_on": 5}, "“review_due_on”: This has the wrong kind of value."),
        ({"title": "a\0b"}, "The database refuses it: "),
        ({"title": "\ud800"}, "The database refuses it: "),
        ({"names": ["x" * 121]}, "The database refuses it: "),
        ({"old_slugs": ["../x y"]}, "“../x y”: "),
        ({"replaced_by": "hiccups"}, "“hiccups” cannot be replaced by itself."),
        ({"self_care": [{"kind": "dont", "text": "do not rub"}]}, "The database refuses it: "),
    ],
)
def test_import_says_what_is_wrong_and_adds_nothing(wrong, said):
    content = Content(
        glossary=[{"term": "phren", "definition": "A muscle."}], conditions=[entry(**wrong)]
    )

    with pytest.raises(BadContent) as raised:
        import_content(content)

    assert said in str(raised.value)
    assert not GlossaryTerm.objects.exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("sources.json", "{", "sources.json cannot be read: "),
        ("sources.json", "[]", "sources.json must hold one object"),
        ("sources.json", '{"source": {}}', "“source” must be a list of entries."),
        ("other.json", "{}", "holds no content: name the folder that export_articles wrote."),
    ],
)
def test_import_says_which_file_is_wrong(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)

    with pytest.raises(CommandError) as raised:
        call_command("import_articles", tmp_path)

    assert said in str(raised.value)


def test_export_needs_an_empty_folder(tmp_path):
    (tmp_path / "old.json").write_text("{}")

    with pytest.raises(CommandError, match="is not empty: name a new folder"):
        call_command("export_articles", tmp_path)


def test_export_says_when_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(CommandError, match="cannot be read or written"):
        call_command("export_articles", tmp_path / "file" / "folder")


def test_export_keeps_odd_words(tmp_path):
    make_condition(slug="odd", title="抽筋 </script> \u2028 “x”", red_flags=[])

    export(tmp_path / "out")

    (read,) = read_content(tmp_path / "out").conditions
    assert read["title"] == "抽筋 </script> \u2028 “x”"
    assert json.loads((tmp_path / "out/red_flags.json").read_text()) == {"red_flag": []}
    assert RedFlag.objects.count() == 0
