"""`manage.py up`: the whole platform, until Ctrl-C."""

import socket
import threading
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from kombu.exceptions import OperationalError

from fieldstudy import supervisor
from fieldstudy.actions.users import ensure_first_account
from fieldstudy.celery import app
from fieldstudy.errors import FieldstudyError


class Command(BaseCommand):
    help = (
        "Start the platform: migrate, make an administrator's account where none is open, run the web server and the "
        "workers until Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="0 takes any free one (default: %(default)s)")
        parser.add_argument("--workers", type=int, default=2, help="processes for long work (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with supervisor.stop_signals(), supervisor.listen(options["host"], options["port"]) as listener:
                self._run(listener, options["workers"])
        except supervisor.StopAsked:
            self.stdout.write("Stopped.")
        except FieldstudyError as error:
            raise CommandError(str(error)) from error

    def _run(self, listener: socket.socket, workers: int) -> None:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        account = ensure_first_account()
        if account is not None:
            email, password = account
            self.stdout.write(f"The administrator's account, shown only now: {email}, password {password}")
        with supervisor.platform(settings.SERVICES, listener=listener, workers=workers):
            url = supervisor.url_of(listener)
            supervisor.await_ready("web", lambda: supervisor.answers_http(f"{url}/health/"))
            self.stdout.write(f"Fieldstudy is at {url} (Ctrl-C stops it).")
            self.stdout.flush()
            self._await_worker()
            threading.Event().wait()

    def _await_worker(self) -> None:
        """Say when long work can start; pages are of use without."""
        try:
            supervisor.await_ready("worker", worker_is_ready)
        except FieldstudyError as error:
            self.stderr.write(str(error))
        else:
            self.stdout.write("The worker is ready for long work.")
            self.stdout.flush()


def worker_is_ready() -> bool:
    """Whether a Celery worker answers."""
    try:
        return bool(app.control.ping(timeout=1, limit=1))
    except OperationalError:
        return False
