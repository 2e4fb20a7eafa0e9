from django.urls import path

from exports.views import downloads, passages

urlpatterns = [
    path("exports/", downloads.exports, name="exports"),
    path("exports/passages/", passages.export_passages, name="export_passages"),
    path("exports/<slug:name>/", downloads.export, name="export"),
]
