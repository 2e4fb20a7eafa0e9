"""What every template can say without loading anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from fieldstudy.languages import pick
from fieldstudy.models import Job
from fieldstudy.web import sentence

register = template.Library()


@dataclass(frozen=True)
class Place:
    key: str
    label: str
    url: str


@register.filter
def places(viewer: Any) -> list[Place]:
    """The main places of a study that the viewer may go to, for the top bar."""
    slug = viewer.study.slug
    found = [
        Place("sources", gettext("Sources"), reverse("source_list", args=[slug])),
        Place("codebook", gettext("Codebook"), reverse("codebook", args=[slug])),
        Place("find", gettext("Find"), reverse("find", args=[slug])),
        Place("relate", gettext("Relate"), reverse("relate", args=[slug])),
    ]
    found.append(Place("memos", gettext("Memos"), reverse("memos", args=[slug])))
    found.append(Place("marks", gettext("Promises and use"), reverse("encounters", args=[slug])))
    if viewer.may("tag"):
        found.append(Place("machine", gettext("Machine"), reverse("machine", args=[slug])))
    if viewer.may("audit"):
        found.append(Place("agreement", gettext("Agreement"), reverse("agreement", args=[slug])))
    if viewer.may("settle"):
        found.append(Place("disputes", gettext("Disputes"), reverse("disputes", args=[slug])))
    if viewer.may("export"):
        found.append(Place("exports", gettext("Exports"), reverse("exports", args=[slug])))
    return found


@register.filter
def is_past(day: date) -> bool:
    """Whether a day is over, by the clock of the page."""
    return day < timezone.localdate()


@register.filter
def may(viewer: Any, permission: str) -> bool:
    return bool(viewer.may(permission))


@register.filter
def in_language(texts: Mapping[str, str] | None) -> str:
    """A text kept in several languages, in the reader's."""
    return pick(texts, get_language() or "en")


@register.filter
def told(message: str, values: Mapping[str, Any] | None = None) -> str:
    """A marked message in the reader's language."""
    return sentence(message, dict(values or {}))


@register.filter
def clock(milliseconds: int | None) -> str:
    """A time in a recording, as 1:02:03 or 02:03."""
    if milliseconds is None:
        return ""
    seconds = milliseconds // 1000
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


@register.filter
def coefficient(value: float | None) -> str:
    """A coefficient as .38 in English, 0,38 in French; "–" when there is none."""
    if value is None:
        return "–"
    text = f"{round(value, 2) or 0:.2f}".replace("-", "−")
    if (get_language() or "en").startswith("fr"):
        return text.replace(".", ",")
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


@register.filter
def job_label(job: Job) -> str:
    """What a piece of work does, in words."""
    labels = {
        "observations.import": gettext("Importing files"),
        "coding.tag": gettext("Tagging sources"),
        "coding.compute_agreement": gettext("Computing agreement"),
        "coding.count_words": gettext("Counting words"),
        "coding.count_source_words": gettext("Counting the words of a text"),
    }
    return labels.get(job.kind, gettext("Working"))


@register.filter
def job_state(job: Job) -> str:
    """How far a piece of work is, in words."""
    if job.state == Job.State.QUEUED:
        return gettext("Waiting for a worker")
    if job.state == Job.State.RUNNING:
        return gettext("%(done)s of %(total)s") % {"done": job.done, "total": job.total}
    if job.state == Job.State.CANCELLED:
        return gettext("Stopped after %(done)s of %(total)s") % {"done": job.done, "total": job.total}
    if job.state == Job.State.FAILED:
        return gettext("Failed")
    return ngettext("Done (%(total)s)", "Done (%(total)s)", job.total) % {"total": job.total}


@register.filter
def job_problem(job: Job) -> str:
    return sentence(job.problem, job.problem_values)
