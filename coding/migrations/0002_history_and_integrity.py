from django.db import migrations

from fieldstudy.history import immutable, same_study, track

# What a first reading holds is fixed by submission; only where its passages stand in a corrected text may move.
KEEP_SUBMITTED_SQL = """
CREATE FUNCTION keep_submitted_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM coding_reading
        WHERE id IN (NEW.reading_id, OLD.reading_id) AND phase = 'first' AND state = 'submitted';
    IF FOUND THEN
        IF TG_OP <> 'UPDATE' THEN
            RAISE EXCEPTION 'a submitted first reading never changes' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF (NEW.reading_id, NEW.code_id, NEW.code_revision_id, NEW.revision_id, NEW.start, NEW."end")
                IS DISTINCT FROM (OLD.reading_id, OLD.code_id, OLD.code_revision_id, OLD.revision_id, OLD.start, OLD."end")
            OR (NEW.weight, NEW.suggestion_id, NEW.adjudication_id)
                IS DISTINCT FROM (OLD.weight, OLD.suggestion_id, OLD.adjudication_id)
            OR (NEW.removed_at IS DISTINCT FROM OLD.removed_at AND NEW.now_start < NEW.now_end)
        THEN
            RAISE EXCEPTION 'a submitted first reading never changes' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_submitted_reading BEFORE INSERT OR UPDATE OR DELETE ON coding_segment
    FOR EACH ROW EXECUTE FUNCTION keep_submitted_reading();
CREATE FUNCTION keep_submitted_mark() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['now_start', 'now_end', 'removed_at'];
BEGIN
    PERFORM FROM coding_reading
        WHERE id IN (NEW.reading_id, OLD.reading_id) AND phase = 'first' AND state = 'submitted';
    IF FOUND THEN
        IF TG_OP <> 'UPDATE' OR to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving
            OR (NEW.removed_at IS DISTINCT FROM OLD.removed_at AND NEW.now_start < NEW.now_end)
        THEN
            RAISE EXCEPTION 'a submitted first reading never changes' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_submitted_mark BEFORE INSERT OR UPDATE OR DELETE ON coding_promiselink
    FOR EACH ROW EXECUTE FUNCTION keep_submitted_mark();
CREATE TRIGGER keep_submitted_mark BEFORE INSERT OR UPDATE OR DELETE ON coding_encounter
    FOR EACH ROW EXECUTE FUNCTION keep_submitted_mark();
CREATE FUNCTION keep_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'submitted' AND (NEW.state <> 'submitted' OR NEW.submitted_at <> OLD.submitted_at
            OR NEW.source_id <> OLD.source_id OR NEW.coder_id <> OLD.coder_id OR NEW.arm <> OLD.arm) THEN
        RAISE EXCEPTION 'a submission cannot be taken back' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_submission BEFORE UPDATE ON coding_reading FOR EACH ROW EXECUTE FUNCTION keep_submission();
"""
DROP_SQL = """
DROP TRIGGER keep_submission ON coding_reading;
DROP FUNCTION keep_submission();
DROP TRIGGER keep_submitted_mark ON coding_encounter;
DROP TRIGGER keep_submitted_mark ON coding_promiselink;
DROP FUNCTION keep_submitted_mark();
DROP TRIGGER keep_submitted_reading ON coding_segment;
DROP FUNCTION keep_submitted_reading();
"""


class Migration(migrations.Migration):
    dependencies = [("coding", "0001_initial"), ("observations", "0002_history_and_integrity")]
    operations = [
        track("coding_coder"),
        track("coding_assignment"),
        track("coding_code"),
        track("coding_coderevision", hide=["examples"]),
        track("coding_codebookversion"),
        track("coding_lexiconentry"),
        track("coding_reading"),
        track("coding_segment"),
        track("coding_suggestion"),
        track("coding_decision", hide=["reason"]),
        track("coding_codebookchange", hide=["note"]),
        track("coding_round"),
        track("coding_segmentreview"),
        track("coding_promiselink", hide=["note"]),
        track("coding_encounter", hide=["note", "task", "consequence"]),
        track("coding_memo", hide=["title", "text"]),
        track("coding_memolink"),
        track("coding_savedquery", hide=["name", "text"]),
        track("coding_favourite"),
        track("coding_dispute"),
        track("coding_disputeside"),
        track("coding_adjudication", hide=["reason"]),
        track("coding_waiver", hide=["reason"]),
        same_study("coding_assignment", "coder_id", "coding_coder"),
        same_study("coding_assignment", "source_id", "observations_source"),
        same_study("coding_code", "parent_id", "coding_code"),
        same_study("coding_coderevision", "code_id", "coding_code"),
        same_study("coding_codebookentry", "code_id", "coding_code"),
        same_study("coding_lexiconentry", "code_id", "coding_code"),
        same_study("coding_reading", "source_id", "observations_source"),
        same_study("coding_reading", "coder_id", "coding_coder"),
        same_study("coding_segment", "source_id", "observations_source"),
        same_study("coding_segment", "reading_id", "coding_reading"),
        same_study("coding_segment", "code_id", "coding_code"),
        same_study("coding_suggestion", "source_id", "observations_source"),
        same_study("coding_suggestion", "code_id", "coding_code"),
        same_study("coding_decision", "reading_id", "coding_reading"),
        same_study("coding_decision", "suggestion_id", "coding_suggestion"),
        same_study("coding_code", "split_from_id", "coding_code"),
        same_study("coding_segmentreview", "segment_id", "coding_segment"),
        same_study("coding_promiselink", "source_id", "observations_source"),
        same_study("coding_promiselink", "reading_id", "coding_reading"),
        same_study("coding_promiselink", "promise_id", "observations_promise"),
        same_study("coding_encounter", "source_id", "observations_source"),
        same_study("coding_encounter", "reading_id", "coding_reading"),
        same_study("coding_encounter", "tool_id", "observations_tool"),
        same_study("coding_encounter", "participant_id", "observations_participant"),
        same_study("coding_memo", "source_id", "observations_source"),
        same_study("coding_memo", "code_id", "coding_code"),
        same_study("coding_memo", "segment_id", "coding_segment"),
        same_study("coding_memolink", "memo_id", "coding_memo"),
        same_study("coding_memolink", "to_memo_id", "coding_memo"),
        same_study("coding_memolink", "to_segment_id", "coding_segment"),
        same_study("coding_dispute", "source_id", "observations_source"),
        same_study("coding_disputeside", "dispute_id", "coding_dispute"),
        same_study("coding_disputeside", "reading_id", "coding_reading"),
        same_study("coding_adjudication", "dispute_id", "coding_dispute"),
        same_study("coding_adjudication", "side_id", "coding_disputeside"),
        same_study("coding_segment", "adjudication_id", "coding_adjudication"),
        same_study("coding_favourite", "code_id", "coding_code"),
        immutable("coding_coderevision"),
        immutable("coding_codebookversion"),
        immutable("coding_codebookentry"),
        migrations.RunSQL(KEEP_SUBMITTED_SQL, DROP_SQL),
    ]
