"""Addresses: the portal's, and each subject's pages under its key.

Signing in and out are portal pages built on allauth's views. Its other pages (sign-up, e-mail, resetting a
password) are not served: accounts are made by an administrator.
"""

from importlib import import_module

from django.urls import include, path

from minzheng.config.modules import MODULES

urlpatterns = [
    path("", include("minzheng.portal.urls")),
    *(
        path(f"{module.key}/", include(import_module(module.pages).ADDRESSES))
        for module in MODULES
        if module.pages
    ),
]
