from django.urls import URLPattern, path

from coding.api import agreement, assignments, codebook, readings, segments, suggestions, tagging

urlpatterns: list[URLPattern] = [
    path("sources/<uuid:source_id>/segments/", segments.SegmentsView.as_view(), name="segments"),
    path("segments/<uuid:segment_id>/", segments.SegmentView.as_view(), name="segment"),
    path("segments/<uuid:segment_id>/restore/", segments.SegmentRestoreView.as_view(), name="segment_restore"),
    path("codes/", codebook.CodebookCodesView.as_view(), name="codes"),
    path("codes/<uuid:code_id>/", codebook.CodebookCodeView.as_view(), name="code"),
    path("readings/", readings.ReadingsView.as_view(), name="readings"),
    path("readings/<uuid:reading_id>/read-to/", readings.ReadToView.as_view(), name="read_to"),
    path("sources/<uuid:source_id>/reading/", readings.ReadingView.as_view(), name="reading"),
    path("sources/<uuid:source_id>/reading/submit/", readings.ReadingSubmitView.as_view(), name="reading_submit"),
    path("codebook/versions/", codebook.VersionsView.as_view(), name="codebook_versions"),
    path("lexicon/", codebook.LexiconView.as_view(), name="lexicon"),
    path("lexicon/<uuid:entry_id>/", codebook.LexiconEntryView.as_view(), name="lexicon_entry"),
    path("tagging-runs/", tagging.RunsView.as_view(), name="tagging_runs"),
    path("tagging-runs/<uuid:run_id>/", tagging.RunView.as_view(), name="tagging_run"),
    path("tagging-runs/<uuid:run_id>/stop/", tagging.RunStopView.as_view(), name="tagging_run_stop"),
    path("sources/<uuid:source_id>/suggestions/", suggestions.SuggestionsView.as_view(), name="suggestions"),
    path("decisions/", suggestions.DecisionsView.as_view(), name="decisions"),
    path("decisions/<uuid:decision_id>/undo/", suggestions.DecisionUndoView.as_view(), name="decision_undo"),
    path("assignments/", assignments.AssignmentsView.as_view(), name="assignments"),
    path("assignments/<uuid:assignment_id>/", assignments.AssignmentView.as_view(), name="assignment"),
    path("agreement-runs/", agreement.AgreementRunsView.as_view(), name="agreement_runs"),
    path("agreement-runs/<uuid:run_id>/", agreement.AgreementRunView.as_view(), name="agreement_run"),
]
