"""Losses that several formats have in common."""

from exports.formats.contract import Loss
from exports.records import DatasetRecord
from fieldstudy.errors import gettext_noop


def when(count: int, code: str, message: str) -> list[Loss]:
    """The loss with its count, or nothing where the count is 0."""
    return [Loss(code, message, {"count": count})] if count else []


def suggestions_left_out(dataset: DatasetRecord) -> list[Loss]:
    """The machine's suggestions, which none of the exchange formats has a place for."""
    return when(
        len(dataset.suggestions),
        "export.suggestions",
        gettext_noop("The machine's suggestions are left out: %(count)s of them. Segments made from them are kept."),
    )


def setting_left_out(dataset: DatasetRecord) -> list[Loss]:
    """What is known of sites, tools and readings beyond the names that formats of segments carry."""
    return [
        *when(
            len(dataset.tools),
            "export.tool_details",
            gettext_noop("Of the %(count)s tools only the names are written, with the sources."),
        ),
        *when(
            sum(bool(site.specialty) for site in dataset.sites),
            "export.site_details",
            gettext_noop("Specialties of sites are left out: %(count)s of them."),
        ),
        *when(
            len(dataset.readings),
            "export.reading_details",
            gettext_noop("Arm, state and codebook version of the %(count)s readings are left out."),
        ),
    ]
