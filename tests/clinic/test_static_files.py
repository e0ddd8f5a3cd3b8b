import pytest

from clinic.static_files import RememberingStorage


@pytest.fixture
def storage(tmp_path):
    storage = RememberingStorage(location=tmp_path, base_url="/static/")
    storage.hashed_files = {"css/base.css": "css/base.0123.css"}
    return storage


def test_address_holds_the_hash_and_is_worked_out_once(storage):
    assert storage.url("css/base.css") == "/static/css/base.0123.css"

    storage.hashed_files = {}
    assert storage.url("css/base.css") == "/static/css/base.0123.css"


def test_file_that_was_not_collected_has_no_address(storage):
    with pytest.raises(ValueError, match="css/gone"):
        storage.url("css/gone.css")
