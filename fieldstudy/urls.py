from allauth.account.urls import urlpatterns as account_pages
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog, set_language
from drf_spectacular.views import SpectacularAPIView

from fieldstudy.views import administration, health, preferences

# allauth's pages that this platform uses; there is no sign-up and no management of several addresses.
ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # closed, and says so; the sign-in page of allauth needs its address
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}

urlpatterns = [
    path("accounts/", include([page for page in account_pages if page.name in ACCOUNT_PAGES])),
    path("health/", health.health, name="health"),
    path("language/", set_language, name="set_language"),
    path("language/catalogue.js", JavaScriptCatalog.as_view(packages=["fieldstudy"]), name="catalogue"),
    path("profile/", preferences.profile, name="profile"),
    path("profile/tokens/", preferences.make_token, name="make_token"),
    path("profile/tokens/<str:digest>/", preferences.drop_token, name="drop_token"),
    path("administration/", administration.administration, name="administration"),
    path("administration/<uuid:user_id>/", administration.account, name="administration_account"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("fieldstudy.api.urls", namespace="api")),
    path("", include("observations.urls")),
    path("studies/<slug:slug>/", include("coding.urls")),
    path("studies/<slug:slug>/", include("exports.urls")),
]
