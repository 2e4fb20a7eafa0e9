from django.urls import include, path

app_name = "api"
urlpatterns = [
    path("", include("observations.api.urls")),
    path("studies/<slug:slug>/", include("coding.api.urls")),
    path("studies/<slug:slug>/", include("exports.api.urls")),
]
