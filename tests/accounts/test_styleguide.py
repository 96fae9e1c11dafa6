"""The page of all components is there for admins, and for nobody else."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_an_admin_sees_every_component(logged_in, admin):
    assert logged_in(admin).get(reverse("styleguide")).status_code == 200


def test_for_others_it_does_not_exist(logged_in, manager):
    assert logged_in(manager).get(reverse("styleguide")).status_code == 404
