"""The page behind an invitation's link."""

import uuid
from urllib.parse import urlencode

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fieldstudy.errors import FieldstudyError
from fieldstudy.models import User
from observations.actions.invitations import join_as_new_person
from observations.actions.studies import accept_invitation, find_invitation
from observations.forms.fields import show_error
from observations.forms.studies import NewPersonForm
from observations.models import Invitation
from observations.views.studies import role_names


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What one is invited to; join signed in, or with a new account for the invited e-mail."""
    found = find_invitation(token, timezone.now())
    if isinstance(request.user, User):
        if request.method == "POST":
            joined = accept_invitation(actor=request.user, token=token, at=timezone.now())
            return redirect("study", joined.slug)
        return _page(request, found)
    if User.objects.filter(email=found.email).exists():
        sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return redirect(sign_in) if request.method == "POST" else _page(request, found, sign_in=sign_in)
    return _new_person(request, found, token)


def _new_person(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    refused = ratelimit.consume_or_429(request, action="signup")
    if refused is not None:
        return refused
    form = NewPersonForm(request.POST if request.method == "POST" else None, email=found.email)
    if request.method == "POST" and form.is_valid():
        try:
            user = join_as_new_person(id=uuid.uuid4(), token=token, at=timezone.now(), **form.cleaned_data)
            login(request, user, settings.AUTHENTICATION_BACKENDS[0])
            return redirect("study", found.study.slug)
        except FieldstudyError as error:
            show_error(form, error)
    return _page(request, found, form=form)


def _page(
    request: HttpRequest, found: Invitation, *, form: NewPersonForm | None = None, sign_in: str = ""
) -> HttpResponse:
    context = {"invitation": found, "roles": role_names(found.roles), "form": form, "sign_in": sign_in}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "observations/invitation.html", context, status=status)
