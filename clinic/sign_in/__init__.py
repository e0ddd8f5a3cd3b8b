"""How staff sign in: password, second step, lock-out, sessions, history."""
