from django.urls import path

from apps.reviews import views

app_name = "reviews"

urlpatterns = [
    path("table/", views.table, name="table"),
    path("table/csv/", views.table_csv, name="table-csv"),
    path("table/xlsx/", views.table_xlsx, name="table-xlsx"),
    path("table/records/", views.records, name="records"),
]
