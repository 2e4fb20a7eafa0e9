"""What an administrator sees: the accounts of this installation, and no evidence."""

import uuid
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from fieldstudy.actions.accounts import add_account, need_administrator, set_active, set_administrator
from fieldstudy.errors import FieldstudyError, Missing, Unavailable, gettext_noop
from fieldstudy.models import User
from fieldstudy.web import translated, user_of


class AccountForm(forms.Form):
    """An account to make; its owner sets the password."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120)
    is_administrator = forms.BooleanField(label=_("Administrator"), required=False)


@require_http_methods(["GET", "POST"])
def administration(request: HttpRequest) -> HttpResponse:
    """All accounts; a new one is made here, and its owner gets a link to set a password."""
    actor = user_of(request)
    need_administrator(actor)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            account = add_account(actor=actor, id=uuid.uuid4(), **form.cleaned_data)
            _send_link(request, account)
            return redirect("administration")
        except FieldstudyError as error:
            form.add_error("email" if error.fields else None, translated(error))
    context = {
        "form": form,
        "accounts": User.objects.order_by("-is_active", "email"),
        "link": request.session.pop("account_link", None),
    }
    return render(request, "fieldstudy/administration.html", context, status=422 if form.is_bound else 200)


@require_POST
def account(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Close or open an account, make or unmake an administrator, or send a link to set a new password."""
    actor = user_of(request)
    need_administrator(actor)
    found = User.objects.filter(pk=user_id).first()
    act = ACTS.get(request.POST.get("act", ""))
    if found is None or act is None:
        raise Missing("account.missing", gettext_noop("There is no such account."))
    act(request, actor, found)
    return redirect("administration")


def _deactivate(request: HttpRequest, actor: User, found: User) -> None:
    set_active(actor=actor, account=found, is_active=False)
    messages.success(request, gettext("The account is closed. What its owner made stays."))


def _activate(request: HttpRequest, actor: User, found: User) -> None:
    set_active(actor=actor, account=found, is_active=True)
    messages.success(request, gettext("The account is open again."))


def _promote(request: HttpRequest, actor: User, found: User) -> None:
    set_administrator(actor=actor, account=found, is_administrator=True)
    messages.success(request, gettext("Now an administrator."))


def _demote(request: HttpRequest, actor: User, found: User) -> None:
    set_administrator(actor=actor, account=found, is_administrator=False)
    messages.success(request, gettext("No longer an administrator."))


def _reset(request: HttpRequest, actor: User, found: User) -> None:
    _send_link(request, found)


ACTS: dict[str, Callable[[HttpRequest, User, User], None]] = {
    "deactivate": _deactivate,
    "activate": _activate,
    "promote": _promote,
    "demote": _demote,
    "reset": _reset,
}


def _send_link(request: HttpRequest, account: User) -> None:
    """Mail a link to set a password; without a mail server that takes it, it is shown once, to be passed on."""
    form = ResetPasswordForm({"email": account.email})
    if settings.EMAIL_HOST and form.is_valid():
        try:
            form.save(request)
        except Unavailable:
            messages.warning(request, gettext("The mail server did not take the mail."))
        else:
            messages.success(request, gettext("A link to set a password was sent."))
            return
    key = f"{user_pk_to_url_str(account)}-{default_token_generator.make_token(account)}"
    link = get_adapter(request).get_reset_password_from_key_url(key)
    request.session["account_link"] = [account.email, link]
