from django.urls import path

from apps.reviews import expectation_views, views

app_name = "reviews"

urlpatterns = [
    path("table/", views.table, name="table"),
    path("table/csv/", views.table_csv, name="table-csv"),
    path("table/xlsx/", views.table_xlsx, name="table-xlsx"),
    path("expectations/", expectation_views.show, name="expectations"),
    path("expectations/csv/", expectation_views.table_csv, name="expectations-csv"),
    path("table/records/", views.records, name="records"),
]
