"""Forms of comments and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from apps.base.forms import ChangeForm, LongTextField, OnceForm
from apps.conversations import queries, rules
from apps.conversations.models import Comment
from apps.conversations.vocabulary import Sign

LONGEST = 5_000


class MeantField(forms.CharField):
    """The ids of the people who were chosen from the list while typing; what is no id is passed over."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        return [UUID(pk) for pk in (value or "").split()[:50] if _is_id(pk)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def text_field() -> LongTextField:
    writing = {
        "rows": 2,
        "placeholder": _("コメントを書く。@で人を呼べます"),
        "data-mentions": reverse_lazy("conversations:people"),
    }
    return LongTextField(label=_("コメント"), max_length=LONGEST, widget=forms.Textarea(attrs=writing))


class CommentForm(OnceForm):
    text = text_field()
    meant = MeantField(required=False)


class ReportCommentForm(CommentForm):
    """Beside a report one may ask, too."""

    asks = forms.BooleanField(label=_("質問として(返事を待つ)"), required=False)


class ReactForm(forms.Form):
    sign = forms.ChoiceField(choices=Sign)


class ChangeCommentForm(ChangeForm):
    text = text_field()
    meant = MeantField(required=False)

    @classmethod
    def facts_of(cls, record: Comment) -> Mapping[str, Any]:
        return {"text": rules.spoken(record.text, queries.names_in([record.text]))}


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = FilesInput(attrs={"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(file, initial) for file in data or [None]]


class FilesForm(OnceForm):
    files = FilesField(label=_("ファイル"), allow_empty_file=True, max_length=None)
