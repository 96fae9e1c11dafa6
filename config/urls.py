"""Every page of a tenant. Each needs a login unless its view opts out."""

from django.urls import include, path

from apps.accounts.views.styleguide import styleguide
from apps.actions.views import home

urlpatterns = [
    path("", home, name="home"),
    path("styleguide/", styleguide, name="styleguide"),
    path("", include("apps.actions.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.inbox.urls")),
    path("", include("apps.bulk.urls")),
    path("", include("apps.customers.urls")),
    path("", include("apps.deals.urls")),
    path("", include("apps.activities.urls")),
    path("", include("apps.goals.urls")),
    path("", include("apps.reviews.urls")),
    path("", include("apps.conversations.urls")),
    path("", include("apps.mail.urls")),
    path("", include("apps.integrations.urls")),
]

handler400 = "apps.integrations.problems.bad_request"
handler404 = "apps.integrations.problems.not_found"
handler500 = "apps.integrations.problems.server_error"
