"""What follows when a file has come in."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from apps.integrations.models import Import
from apps.journal.models import Entry
from apps.journal.operations import after
from apps.mail import operations as mail
from apps.tenancy import context


@after("import.finished")
def tell_who_waits(entry: Entry) -> None:
    """A mail to whoever began it, who may have closed the page."""
    import_ = Import.objects.select_related("by").filter(pk=entry.subject_id).first()
    if import_ is None or not (import_.by and import_.by.email and import_.by.is_active):
        return
    with translation.override(import_.by.language or translation.get_language()):
        mail.post(
            key=f"import:{entry.pk}",
            to=import_.by.email,
            subject=_("取り込みが終わりました: %(file)s") % {"file": import_.file_name},
            text=_(
                "%(name)s さん\n\n「%(file)s」の取り込みが終わりました。\n"
                "新しい %(added)s件、変わった %(changed)s件、確認が必要な行 %(refused)s行\n\n%(url)s\n"
            )
            % {
                "name": import_.by.name,
                "file": import_.file_name,
                "added": entry.details.get("added", 0),
                "changed": entry.details.get("changed", 0),
                "refused": entry.details.get("refused", 0),
                "url": context.address().rstrip("/") + import_.get_absolute_url(),
            },
        )
