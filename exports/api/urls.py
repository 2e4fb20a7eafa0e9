from django.urls import path

from exports.api import downloads

urlpatterns = [
    path("exports/", downloads.ExportFormats.as_view(), name="exports"),
    path("exports/<slug:name>/", downloads.Export.as_view(), name="export"),
]
