"""What follows when something happened to a person."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.accounts import links
from apps.accounts.models import PasswordAsked, User
from apps.accounts.vocabulary import LinkFor
from apps.journal.models import Entry
from apps.journal.operations import after
from apps.mail import operations as mail
from apps.mail.models import HIDDEN
from apps.tenancy import context


@after("user.added")
def welcome(entry: Entry) -> None:
    """Tell a new person where to log in, or let them set a password."""
    user = User.objects.get(pk=entry.subject_id)
    if user.email and user.has_usable_password():
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
    else:
        _send_link(user, entry)


@after("user.password_offered")
def offer_password(entry: Entry) -> None:
    """Send the link that an admin offers."""
    _send_link(User.objects.get(pk=entry.subject_id), entry)


@after("password.asked")
def answer_who_forgot(entry: Entry) -> None:
    """Send the link to whoever asked for it, if they work here."""
    asked = PasswordAsked.objects.filter(pk=entry.subject_id).first()
    if user := asked and User.objects.filter(email__iexact=asked.email).first():
        _send_link(user, entry)


def _send_link(user: User, entry: Entry) -> None:
    if not user.email or not user.is_active:
        return
    with translation.override(user.language or translation.get_language()):
        if user.has_usable_password():
            purpose, subject, text = LinkFor.FORGOTTEN, _("Batonのパスワードの再設定"), _FORGOTTEN
        else:
            purpose, subject, text = LinkFor.INVITATION, _("Batonへの招待"), _INVITATION
        mail.post(
            key=f"link:{entry.pk}",
            to=user.email,
            subject=subject,
            text=str(text) % {"name": user.name, "by": entry.actor_name, "url": HIDDEN},
            secret=_url(user, purpose),
        )


def _url(user: User, purpose: LinkFor) -> str:
    path = reverse("accounts:take-password", args=[links.token(user, purpose)])
    return context.address().rstrip("/") + path


_INVITATION = translation.gettext_lazy(
    "%(name)s さん\n\n%(by)s さんが、あなたの利用者登録をしました。\n"
    "次のページで、自分のパスワードを決めてください。7日のあいだ、1度だけ使えます。\n\n%(url)s\n"
)
_FORGOTTEN = translation.gettext_lazy(
    "%(name)s さん\n\nパスワードの再設定の申し込みがありました。\n"
    "次のページで、新しいパスワードを決めてください。1時間のあいだ、1度だけ使えます。\n\n%(url)s\n\n"
    "心あたりがなければ、何もしなくてかまいません。今のパスワードはそのままです。\n"
)
