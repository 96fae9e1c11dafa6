"""A person's visits as calendar programs read them (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from apps.activities.models import Visit
from apps.activities.vocabulary import VisitStatus

WITHOUT_END = timedelta(hours=1)
READ_AGAIN_AFTER = timedelta(hours=1)


def written(visits: Iterable[Visit], *, name: str, address: Callable[[str], str]) -> bytes:
    """`address` makes a path of ours a whole one. Of what is called off the calendar must hear, too."""
    calendar = Calendar()
    calendar.add("prodid", "-//Baton//visits//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"value": "DURATION"})
    for visit in visits:
        calendar.add_component(_event(visit, address))
    return calendar.to_ical()


def _event(visit: Visit, address: Callable[[str], str]) -> Event:
    url = address(visit.get_absolute_url())
    whom = _("・").join(contact.name for contact in visit.contacts.all())
    event = Event()
    event.add("uid", f"{visit.pk}@baton")
    event.add("dtstamp", visit.changed_at)
    event.add("sequence", visit.version)
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.ends_at or visit.starts_at + WITHOUT_END)
    event.add("summary", str(visit))
    event.add("location", visit.get_kind_display())
    event.add("description", "\n".join(part for part in (whom, url) if part))
    event.add("url", url)
    event.add("status", "CANCELLED" if visit.status == VisitStatus.CANCELLED else "CONFIRMED")
    return event
