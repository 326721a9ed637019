"""The portal's addresses: one function each, each with its declared grant."""

from django.urls import path

from minzheng.portal.pages import account, accounts, areas, changes, families, findings, health, inbox, money

urlpatterns = [
    path("", areas.home, name="home"),
    path("areas/<int:code>/", areas.area, name="area"),
    path("areas/<int:code>/households/", families.households, name="households"),
    path("areas/<int:code>/lines/", money.lines, name="lines"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/batch/", inbox.batch, name="batch"),
    path("figures/", areas.figures, name="figures"),
    path("standards/", areas.county_standards, name="standards"),
    path("households/", families.families, name="families"),
    path("households/<int:key>/", families.household, name="household"),
    path("search/", families.search, name="search"),
    path("lines/<int:key>/exclude/", money.exclude, name="exclude-line"),
    path("plans/", money.plans, name="plans"),
    path("plans/<int:key>/", money.plan, name="plan"),
    path("plans/<int:key>/approve/", money.approve, name="approve-plan"),
    path("failed/", money.failed, name="failed"),
    path("failed/<int:key>/reissue/", money.reissue, name="reissue"),
    path("failed/<int:key>/account/", accounts.correct, name="correct-account"),
    path("holds/", accounts.holds, name="holds"),
    path("holds/<int:key>/approve/", accounts.approve, name="approve-account"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<int:key>/settle/", changes.settle, name="settle-change"),
    path("findings/", findings.findings, name="findings"),
    path("findings/<int:key>/settle/", findings.settle, name="settle-finding"),
    path("me/password/", account.password, name="password"),
    path("me/text/", account.text_size, name="text-size"),
    path("me/post/", account.act_under, name="switch-post"),
    path("healthz", health.healthz, name="healthz"),
    path("accounts/login/", account.sign_in, name="account_login"),
    path("accounts/logout/", account.sign_out, name="account_logout"),
]
