"""Every message is translated, and the compiled catalogue is the one that was written."""

from django.core.management import call_command


def test_every_message_is_translated() -> None:
    call_command("translations", "--check")
