from django.urls import path

from apps.bulk import views

app_name = "bulk"

urlpatterns = [
    path("bulk/new/", views.new, name="new"),
    path("bulk/<uuid:bulk_id>/", views.bulk, name="bulk"),
    path("bulk/<uuid:bulk_id>/undo/", views.undo, name="undo"),
]
