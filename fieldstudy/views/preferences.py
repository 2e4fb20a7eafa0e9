"""A person's own settings: theme, single-letter keys, API tokens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST
from knox.models import AuthToken

from fieldstudy.actions import preferences
from fieldstudy.web import user_of

THEMES = ("light", "dark", "")
YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, theme and keys; and the personal API tokens."""
    user = user_of(request)
    if request.method == "POST":
        name, single_keys = request.POST.get("name", user.name), request.POST.get("single_keys") == "on"
        preferences.set_preferences(user=user, name=name, single_keys=single_keys)
        messages.success(request, gettext("Saved."))
        response = redirect("profile")
        theme = request.POST.get("theme", "")
        response.set_cookie("theme", theme if theme in THEMES else "", max_age=YEAR, samesite="Lax")
        return response
    tokens = AuthToken.objects.filter(user=user).order_by("created")
    return render(
        request, "fieldstudy/profile.html", {"tokens": tokens, "new_token": request.session.pop("token", None)}
    )


@require_POST
def make_token(request: HttpRequest) -> HttpResponse:
    """A new API token, told once."""
    request.session["token"] = preferences.make_token(user=user_of(request))
    return redirect("profile")


@require_POST
def drop_token(request: HttpRequest, digest: str) -> HttpResponse:
    """End a token at once."""
    preferences.drop_token(user=user_of(request), digest=digest)
    messages.success(request, gettext("The token does not work any more."))
    return redirect("profile")
