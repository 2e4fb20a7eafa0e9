"""The people of a study: their roles, and inviting more."""

import logging
import uuid
from smtplib import SMTPException

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from fieldstudy.errors import FieldstudyError
from fieldstudy.web import translated, user_of
from observations.access import Viewer, enter, get_row, nothing_here
from observations.actions.studies import invite, set_roles, withdraw_invitation
from observations.forms.fields import role_choices, show_error
from observations.forms.studies import InviteForm, RolesForm
from observations.models import Invitation
from observations.queries.studies import member_of, members_of, open_invitations
from observations.roles import Permission
from observations.views.studies import role_names

log = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who belongs to the study, with which roles; a new person is invited here."""
    viewer = enter(user_of(request), slug, Permission.MANAGE)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = invite(viewer=viewer, at=timezone.now(), **form.cleaned_data)
            link = request.build_absolute_uri(reverse("invitation", args=[token]))
            request.session["invitation_link"] = [invitation.email, link, _mail(viewer, invitation.email, link)]
            return redirect("members", slug)
        except FieldstudyError as error:
            show_error(form, error)
    return _page(request, viewer, form)


@require_POST
def member_roles(request: HttpRequest, slug: str, user_id: uuid.UUID) -> HttpResponse:
    """Give a member exactly the ticked roles; none ends the membership."""
    viewer = enter(user_of(request), slug, Permission.MANAGE)
    membership = member_of(viewer, user_id)
    form = RolesForm(request.POST)
    if membership is None or not form.is_valid():
        raise nothing_here()
    try:
        kept = set_roles(viewer=viewer, user=membership.user, roles=form.cleaned_data["roles"], at=timezone.now())
    except FieldstudyError as error:
        messages.error(request, translated(error))
        return _page(request, viewer, InviteForm(), status=error.http_status)
    messages.success(request, gettext("Saved.") if kept else gettext("The membership has ended."))
    return redirect("members" if user_id != viewer.user.pk else "study", slug)


@require_POST
def invitation_withdraw(request: HttpRequest, slug: str, invitation_id: uuid.UUID) -> HttpResponse:
    """Make an invitation's link worthless."""
    viewer = enter(user_of(request), slug, Permission.MANAGE)
    withdraw_invitation(viewer=viewer, invitation=get_row(viewer, Invitation, invitation_id), at=timezone.now())
    messages.success(request, gettext("Withdrawn. The link does not work any more."))
    return redirect("members", slug)


def _page(request: HttpRequest, viewer: Viewer, form: InviteForm, *, status: int = 200) -> HttpResponse:
    invitations = open_invitations(viewer, timezone.now())
    context = {
        "viewer": viewer,
        "form": form,
        "members": members_of(viewer),
        "invitations": [(invitation, role_names(invitation.roles)) for invitation in invitations],
        "choices": role_choices(),
        "link": request.session.pop("invitation_link", None),
    }
    return render(request, "observations/members.html", context, status=422 if form.is_bound else status)


def _mail(viewer: Viewer, email: str, link: str) -> str:
    """Send an invitation's link: "sent"; or else it is passed on by hand: "by hand" without a mail server, "failed"."""
    if not settings.EMAIL_HOST:
        return "by hand"
    subject = gettext("Invitation to a study on Fieldstudy")
    text = gettext(
        "%(who)s invites you to the study “%(study)s”.\n\nOpen this link to join; it works once:\n%(link)s\n"
    )
    values = {"who": str(viewer.user), "study": viewer.study.name, "link": link}
    try:
        return "sent" if send_mail(subject, text % values, None, [email]) else "failed"
    except (SMTPException, OSError) as problem:
        log.warning("an invitation's mail was not taken: %s", type(problem).__qualname__)
        return "failed"
