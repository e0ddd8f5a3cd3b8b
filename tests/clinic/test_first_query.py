import pytest
from django.db import OperationalError, connection, transaction

from clinic.first_query import ask_first


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_database_closed_is_opened_again():
    (before,) = ask_first("SELECT pg_backend_pid()")
    connection.connection.close()

    (after,) = ask_first("SELECT pg_backend_pid()")

    assert after != before


@pytest.mark.django_db
def test_inside_a_transaction_what_fails_is_told():
    ask_first("SELECT set_config('statement_timeout', '10ms', true)")

    with pytest.raises(OperationalError), transaction.atomic():
        ask_first("SELECT pg_sleep(5)")

    assert ask_first("SELECT 1") == (1,)
