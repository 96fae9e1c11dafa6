"""Forms of the import's steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.base.forms import OnceForm, TidyCharField
from apps.integrations.imports.delimited import ENCODINGS
from apps.integrations.imports.running import KINDS
from apps.integrations.models import Import
from apps.integrations.operations import MOST_BYTES

DELIMITERS = {
    ",": gettext_lazy("カンマ(,)"),
    "\t": gettext_lazy("タブ"),
    ";": gettext_lazy("セミコロン(;)"),
    "|": gettext_lazy("縦線(|)"),
}
TAB = "tab"
"""A tab alone would be lost on its way through a form."""


class UploadForm(OnceForm):
    file = forms.FileField(
        label=gettext_lazy("ファイル"),
        max_length=255,
        allow_empty_file=True,  # said in our words
        help_text=gettext_lazy("CSV・TSV・XLSX、100MBまで"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={"required": gettext_lazy("ファイルを選んでください。")},
    )

    def __init__(self, *given: Any, too_large: Sequence[str] = (), **also: Any) -> None:
        super().__init__(*given, **also)
        if too_large:  # let pass by on its way in: not missing, so say what it is
            self.fields["file"].error_messages["required"] = _(
                "ファイルが大きすぎます(%(most)sまで)。分けてから選んでください。"
            ) % {"most": filesizeformat(MOST_BYTES)}


class ReadForm(forms.Form):
    """How the file is written, and what it holds."""

    kind = forms.ChoiceField(label=gettext_lazy("何のデータですか"))
    encoding = forms.ChoiceField(label=gettext_lazy("文字コード"), required=False)
    delimiter = forms.ChoiceField(label=gettext_lazy("区切り"), required=False)
    sheet = forms.ChoiceField(label=gettext_lazy("シート"), required=False)
    header = forms.BooleanField(label=gettext_lazy("1行目は見出し"), required=False)

    def __init__(self, data: Any = None, *, import_: Import) -> None:
        present = {
            "kind": import_.kind,
            "encoding": import_.encoding,
            "delimiter": TAB if import_.delimiter == "\t" else import_.delimiter,
            "sheet": import_.sheet,
            "header": import_.header,
        }
        super().__init__(data, initial=present)
        found = [("", _("自動で判別"))]
        self.choose("kind", [(name, kind.label) for name, kind in KINDS.items()])
        self.choose("encoding", [*found, *ENCODINGS.items()])
        self.choose(
            "delimiter", [*found, *((TAB if s == "\t" else s, word) for s, word in DELIMITERS.items())]
        )
        self.choose("sheet", [(name, name) for name in import_.sheets])
        if import_.sheets:
            del self.fields["encoding"], self.fields["delimiter"]
        else:
            del self.fields["sheet"]
        if not import_.sample:  # nothing is known of it yet
            del self.fields["kind"], self.fields["header"]

    def choose(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_delimiter(self) -> str:
        said = self.cleaned_data["delimiter"]
        return "\t" if said == TAB else said

    @property
    def reads_differently(self) -> bool:
        return bool(set(self.changed_data) - {"kind"})


class RepairForm(forms.Form):
    """What shall stand in the cell, for this row or for all that have the same."""

    problem = forms.UUIDField(widget=forms.HiddenInput)
    deed = forms.ChoiceField(
        choices=[
            ("put", gettext_lazy("直す")),
            ("clear", gettext_lazy("空にする")),
            ("leave", gettext_lazy("取り込まない")),
        ]
    )
    text = TidyCharField(max_length=2_000, required=False)
    alone = forms.BooleanField(required=False)


class LayoutForm(forms.Form):
    layout = TidyCharField(label=gettext_lazy("この対応に名前を付けて残す"), max_length=100, required=False)
