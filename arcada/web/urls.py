"""All pages; each page's module says its own addresses."""

from django.urls import URLPattern, URLResolver

from arcada.web import (
    account_pages,
    case_pages,
    collection_page,
    home_page,
    network_page,
    patient_pages,
    plan_pages,
    record_page,
    review_forms,
    share_door,
    share_pages,
    standards_page,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *home_page.urlpatterns,
    *account_pages.urlpatterns,
    *plan_pages.urlpatterns,
    *network_page.urlpatterns,
    *patient_pages.urlpatterns,
    *collection_page.urlpatterns,
    *record_page.urlpatterns,
    *standards_page.urlpatterns,
    *case_pages.urlpatterns,
    *review_forms.urlpatterns,
    *share_pages.urlpatterns,
    *share_door.urlpatterns,
]
