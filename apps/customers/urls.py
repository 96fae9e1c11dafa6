from django.urls import path

from apps.customers import views

app_name = "customers"

urlpatterns = [
    path("companies/", views.companies, name="companies"),
    path("companies/suggest/", views.suggest, name="suggest"),
    path("companies/add/", views.add_company, name="add-company"),
    path("companies/<uuid:company_id>/", views.company, name="company"),
    path("companies/<uuid:company_id>/change/", views.change_company, name="change-company"),
    path("companies/<uuid:company_id>/trash/", views.trash_company, name="trash-company"),
    path("companies/<uuid:company_id>/restore/", views.restore_company, name="restore-company"),
    path("companies/<uuid:company_id>/contacts/add/", views.add_contact, name="add-contact"),
    path("contacts/<uuid:contact_id>/change/", views.change_contact, name="change-contact"),
    path("contacts/<uuid:contact_id>/trash/", views.trash_contact, name="trash-contact"),
    path("contacts/<uuid:contact_id>/restore/", views.restore_contact, name="restore-contact"),
]
