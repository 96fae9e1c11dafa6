"""The choice whose word holds, where two records become one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.base.forms import in_words
from apps.customers import merging
from apps.customers.forms import CompanyFields, ContactFields
from apps.customers.models import Company, Contact

MINE, THEIRS, BOTH = "mine", "theirs", "both"


class MergeForm(forms.Form):
    """Whose word holds, field by field, wherever two records differ; the survivor's own unless it has none."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    other_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data=None, *, survivor: Company | Contact, other: Company | Contact) -> None:
        initial = {"version": survivor.version, "other_version": other.version}
        super().__init__(data, initial=initial)
        self.two = survivor, other
        shape = CompanyFields if isinstance(survivor, Company) else ContactFields
        suggested = merging.suggested(survivor, other)
        for column in merging.facts_of(survivor):
            said = [getattr(record, column.name) for record in self.two]
            if said[0] != said[1]:
                field = shape.base_fields.get(column.name) or column.formfield()
                both = column.name == "note" and all(said)
                choices = [(MINE, in_words(field, said[0])), (THEIRS, in_words(field, said[1]))]
                choices += [(BOTH, _("両方を続けて書く"))] if both else []
                chosen = BOTH if both else THEIRS if column.name in suggested else MINE
                self.fields[column.name] = forms.ChoiceField(
                    label=field.label,
                    choices=choices,
                    initial=chosen,
                    widget=forms.RadioSelect(attrs={"data-look": "list"}),
                )

    @property
    def facts(self) -> dict[str, Any]:
        """What the survivor takes from the other one."""
        survivor, other = self.two
        taken = {}
        for name, whose in self.cleaned_data.items():
            if whose == THEIRS:
                taken[name] = getattr(other, name)
            elif whose == BOTH:
                taken[name] = f"{survivor.note}\n\n{other.note}"[
                    : survivor._meta.get_field("note").max_length
                ]
        return taken

    def show_present(self, present: Company | Contact) -> None:
        """After a conflict: one looks at both again, who were just read anew."""
        self.data = self.data.copy()
        for name, record in zip(("version", "other_version"), self.two, strict=True):
            self.data[name] = record.version
