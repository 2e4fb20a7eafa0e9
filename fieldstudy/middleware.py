"""What every request passes: nobody unknown gets in, and every error a person can mend becomes a page that says how."""

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import resolve

from fieldstudy.web import refusal_of, told, translated

Respond = Callable[[HttpRequest], HttpResponse]
OPEN_PATHS = ("/accounts/", "/static/", "/invitations/", "/language/", "/health/", "/api/")

# The words of the interface's modules are the same for everybody.
KEPT_PATHS = ("/language/catalogue.js", "/health/")


def sign_in_required(respond: Respond) -> Respond:
    """Send whoever is not signed in to the sign-in page; the API answers for itself.

    A part of a page asked for after the session ended is refused (401): what was typed stays, and the page says so.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or request.path.startswith(OPEN_PATHS):
            return respond(request)
        if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
            return render(request, "errors/_signed_out.html", status=401)
        return redirect_to_login(request.get_full_path())

    return middleware


def nothing_kept(respond: Respond) -> Respond:
    """Forbid browsers and what stands between to keep what signed-in people see, unless a view says otherwise."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        if not request.path.startswith(KEPT_PATHS):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


class errors_as_pages:  # noqa: N801 - a middleware, named like the other
    """Turn a `FieldstudyError` raised anywhere in a page into a page or a fragment with its status."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        refusal = refusal_of(exception)
        if refusal is None:
            return None
        if resolve(request.path_info).namespaces[:1] == ["api"]:
            return JsonResponse(told(refusal), status=refusal.http_status)
        template = "errors/_error.html" if getattr(request, "htmx", False) else "errors/error.html"
        context = {"error": refusal, "message": translated(refusal)}
        return render(request, template, context, status=refusal.http_status)
