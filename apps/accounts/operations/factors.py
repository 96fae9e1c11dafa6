"""Deeds about the second factor: set up, asked at the door, taken away, demanded of everybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import factors
from apps.accounts.models import Organisation, RecoveryCode, SecondFactor, System, User
from apps.accounts.operations.company import WrongPassword
from apps.accounts.operations.logins import end_all
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.base.refusal import Refused
from apps.journal.operations import note

MOST_MISSES = 5
LOCKED_FOR = timedelta(minutes=15)


class WrongCode(Refused):
    pass


class TooManyCodes(Refused):
    pass


class FactorDemanded(Refused):
    pass


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def set_up_factor(user: User, *, offer: str, code: str, by: User | System, at: datetime) -> list[str]:
    """2段階認証を始める — returns the recovery codes, which are shown only this once."""
    user = user.locked()
    secret = factors.offered(offer)
    step = factors.step_of(secret, code, at=at) if secret else None
    if step is None:
        raise WrongCode(_("コードが違います。アプリに今出ている6桁を入れてください。"), field="code")
    SecondFactor.objects.filter(user=user).delete()
    factor = SecondFactor.objects.create(user=user, secret=secret, last_step=step, made_at=at)
    note("user.factor_set_up", user, by=by)
    return _new_codes(factor)


def _new_codes(factor: SecondFactor) -> list[str]:
    codes = factors.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, digest=factors.digest(factor.user_id, code)) for code in codes
    )
    return codes


@only_who_may(Act.KEEP_OWN_ACCOUNT)
def pass_factor(user: User, *, code: str, by: User | System, at: datetime) -> None:
    """2段階目のコードを確かめる — each code once; after five misses the door stays shut for a while."""
    if not _passed(user, code=code, by=by, at=at):  # outside: a miss that is counted must not be rolled back
        raise WrongCode(_("コードが違います。"), field="code")


@transaction.atomic
def _passed(user: User, *, code: str, by: User | System, at: datetime) -> bool:
    factor = SecondFactor.objects.select_for_update().get(user=user)
    if factor.misses >= MOST_MISSES and factor.missed_at and at < factor.missed_at + LOCKED_FOR:
        raise TooManyCodes(_("違うコードが続きました。15分ほどたってから、もう一度お試しください。"))
    step = factors.step_of(factor.secret, code.replace(" ", ""), at=at)
    passed = step is not None and step > factor.last_step
    if passed:
        factor.last_step = step
    else:
        passed = bool(factor.recovery_codes.filter(digest=factors.digest(user.pk, code)).delete()[0])
    if passed:
        factor.misses, factor.missed_at = 0, None
    else:
        factor.misses = factor.misses + 1 if factor.misses < MOST_MISSES else 1
        factor.missed_at = at
    factor.save()
    note("user.factor_passed" if passed else "user.factor_missed", user, by=by)
    return passed


@only_who_may(Act.KEEP_OWN_ACCOUNT)
@transaction.atomic
def drop_factor(user: User, *, password: str, by: User | System, at: datetime) -> None:
    """自分の2段階認証をやめる — not where the company demands one."""
    if Organisation.objects.get().demands_second_factor:
        raise FactorDemanded(_("会社の設定で、2段階認証が必要です。"))
    if not user.check_password(password):
        raise WrongPassword(_("パスワードが違います。"), field="password")
    SecondFactor.objects.filter(user=user).delete()
    note("user.factor_dropped", user, by=by)


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def reset_factor(user: User, *, by: User | System, at: datetime) -> None:
    """2段階認証を解除する — for who lost the phone and the codes; ends every session."""
    user = user.locked()
    SecondFactor.objects.filter(user=user).delete()
    end_all(user)
    user.saved(at=at)
    note("user.factor_reset", user, by=by)


@only_who_may(Act.MANAGE_USERS)
@transaction.atomic
def demand_factor(
    organisation: Organisation, *, demanded: bool, by: User | System, at: datetime
) -> Organisation:
    """全員に2段階認証を求める — who has none is out, and sets one up at the next login."""
    organisation = organisation.locked()
    without = User.objects.active().filter(factor__isnull=True).order_by("pk")
    if demanded:
        if without.filter(pk=by.pk).exists():
            raise FactorDemanded(_("先に、自分の2段階認証を始めてください。"))
        for user in without:
            end_all(user)
            user.saved(at=at)
    organisation.demands_second_factor = demanded
    organisation.saved(at=at)
    note("organisation.changed", organisation, by=by, demands_second_factor=demanded)
    return organisation
