"""How much the drawn tests of the booking engine draw."""

import os

from hypothesis import HealthCheck, settings

# `make proofs` draws for many minutes, and not for some seconds.
ROUNDS = int(os.environ.get("PROOF_ROUNDS", "1"))


def draws(examples, **kwargs):
    """Return the settings of a test that draws so many examples in a usual run."""
    return settings(
        max_examples=examples * ROUNDS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **kwargs,
    )
