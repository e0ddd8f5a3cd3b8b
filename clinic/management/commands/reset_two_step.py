from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinic.sign_in import two_step


class Command(BaseCommand):
    help = (
        "Remove the authenticator app and recovery codes of an account, and sign it out everywhere. "
        "Whoever signs in next with its password sets up a new app."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--yes", action="store_true", help="Do not ask first.")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"No account is called {username}.")
        if not options["yes"]:
            question = (
                f"Reset two-step sign-in of {username}? From then on the password alone lets "
                "somebody set it up anew, so be sure that it is theirs. Type yes: "
            )
            if input(question).strip().lower() != "yes":
                self.stdout.write("Nothing was changed.")
                return
        if not two_step.reset(user, now=timezone.now()):
            self.stdout.write(
                f"{username} has neither an app nor recovery codes: nothing was changed."
            )
            return
        self.stdout.write(f"Two-step sign-in of {username} is reset, and the account signed out.")
