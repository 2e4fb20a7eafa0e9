from django.db import migrations

from fieldstudy.history import immutable, same_study, track


class Migration(migrations.Migration):
    dependencies = [("observations", "0001_initial"), ("fieldstudy", "0002_history")]
    operations = [
        track("observations_study", hide=["description"]),
        track("observations_membership"),
        track("observations_site"),
        track("observations_tool"),
        track("observations_promise"),
        track("observations_participant", hide=["title"]),
        track("observations_consent"),
        track("observations_source", hide=["title", "observer"]),
        track("observations_sourcetool"),
        track("observations_sourceparticipant", hide=["speaker"]),
        track("observations_variable", hide=["note"]),
        track("observations_value", hide=["text", "number", "truth", "day"]),
        track("observations_revision", hide=["sealed", "note"]),
        same_study("observations_promise", "tool_id", "observations_tool"),
        same_study("observations_participant", "site_id", "observations_site"),
        same_study("observations_consent", "participant_id", "observations_participant"),
        same_study("observations_source", "site_id", "observations_site"),
        same_study("observations_sourcetool", "source_id", "observations_source"),
        same_study("observations_sourcetool", "tool_id", "observations_tool"),
        same_study("observations_sourceparticipant", "source_id", "observations_source"),
        same_study("observations_sourceparticipant", "participant_id", "observations_participant"),
        same_study("observations_revision", "source_id", "observations_source"),
        same_study("observations_turn", "source_id", "observations_source"),
        same_study("observations_turn", "revision_id", "observations_revision"),
        same_study("observations_turn", "participant_id", "observations_participant"),
        same_study("observations_value", "variable_id", "observations_variable"),
        same_study("observations_value", "source_id", "observations_source"),
        same_study("observations_value", "participant_id", "observations_participant"),
        same_study("observations_value", "site_id", "observations_site"),
        immutable("observations_revision"),
    ]
