from django.urls import path

from apps.customers import cell_views, decision_views, list_views, merge_views, source_views, views

app_name = "customers"

urlpatterns = [
    path("companies/", views.companies, name="companies"),
    path("companies/suggest/", views.suggest, name="suggest"),
    path("companies/add/", views.add_company, name="add-company"),
    path("companies/duplicates/", merge_views.duplicates, name="duplicates"),
    path("companies/<uuid:company_id>/", views.company, name="company"),
    path("companies/<uuid:company_id>/change/", views.change_company, name="change-company"),
    path("companies/<uuid:company_id>/trash/", views.trash_company, name="trash-company"),
    path("companies/<uuid:company_id>/restore/", views.restore_company, name="restore-company"),
    path("companies/<uuid:company_id>/contacts/add/", views.add_contact, name="add-contact"),
    path("companies/<uuid:company_id>/lists/", list_views.lists_of_company, name="lists-of-company"),
    path("companies/<uuid:company_id>/cell/<slug:field>/", cell_views.company_cell, name="company-cell"),
    path("contacts/<uuid:contact_id>/cell/<slug:field>/", cell_views.contact_cell, name="contact-cell"),
    path("contacts/", views.contacts, name="contacts"),
    path("companies/<uuid:company_id>/merge/", merge_views.merge_company, name="merge-company"),
    path("companies/<uuid:company_id>/twins/", merge_views.twins, name="twins"),
    path("contacts/<uuid:contact_id>/merge/", merge_views.merge_contact, name="merge-contact"),
    path("merges/<uuid:merge_id>/undo/", merge_views.unmerge, name="unmerge"),
    path("lists/", list_views.lists, name="lists"),
    path("lists/add/", list_views.add_list, name="add-list"),
    path("lists/<uuid:list_id>/", list_views.target_list, name="list"),
    path("lists/<uuid:list_id>/change/", list_views.change_list, name="change-list"),
    path("lists/<uuid:list_id>/trash/", list_views.trash_list, name="trash-list"),
    path("lists/<uuid:list_id>/restore/", list_views.restore_list, name="restore-list"),
    path("lists/<uuid:list_id>/put/", list_views.put_on_list, name="put-on-list"),
    path("lists/entries/<uuid:entry_id>/take-off/", list_views.take_off_list, name="take-off-list"),
    path("lead-sources/", source_views.lead_sources, name="lead-sources"),
    path("lead-sources/<uuid:source_id>/change/", source_views.change_lead_source, name="change-lead-source"),
    path("lead-sources/<uuid:source_id>/retire/", source_views.retire_lead_source, name="retire-lead-source"),
    path(
        "lead-sources/<uuid:source_id>/bring-back/",
        source_views.bring_back_lead_source,
        name="bring-back-lead-source",
    ),
    path("campaigns/", source_views.campaigns, name="campaigns"),
    path("campaigns/add/", source_views.add_campaign, name="add-campaign"),
    path("campaigns/<uuid:campaign_id>/change/", source_views.change_campaign, name="change-campaign"),
    path(
        "companies/<uuid:company_id>/influences/link/", decision_views.link_influence, name="link-influence"
    ),
    path("influences/<uuid:influence_id>/unlink/", decision_views.unlink_influence, name="unlink-influence"),
    path("contacts/<uuid:contact_id>/place/", decision_views.place_contact, name="place-contact"),
    path("contacts/<uuid:contact_id>/change/", views.change_contact, name="change-contact"),
    path("contacts/<uuid:contact_id>/trash/", views.trash_contact, name="trash-contact"),
    path("contacts/<uuid:contact_id>/restore/", views.restore_contact, name="restore-contact"),
]
