"""The words for what promise links and encounters say, for lists, forms and matrices alike."""

from django.utils.translation import gettext_lazy as _

STANCES = {"supports": _("supports"), "qualifies": _("qualifies"), "contradicts": _("contradicts")}
FIRSTS = {
    "person": _("the person read first"),
    "machine": _("the tool spoke first"),
    "together": _("both at once"),
    "unknown": _("not known"),
}
RESPONSES = {
    "followed": _("followed it"),
    "adjusted": _("adjusted it"),
    "overrode": _("overrode it"),
    "ignored": _("ignored it"),
    "avoided": _("looked away from it"),
    "reassured": _("took it as reassurance"),
    "contested": _("contested it"),
}
