"""The people of a company: as a list with the last contact, and as the map of who decides."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.permissions import may
from apps.accounts.vocabulary import Act
from apps.activities import queries
from apps.base.pages import found_or_404, page
from apps.base.templatetags import baton
from apps.customers import decision_map as maps
from apps.customers import forms
from apps.customers import queries as customers
from apps.customers.models import Company, Contact


@require_safe
def people_of(request: HttpRequest, company_id: UUID) -> HttpResponse:
    """The contacts of a company, each with the day of the last touch."""
    company = found_or_404(customers.companies(), company_id)
    context = {
        "company": company,
        "contacts": _touched(company),
        "touched": True,
        "may_keep": may(request.user, Act.KEEP_COMPANIES),
    }
    return page(request, "activities/people.html", context, parts=["people"])


@require_safe
def decision_map(request: HttpRequest, company_id: UUID) -> HttpResponse:
    """決裁マップ — power against attitude, and who can move whom; the page has the forms besides."""
    company = found_or_404(customers.companies(), company_id)
    contacts, influences = _touched(company), list(customers.influences(company))
    drawn = maps.drawn(contacts, [(line.mover_id, line.moved_id) for line in influences])
    for contact in contacts:
        contact.moving = [line.moved for line in influences if line.mover_id == contact.pk]
        place = {"stance": contact.stance, "power": contact.power}
        contact.place_form = forms.PlaceForm(initial=place, auto_id=f"{contact.pk}-%s")
    context = {
        "company": company,
        "contacts": contacts,
        "influences": influences,
        "map": drawn,
        "sentence": _sentence(contacts),
        "form": forms.InfluenceForm(company=company),
        "may_keep": may(request.user, Act.KEEP_COMPANIES),
    }
    return page(request, "activities/decision-map.html", context, parts=["decision-map"])


def _touched(company: Company) -> list[Contact]:
    contacts = list(customers.contacts(company=company).order_by("reading", "id"))
    touched = queries.people_touched(contacts)
    for contact in contacts:
        contact.touched_at = touched.get(contact.pk)
        contact.weighs = maps.power_of(contact.role, contact.power)
        contact.called = maps.short(contact.name, contact.title)
    return contacts


def _sentence(contacts: list[Contact]) -> str:
    """What the map shows, for those who cannot see it."""
    told = [_told(contact) for contact in sorted(contacts, key=_by_power)]
    return _("決裁マップ。%(people)s。") % {"people": _("、").join(told)}


def _by_power(contact: Contact) -> int:
    return maps.POWERS.index(contact.weighs)


def _told(contact: Contact) -> str:
    words = {
        "name": contact.name,
        "role": contact.get_role_display(),
        "stance": contact.get_stance_display(),
        "touched": baton.dated(contact.touched_at) if contact.touched_at else _("まだ接触がありません"),
    }
    told = _("%(name)s(%(role)s、立場 %(stance)s、最終接触 %(touched)s)") % words
    if contact.moving:
        told += _(" → %(moved)sを動かせる") % {"moved": _("・").join(c.name for c in contact.moving)}
    return told
