"""The map of apps is the contract; `lint-imports` in `make check` holds the imports to it."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from tests.architecture.source import ROOT, floors, our_models


def test_every_app_has_its_place_on_the_map():
    there = {folder.name for folder in (ROOT / "apps").iterdir() if (folder / "__init__.py").exists()}
    described = {line.split("|")[1].strip() for line in _map_in_words() if line.startswith("| ")} - {
        "app",
        "---",
    }

    assert there - floors().keys() == set()
    assert there == described


def _map_in_words() -> list[str]:
    return (ROOT / "apps/README.md").read_text().split("## Inside an app")[0].splitlines()


def test_foreign_keys_point_down_the_map():
    faults = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in our_models()
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.related_model and not _is_below(field.related_model, model)
    ]

    assert faults == []


def _is_below(target: type[models.Model], model: type[models.Model]) -> bool:
    if target._meta.app_label == model._meta.app_label:
        return True
    floor = floors()
    # A table of a library belongs to no floor: nothing of ours may lean on it.
    return target._meta.app_label in floor and floor[target._meta.app_label] < floor[model._meta.app_label]


def test_no_row_points_at_a_thing_of_any_kind():
    faults = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey)
    ]

    assert faults == []


ROLL_UPS = {"activities.DayTally"}
"""Rows that are only counts of other rows; rep and day are what they are."""


def test_every_row_has_an_id_that_is_unique_everywhere():
    numbered = [
        model._meta.label
        for model in our_models()
        if model._meta.app_label != "tenancy" and not isinstance(model._meta.pk, models.UUIDField)
    ]
    # What history keeps of a row is found by the row's own id.
    events = [model._meta.label for model in our_models() if hasattr(model, "pgh_tracked_model")]

    assert sorted(set(numbered) - set(events)) == sorted(ROLL_UPS)
