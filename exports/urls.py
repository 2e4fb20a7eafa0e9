from django.urls import path

from exports.views import downloads

urlpatterns = [
    path("exports/", downloads.exports, name="exports"),
    path("exports/<slug:name>/", downloads.export, name="export"),
]
