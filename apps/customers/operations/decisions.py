"""Every deed about who decides at a company."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.customers.models import Contact, Influence
from apps.customers.operations.records import InTrash
from apps.journal.operations import note


class NotColleagues(Refused):
    pass


class AlreadyLinked(Refused):
    pass


@only_who_may(Act.KEEP_COMPANIES)
@transaction.atomic
def link_influence(mover: Contact, *, moved: Contact, by: User | System, at: datetime) -> Influence:
    """動かせる — `mover` can move `moved`."""
    mover, moved = mover.locked(), moved.locked()
    if mover.trashed_at or moved.trashed_at:
        raise InTrash(_("ごみ箱にある担当者は選べません。"), field="mover")
    if mover.company_id != moved.company_id or mover.pk == moved.pk:
        raise NotColleagues(_("同じ会社の、別の2人を選んでください。"), field="moved")
    if Influence.objects.filter(mover=mover, moved=moved).exists():
        raise AlreadyLinked(_("この2人は、もう線でつながっています。"), field="moved")
    made = Influence.objects.create(mover=mover, moved=moved)
    note("contact.influence_linked", mover, by=by, moved=moved)
    return made


@only_who_may(Act.KEEP_COMPANIES)
@transaction.atomic
def unlink_influence(influence: Influence, *, by: User | System, at: datetime) -> None:
    """線を消す"""
    note("contact.influence_unlinked", influence.mover, by=by, moved=influence.moved)
    influence.delete()
