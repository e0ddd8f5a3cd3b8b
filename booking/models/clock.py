from django.db import connection
from django.db.models import DateTimeField, Func


class DatabaseNow(Func):
    """The time on PostgreSQL's clock when the statement began: the one clock that ends a hold.

    Several web servers may disagree by minutes; what they ask the database cannot. Not the time at
    which the transaction began, as that is before the wait for a diary.
    """

    function = "statement_timestamp"
    arity = 0
    output_field = DateTimeField()

    @classmethod
    def in_sql(cls) -> str:
        """Return it as it stands in a statement."""
        return cls().as_sql(None, connection)[0]  # type: ignore[arg-type]  # it has no parts to compile
