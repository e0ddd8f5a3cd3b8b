"""The address of a new article: asked for where the title gives none."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.text import slugify

from conditions.models import Condition

from .staff import typed_in

pytestmark = pytest.mark.django_db
ADD = reverse("admin:conditions_condition_add")


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create_superuser("boss"))
    return client


def add(client, **typed):
    return client.post(ADD, typed_in(client.get(ADD)) | {"_continue": "1"} | typed)


def test_address_of_a_chinese_title_is_asked_for(staff):
    refused = add(staff, title="抽筋", slug=slugify("抽筋"))
    saved = add(staff, title="抽筋", slug="chou-jin")

    assert refused.status_code == 200
    assert refused.context["adminform"].form.errors == {"slug": ["This field is required."]}
    assert "抽筋" in refused.text
    assert saved.status_code == 302
    assert Condition.objects.values_list("title", "slug").get() == ("抽筋", "chou-jin")
