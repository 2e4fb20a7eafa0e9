from django.urls import include, path

from fieldstudy.api.preferences import PreferencesView

app_name = "api"
urlpatterns = [
    path("me/preferences/", PreferencesView.as_view(), name="preferences"),
    path("", include("observations.api.urls")),
    path("studies/<slug:slug>/", include("coding.api.urls")),
    path("studies/<slug:slug>/", include("exports.api.urls")),
]
