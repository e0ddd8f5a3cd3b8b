"""Finding people by what a caller says: parts of it first, then what is nearly it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.admin.search import ENOUGH, NEAR_SHOWN, find_among, mistyped, slips
from booking.models import Appointment, Patient

from .factories import local, make_appointment, make_patient, make_service

pytestmark = pytest.mark.django_db

PEOPLE = {
    "garcia": ("María José García-López", "mj.garcia@example.com", "+12125550123"),
    "oneil": ("Seán O’Neil", "sean@example.org", "+13125550188"),
    "mueller": ("Jürgen Müller", "jm@bücher.example", "+442079460018"),
    "nguyen": ("Nguyễn Thị Minh", "minh@example.net", "+81312345678"),
    "smith": ("Katherine Smith", "kate.smith@mail.example", "+16465550170"),
    "cyrillic": ("Ольга Иванова", "olga@example.net", "+12015550144"),
}


@pytest.fixture
def people():
    return {
        key: make_patient(name=name, email=email, phone=phone).pk
        for key, (name, email, phone) in PEOPLE.items()
    }


def found(term, people):
    """Return who has the typed parts, and who is only spelled alike."""
    names = {pk: key for key, pk in people.items()}
    rows = find_among(term, Patient.objects.all(), Appointment.objects.all()).among(
        Patient.objects.all()
    )
    exact = [names[row.pk] for row in rows if not row.likeness]
    return exact, [names[row.pk] for row in rows if row.likeness]


@pytest.mark.parametrize(
    ("term", "who"),
    [
        ("garcia", "garcia"),
        ("GARCÍA", "garcia"),
        ("lopez garcia maria", "garcia"),
        ("García-López, María", "garcia"),
        ("jose g", "garcia"),
        ("m. garcia", "garcia"),
        ("L. María", "garcia"),
        ("Mrs Garcia", "garcia"),
        ("Mrs. Garcia", "garcia"),
        ("Dr. S. O'Neil", "oneil"),
        ("o'neil", "oneil"),
        ("O’NEIL", "oneil"),
        ("oneil sean", "oneil"),
        ("muller", "mueller"),
        ("nguyen thi", "nguyen"),
        ("Nguyễn", "nguyen"),
        ("иванова", "cyrillic"),
        ("jm@bücher.example", "mueller"),
        ("mj.garcia@example.com", "garcia"),
        ("MJ.Garcia@", "garcia"),
        ("(212) 555-0123", "garcia"),
        ("212.555.0123", "garcia"),
        ("+1 212 555 0123", "garcia"),
        ("001 212 555 0123", "garcia"),
        ("212/555-0123 x7", "garcia"),
        ("0123", "garcia"),
        ("maria 0123", "garcia"),
        ("+44 20 7946 0018", "mueller"),
        ("+44 (0)20 7946 0018", "mueller"),
        ("020 7946 0018", "mueller"),
        ("0044 20 7946 0018", "mueller"),
        ("+81-3-1234-5678", "nguyen"),
    ],
)
def test_parts_are_found_in_any_order_and_spelling(people, term, who):
    assert found(term, people) == ([who], [])


@pytest.mark.parametrize(
    ("term", "who"),
    [
        ("gracia", "garcia"),
        ("garzia", "garcia"),
        ("lopes garsia", "garcia"),
        ("mraia josé gracía", "garcia"),
        ("mueller", "mueller"),
        ("juergen mueller", "mueller"),
        ("muler", "mueller"),
        ("o'niel", "oneil"),
        ("o'neal", "oneil"),
        ("smiht", "smith"),
        ("smyth katharine", "smith"),
        ("katehrine", "smith"),
        ("catherine smith", "smith"),
        ("nguyn", "nguyen"),
        ("ngyuen", "nguyen"),
        ("ивонова", "cyrillic"),
        ("kate.smiht@mail.example", "smith"),
        ("kate.smith@mail.exmaple", "smith"),
        ("(212) 555-0128", "garcia"),
        ("(212) 555-0132", "garcia"),
        ("555-0213", "garcia"),
        ("+44 20 7946 0081", "mueller"),
    ],
)
def test_slips_of_the_hand_are_found_and_marked(people, term, who):
    exact, near = found(term, people)

    assert exact == []
    assert near[:1] == [who]


@pytest.mark.parametrize(
    "term",
    [
        "zzz",
        "xylophone",
        "smith garcia",
        "x. garcia",
        "e. garcia",
        "garzya lopzz moria",
        "999-9999",
        "%",
        "_",
        "\\",
        "'",
        "-",
        "9" * 500,
    ],
)
def test_what_is_nobody_finds_nobody(people, term):
    assert found(term, people) == ([], [])


@pytest.mark.parametrize("term", ["", "   ", "\0"])
def test_nothing_finds_nobody(people, term):
    assert found(term, people) == ([], [])


def test_what_was_typed_comes_before_what_is_like_it(people):
    smyth = make_patient(name="Ann Smyth", email="ann@example.com", phone="+12125550177").pk

    assert found("smith", people | {"smyth": smyth}) == (["smith"], ["smyth"])
    assert found("smyth", people | {"smyth": smyth}) == (["smyth"], ["smith"])


def test_enough_that_fit_leave_out_those_that_nearly_do(people):
    rows = {
        f"ann {n}": make_patient(name=f"Ann Smyth {n}", phone=f"+1212555{2000 + n}").pk
        for n in range(ENOUGH)
    }

    exact, near = found("smyth", people | rows)

    assert (len(exact), near) == (ENOUGH, [])


def test_near_misses_are_no_endless_list(people):
    rows = {f"ann {n}": make_patient(name=f"Berta Kowalski {n}").pk for n in range(NEAR_SHOWN + 5)}

    assert len(found("kowalsky", people | rows)[1]) == NEAR_SHOWN


def test_a_patient_is_found_by_the_reference_of_a_visit(people, monday_morning):
    service = make_service()
    for who, hour, digits in (("smith", 9, "4f7a9c21"), ("oneil", 10, "aaaaaaaa")):
        make_appointment(
            service,
            local(8, hour),
            patient=Patient.objects.get(pk=people[who]),
            reference=f"{digits}-0000-4000-8000-000000000001",
        )

    for term in ("4F7A-9C21", "4f7a 9c21", "4f7a9c21-0000-4000-8000-000000000001"):
        assert found(term, people) == (["smith"], [])
    for term in ("4F7A-9C12", "4F7A-9C27"):
        assert found(term, people) == ([], ["smith"])
    assert found("AAAA-AAAA", people) == (["oneil"], [])


def test_the_number_of_queries_does_not_depend_on_who_is_found(people):
    def count(term):
        with CaptureQueriesContext(connection) as queries:
            list(find_among(term, Patient.objects.all()).among(Patient.objects.all()))
        return len(queries)

    one = count("smiht")
    for n in range(5):
        make_patient(name=f"Ann Smit {n}")

    assert count("smiht") == one


@pytest.mark.parametrize(
    ("word", "other", "count"),
    [
        ("smith", "smith", 0),
        ("smiht", "smith", 1),
        ("smit", "smith", 1),
        ("smiths", "smith", 1),
        ("smyth", "smith", 1),
        ("msiht", "smith", 2),
        ("ab", "ba", 1),
        ("smith", "jones", 5),
        ("a", "abcd", 99),
        ("", "ab", 2),
    ],
)
def test_slips_are_counted(word, other, count):
    assert slips(word, other) == slips(other, word) == count


def test_mistyped_numbers_differ_in_one_digit_or_have_two_swapped():
    assert mistyped("12", "123") == {"22", "32", "11", "13", "21"}


def test_postgresql_keeps_what_is_searched_as_the_record_changes(people):
    patient = Patient.objects.get(pk=people["smith"])
    assert patient.search_text == "katherine smith kate.smith@mail.example"

    Patient.objects.filter(pk=patient.pk).update(name="Kathe D’Ærø")

    patient.refresh_from_db()
    assert patient.search_text == "kathe daero kate.smith@mail.example"
