"""Addresses: sign-in by allauth, everything else by the portal."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("minzheng.portal.urls"):
    urlpatterns.append(path("", include("minzheng.portal.urls")))
urlpatterns.append(path("accounts/", include("allauth.account.urls")))
