"""Forms of a study's frame and its people."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from fieldstudy.models import User
from observations.forms.fields import (
    LANGUAGES,
    add_texts,
    day_field,
    language_choices,
    role_choices,
    texts_of,
    tick_field,
)
from observations.models import Study

MODES = [
    ("blind", _("Blind: nobody sees another’s reading before submitting their own")),
    ("open", _("Open: everybody sees all; agreement is labelled “not independent”")),
]
POLICIES = [
    ("second_opinion", _("Second opinion: the machine speaks after a first reading is submitted")),
    ("first_opinion", _("First opinion: the machine speaks from the start, and this is recorded")),
    ("never", _("Never: the machine’s tags are for the audit alone")),
]


class StudyForm(forms.Form):
    """A study to begin."""

    name = forms.CharField(label=_("Name"), max_length=200)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=80,
        required=False,
        help_text=_("It stands in addresses and commands. Left empty, it is made from the name."),
    )
    languages = tick_field(
        _("Languages"), [], required=True, help_text=_("Codes, sites and promises are named in each of them.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = language_choices(LANGUAGES)  # type: ignore[attr-defined]
        self.fields["languages"].initial = [(get_language() or "en").split("-")[0]]


class StudySettingsForm(forms.Form):
    """The frame of a study: its name, how it is read, and what the law asks."""

    name = forms.CharField(label=_("Name"), max_length=200)
    languages = tick_field(_("Languages"), [], required=True)
    mode = forms.ChoiceField(label=_("Readings"), choices=MODES, widget=forms.RadioSelect)
    policy = forms.ChoiceField(label=_("The machine"), choices=POLICIES, widget=forms.RadioSelect)
    settling_needs_reason = forms.BooleanField(label=_("Ask for a reason when a dispute is settled"), required=False)
    settling_shows_machine = forms.BooleanField(
        label=_("Show the machine’s view when disputes are settled"),
        required=False,
        help_text=_("Each outcome records whether it was in sight."),
    )
    time_zone = forms.CharField(label=_("Time zone"), max_length=60, help_text=_("As in Europe/Paris."))
    controller = forms.CharField(
        label=_("Controller"), max_length=300, required=False, help_text=_("Who answers for the personal data.")
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300, required=False)
    retention_on = day_field(_("Kept until"))
    PLAIN = (
        "name",
        "languages",
        "mode",
        "policy",
        "settling_needs_reason",
        "settling_shows_machine",
        "time_zone",
        "controller",
        "legal_basis",
        "retention_on",
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        known = {name: getattr(study, name) for name in self.PLAIN}
        super().__init__(*args, **{**kwargs, "initial": known})
        self.study = study
        codes = {*LANGUAGES, *study.languages}
        self.fields["languages"].choices = language_choices(codes)  # type: ignore[attr-defined]
        add_texts(self, "description", gettext("Description"), study.languages, rows=3, texts=study.description)
        self.order_fields(["name", *(f"description_{language}" for language in study.languages)])

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise ValidationError(gettext("There is no such time zone. Write it as in Europe/Paris."))
        return zone

    def details(self) -> dict[str, Any]:
        """What `update_study` takes; texts in languages not shown stay."""
        shown = texts_of(self, "description", self.study.languages)
        kept = {
            language: text for language, text in self.study.description.items() if language not in self.study.languages
        }
        return {name: self.cleaned_data[name] for name in self.PLAIN} | {"description": kept | shown}


class InviteForm(forms.Form):
    """A person to invite, by e-mail."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    roles = tick_field(_("Roles"), [], required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices()  # type: ignore[attr-defined]


class RolesForm(forms.Form):
    """The roles of a member; none at all ends the membership."""

    roles = tick_field(_("Roles"), [])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices()  # type: ignore[attr-defined]


class NewPersonForm(forms.Form):
    """How someone who was invited will sign in."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            try:
                validate_password(cleaned["password"], User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
