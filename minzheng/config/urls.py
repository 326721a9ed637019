"""Addresses: everything by the portal, and sign-in by allauth."""

from django.urls import include, path

urlpatterns = [
    path("", include("minzheng.portal.urls")),
    path("accounts/", include("allauth.account.urls")),
]
