from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from apps.accounts.api import GradeViewSet, TeamViewSet, UserViewSet
from apps.actions.capture_api import CaptureViewSet, WaitingLineViewSet
from apps.actions.today_api import TodayViewSet
from apps.activities.api import FollowViewSet, VisitViewSet
from apps.activities.words_api import IssueKindViewSet
from apps.conversations.api import AttachmentViewSet, CommentViewSet
from apps.conversations.daily_api import DailyReportViewSet
from apps.customers.api import (
    CampaignViewSet,
    CompanyViewSet,
    ContactViewSet,
    LeadSourceViewSet,
    ListEntryViewSet,
    TargetListViewSet,
)
from apps.deals.api import DealViewSet, LostReasonViewSet, PlanViewSet
from apps.goals.api import MonthlyGoalViewSet
from apps.inbox.api import NotificationViewSet
from apps.integrations import import_views
from apps.integrations.idempotency import Once
from apps.integrations.problems import not_found
from apps.integrations.search.views import search
from apps.reviews.api import BoardViewSet, ExpectationsViewSet

app_name = "integrations"


class Router(SimpleRouter):
    """Every POST can be repeated safely; addresses work with and without the last slash."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"

    def register(self, prefix: str, viewset: type, **given: Any) -> None:
        once = type(viewset.__name__, (Once, viewset), {"__module__": viewset.__module__})
        super().register(f"api/v1/{prefix}", once, basename=prefix.replace("/", "-"), **given)


router = Router()
for prefix, viewset in {
    "companies": CompanyViewSet,
    "contacts": ContactViewSet,
    "lead-sources": LeadSourceViewSet,
    "campaigns": CampaignViewSet,
    "lists": TargetListViewSet,
    "list-entries": ListEntryViewSet,
    "deals": DealViewSet,
    "lost-reasons": LostReasonViewSet,
    "plans": PlanViewSet,
    "follows": FollowViewSet,
    "visits": VisitViewSet,
    "issue-kinds": IssueKindViewSet,
    "daily-reports": DailyReportViewSet,
    "comments": CommentViewSet,
    "attachments": AttachmentViewSet,
    "today": TodayViewSet,
    "captures": CaptureViewSet,
    "capture-lines": WaitingLineViewSet,
    "notifications": NotificationViewSet,
    "goals/monthly": MonthlyGoalViewSet,
    "users": UserViewSet,
    "teams": TeamViewSet,
    "grades": GradeViewSet,
    "board": BoardViewSet,
    "expectations": ExpectationsViewSet,
}.items():
    router.register(prefix, viewset)

# For people in a browser: logged in, as on every page.
_AS_PAGE: dict[str, Any] = {"authentication_classes": [], "permission_classes": []}
schema = SpectacularAPIView.as_view(**_AS_PAGE)
docs = SpectacularSwaggerSplitView.as_view(
    url_name="integrations:schema", template_name="integrations/api-docs.html", **_AS_PAGE
)
schema.login_required = docs.login_required = True

urlpatterns = [
    path("search/", search, name="search"),
    path("settings/import/", import_views.imports, name="imports"),
    path("settings/import/<uuid:import_id>/", import_views.import_page, name="import"),
    path("settings/import/<uuid:import_id>/file/", import_views.read_import, name="read-import"),
    path("settings/import/<uuid:import_id>/columns/", import_views.map_import, name="map-import"),
    path("settings/import/<uuid:import_id>/start/", import_views.start_import, name="start-import"),
    path("settings/import/<uuid:import_id>/stop/", import_views.stop_import, name="stop-import"),
    path("settings/import/<uuid:import_id>/undo/", import_views.undo_import, name="undo-import"),
    path("settings/import/<uuid:import_id>/repair/", import_views.repair_rows, name="repair-rows"),
    path("settings/import/<uuid:import_id>/again/", import_views.run_again, name="run-again"),
    path("settings/import/<uuid:import_id>/problems.csv", import_views.problems, name="import-problems"),
    path("settings/import/<uuid:import_id>/discard/", import_views.discard_import, name="discard-import"),
    path("api/v1/schema/", schema, name="schema"),
    path("api/v1/docs/", docs, name="docs"),
    *router.urls,
    # Programs have no form's token: whatever the method, they are told that there is nothing.
    re_path("^api/", csrf_exempt(login_not_required(not_found)), name="nothing-here"),
]
