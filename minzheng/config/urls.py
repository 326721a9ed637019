"""Addresses: the portal's, and nothing else.

Signing in and out are portal pages built on allauth's views. Its other pages (sign-up, e-mail, resetting a
password) are not served: accounts are made by an administrator.
"""

from django.urls import include, path

urlpatterns = [path("", include("minzheng.portal.urls"))]
