from django.urls import path

from exports.api import downloads, passages

urlpatterns = [
    path("exports/", downloads.ExportFormats.as_view(), name="exports"),
    path("exports/passages/", passages.ExportPassages.as_view(), name="export_passages"),
    path("exports/<slug:name>/", downloads.Export.as_view(), name="export"),
]
