from django.urls import path

from observations.views import (
    correction,
    field,
    imports,
    invitations,
    jobs,
    members,
    notes,
    participants,
    sources,
    studies,
    variables,
)

urlpatterns = [
    path("", studies.studies, name="studies"),
    path("new/", studies.study_new, name="study_new"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("studies/<slug:slug>/", studies.study, name="study"),
    path("studies/<slug:slug>/settings/", studies.study_settings, name="study_settings"),
    path("studies/<slug:slug>/members/", members.members, name="members"),
    path("studies/<slug:slug>/members/<uuid:user_id>/", members.member_roles, name="member_roles"),
    path(
        "studies/<slug:slug>/invitations/<uuid:invitation_id>/withdraw/",
        members.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("studies/<slug:slug>/sites/", field.sites, name="sites"),
    path("studies/<slug:slug>/tools/", field.tools, name="tools"),
    path("studies/<slug:slug>/tools/<uuid:tool_id>/promises/", field.promise_new, name="promise_new"),
    path("studies/<slug:slug>/participants/", participants.participants, name="participants"),
    path("studies/<slug:slug>/participants/<uuid:participant_id>/", participants.participant, name="participant"),
    path(
        "studies/<slug:slug>/participants/<uuid:participant_id>/withdraw/",
        participants.consent_withdraw,
        name="consent_withdraw",
    ),
    path("studies/<slug:slug>/sources/", sources.source_list, name="source_list"),
    path("studies/<slug:slug>/sources/import/", imports.import_new, name="import"),
    path("studies/<slug:slug>/sources/new/", notes.note_new, name="note_new"),
    path("studies/<slug:slug>/sources/<uuid:source_id>/", sources.source, name="source"),
    path("studies/<slug:slug>/sources/<uuid:source_id>/edit/", sources.source_edit, name="source_edit"),
    path("studies/<slug:slug>/sources/<uuid:source_id>/text/", correction.source_text, name="source_text"),
    path("studies/<slug:slug>/variables/<str:subject>/", variables.variables, name="variables"),
    path("studies/<slug:slug>/variables/<str:subject>/import/", variables.variables_import, name="variables_import"),
    path(
        "studies/<slug:slug>/variables/<str:subject>/table.csv",
        variables.variables_table,
        {"form": "csv"},
        name="variables_csv",
    ),
    path(
        "studies/<slug:slug>/variables/<str:subject>/table.xlsx",
        variables.variables_table,
        {"form": "xlsx"},
        name="variables_xlsx",
    ),
    path("studies/<slug:slug>/variable/<uuid:variable_id>/", variables.variable, name="variable"),
    path("studies/<slug:slug>/variable/<uuid:variable_id>/remove/", variables.variable_remove, name="variable_remove"),
    path(
        "studies/<slug:slug>/variable/<uuid:variable_id>/restore/", variables.variable_restore, name="variable_restore"
    ),
    path("studies/<slug:slug>/imports/<uuid:import_id>/", imports.import_progress, name="import_progress"),
    path("studies/<slug:slug>/jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("studies/<slug:slug>/jobs/<uuid:job_id>/stop/", jobs.job_stop, name="job_stop"),
]
