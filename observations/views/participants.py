"""The participants of a study and what each permits."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import enter, get_row
from observations.actions.participants import add_participant, record_consent, withdraw_consent
from observations.forms.fields import show_error
from observations.forms.participants import ITEMS, ConsentForm, ParticipantForm, WithdrawalForm
from observations.models import Consent, Participant
from observations.queries.participants import consents_of, consequences_of_withdrawal, participants_of
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def participants(request: HttpRequest, slug: str) -> HttpResponse:
    """The participants and what they permit; a new one is added here."""
    viewer = enter(user_of(request), slug, Permission.PROTECT)
    form = ParticipantForm(request.POST if request.method == "POST" else None, study=viewer.study)
    if request.method == "POST" and form.is_valid():
        try:
            person = add_participant(viewer=viewer, id=uuid.uuid4(), **form.details())
            return redirect("participant", slug, person.pk)
        except FieldstudyError as error:
            show_error(form, error)
    people = [(person, _ticks(next(iter(person.current), None))) for person in participants_of(viewer)]  # type: ignore[attr-defined]
    context = {"viewer": viewer, "people": people, "items": ITEMS, "form": form}
    return render(request, "observations/participants.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def participant(request: HttpRequest, slug: str, participant_id: uuid.UUID) -> HttpResponse:
    """One participant: every version of what they permit, and the next one."""
    viewer = enter(user_of(request), slug, Permission.PROTECT)
    person = get_row(viewer, Participant, participant_id)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("form_version", "given_on")}
        items = form.permitted()
        record_consent(viewer=viewer, id=uuid.uuid4(), participant=person, items=items, at=timezone.now(), **said)
        messages.success(request, gettext("Recorded. It counts from now on."))
        return redirect("participant", slug, participant_id)
    consents = [(consent, _ticks(consent)) for consent in consents_of(person)]
    context = {"viewer": viewer, "person": person, "consents": consents, "items": ITEMS, "form": form}
    return render(request, "observations/participant.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def consent_withdraw(request: HttpRequest, slug: str, participant_id: uuid.UUID) -> HttpResponse:
    """Withdraw a participant's consent, after saying what follows from it."""
    viewer = enter(user_of(request), slug, Permission.PROTECT)
    person = get_row(viewer, Participant, participant_id)
    form = WithdrawalForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        withdraw_consent(viewer=viewer, id=uuid.uuid4(), participant=person, on=on, at=timezone.now())
        messages.success(request, gettext("Withdrawn. Nothing of this participant is used from now on."))
        return redirect("participant", slug, participant_id)
    consequences = consequences_of_withdrawal(person)
    context = {"viewer": viewer, "person": person, "consequences": consequences, "form": form}
    return render(request, "observations/consent_withdraw.html", context, status=422 if form.is_bound else 200)


def _ticks(consent: Consent | None) -> list[bool] | None:
    """What a consent permits, item by item in the order of `ITEMS`; None where there is no record."""
    return [getattr(consent, item) for item, _ in ITEMS] if consent is not None else None
