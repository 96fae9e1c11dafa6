"""What follows when something happened to a person."""

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.journal.models import Entry
from apps.journal.operations import after
from apps.mail import operations as mail
from apps.tenancy import context


@after("user.added")
def welcome(entry: Entry) -> None:
    """Tell a new person where to log in."""
    user = User.objects.get(pk=entry.subject_id)
    if user.email:
        mail.post(
            key=f"welcome:{user.pk}",
            to=user.email,
            subject=_("Batonを使えるようになりました"),
            text=_(
                "%(name)s さん\n\n%(by)s さんが、あなたの利用者登録をしました。\n"
                "次のページから、このメールアドレスと、管理者から受け取ったパスワードでログインしてください。\n\n%(url)s\n"
            )
            % {"name": user.name, "by": entry.actor_name, "url": context.address()},
        )
