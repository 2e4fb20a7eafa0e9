from django.urls import URLPattern, path

from coding.views import agreement, assignments, codebook, lexicon, machine, second_opinion, workspace

urlpatterns: list[URLPattern] = [
    path("sources/<uuid:source_id>/code/", workspace.workspace, name="workspace"),
    path("sources/<uuid:source_id>/second-opinion/", second_opinion.second_opinion, name="second_opinion"),
    path("sources/<uuid:source_id>/second-opinion/close/", second_opinion.opinion_close, name="opinion_close"),
    path(
        "sources/<uuid:source_id>/second-opinion/<uuid:suggestion_id>/",
        second_opinion.opinion_decide,
        name="opinion_decide",
    ),
    path(
        "sources/<uuid:source_id>/second-opinion/decisions/<uuid:decision_id>/undo/",
        second_opinion.opinion_undo,
        name="opinion_undo",
    ),
    path("codebook/", codebook.codebook, name="codebook"),
    path("codebook/codes/new/", codebook.code_new, name="code_new"),
    path("codebook/codes/<uuid:code_id>/", codebook.code, name="code"),
    path("codebook/codes/<uuid:code_id>/edit/", codebook.code_edit, name="code_edit"),
    path("codebook/codes/<uuid:code_id>/move/", codebook.code_move, name="code_move"),
    path("codebook/codes/<uuid:code_id>/retire/", codebook.code_retire, name="code_retire"),
    path("codebook/codes/<uuid:code_id>/restore/", codebook.code_restore, name="code_restore"),
    path("codebook/codes/<uuid:code_id>/lexicon/", lexicon.lexicon_add, name="lexicon_add"),
    path("codebook/lexicon/<uuid:entry_id>/retire/", lexicon.lexicon_retire, name="lexicon_retire"),
    path("codebook/import/", lexicon.codebook_import, name="codebook_import"),
    path("codebook/lexicon/import/", lexicon.lexicon_import, name="lexicon_import"),
    path("codebook/publish/", codebook.codebook_publish, name="codebook_publish"),
    path("codebook/versions/<int:number>/", codebook.codebook_version, name="codebook_version"),
    path("machine/", machine.machine, name="machine"),
    path("machine/runs/<uuid:run_id>/waiting/", machine.machine_waiting, name="machine_waiting"),
    path("assignments/", assignments.assignments, name="assignments"),
    path("assignments/<uuid:assignment_id>/withdraw/", assignments.assignment_withdraw, name="assignment_withdraw"),
    path("agreement/", agreement.agreement, name="agreement"),
    path("agreement/start/", agreement.agreement_start, name="agreement_start"),
    path("agreement/<uuid:run_id>/waiting/", agreement.agreement_waiting, name="agreement_waiting"),
    path("agreement/<uuid:run_id>/table.csv", agreement.agreement_csv, name="agreement_csv"),
    path("agreement/<uuid:run_id>/all/", agreement.agreement_passages, name="agreement_all_passages"),
    path("agreement/<uuid:run_id>/<uuid:code_id>/", agreement.agreement_passages, name="agreement_passages"),
]
