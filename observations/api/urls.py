from django.urls import URLPattern, path

from observations.api import field, imports, participants, sources, studies, variables

STUDY = "studies/<slug:slug>"
PERSON = f"{STUDY}/participants/<uuid:participant_id>"
SOURCE = f"{STUDY}/sources/<uuid:source_id>"

urlpatterns: list[URLPattern] = [
    path("studies/", studies.StudiesView.as_view(), name="studies"),
    path(f"{STUDY}/", studies.StudyView.as_view(), name="study"),
    path(f"{STUDY}/members/", studies.MembersView.as_view(), name="members"),
    path(f"{STUDY}/members/<uuid:user_id>/", studies.MemberView.as_view(), name="member"),
    path(f"{STUDY}/invitations/", studies.InvitationsView.as_view(), name="invitations"),
    path(f"{STUDY}/sites/", field.SitesView.as_view(), name="sites"),
    path(f"{STUDY}/tools/", field.ToolsView.as_view(), name="tools"),
    path(f"{STUDY}/promises/", field.PromisesView.as_view(), name="promises"),
    path(f"{STUDY}/participants/", participants.ParticipantsView.as_view(), name="participants"),
    path(f"{PERSON}/consents/", participants.ConsentsView.as_view(), name="consents"),
    path(f"{PERSON}/withdrawal/", participants.WithdrawalView.as_view(), name="withdrawal"),
    path(f"{STUDY}/sources/", sources.SourcesView.as_view(), name="sources"),
    path(f"{SOURCE}/", sources.SourceView.as_view(), name="source"),
    path(f"{SOURCE}/text/", sources.SourceTextView.as_view(), name="source_text"),
    path(f"{SOURCE}/text/effect/", sources.SourceEffectView.as_view(), name="source_effect"),
    path(f"{STUDY}/variables/<str:subject>/", variables.VariablesView.as_view(), name="variables"),
    path(f"{STUDY}/variables/<str:subject>/values/", variables.ValuesView.as_view(), name="values"),
    path(f"{STUDY}/variables/<str:subject>/table/", variables.TableView.as_view(), name="variables_table"),
    path(
        f"{STUDY}/variables/<str:subject>/table/<slug:form>/",
        variables.TableFileView.as_view(),
        name="variables_file",
    ),
    path(f"{STUDY}/variable/<uuid:variable_id>/", variables.VariableView.as_view(), name="variable"),
    path(
        f"{STUDY}/variable/<uuid:variable_id>/restore/",
        variables.VariableRestoreView.as_view(),
        name="variable_restore",
    ),
    path(f"{STUDY}/imports/", imports.ImportsView.as_view(), name="imports"),
    path(f"{STUDY}/imports/<uuid:import_id>/", imports.ImportView.as_view(), name="import"),
    path(f"{STUDY}/jobs/<uuid:job_id>/", imports.JobView.as_view(), name="job"),
    path(f"{STUDY}/jobs/<uuid:job_id>/stop/", imports.JobStopView.as_view(), name="job_stop"),
]
