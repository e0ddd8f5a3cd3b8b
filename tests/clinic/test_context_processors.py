import pytest
from django.template import engines

from clinic.models import Clinic


def draw(rf, source):
    return engines["django"].from_string(source).render({}, rf.get("/"))


@pytest.mark.django_db
def test_clinic_is_in_every_template_for_one_query(rf, django_assert_num_queries):
    Clinic.objects.create(name="Harbor Clinic")

    with django_assert_num_queries(1):
        text = draw(rf, "{{ clinic.name }} {{ clinic.emergency_tel }}")

    assert text == "Harbor Clinic tel:911"


@pytest.mark.django_db
def test_clinic_costs_nothing_where_it_is_not_used(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert draw(rf, "plain") == "plain"
