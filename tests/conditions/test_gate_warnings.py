"""What is hard to read is warned of, and published all the same."""

import pytest
from django.contrib.auth.models import User

from conditions.models import Condition
from conditions.publishing import publish
from conditions.reading import MAX_GRADE, paragraphs_of, read

from .admin_pages import change_url
from .factories import NOW, make_condition

pytestmark = pytest.mark.django_db
HARD = (
    "Electrophysiological investigations occasionally demonstrate fasciculations whose aetiology "
    "remains undetermined notwithstanding comprehensive multidisciplinary evaluation by numerous "
    "exceptionally experienced neuromuscular specialists and their colleagues. "
)


def test_hard_text_is_warned_of_and_published(client):
    condition = make_condition(title="Hard", lede=HARD * 4)
    client.force_login(User.objects.create_superuser("boss"))

    page = client.get(change_url(condition)).text
    revision = publish(condition, by="tests", now=NOW)

    reading = read(paragraphs_of(revision.document))
    assert reading.grade > MAX_GRADE
    assert reading.long_sentences
    assert reading.long_paragraphs
    assert f"{reading.grade}" in page
    assert "Electrophysiological" in page
    assert Condition.objects.published(NOW).get().live_title == "Hard"
