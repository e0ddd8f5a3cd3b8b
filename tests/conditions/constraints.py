"""What the database refuses."""

import pytest
from django.db import IntegrityError


def breaks(constraint):
    return pytest.raises(IntegrityError, match=f"conditions_{constraint}")
