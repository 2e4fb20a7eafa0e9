"""The append-only history: what the database itself records of every evidential or interpretive row.

A trigger writes each insert, update and delete of a tracked table to `history` with the acting person, and refuses a
change made without one. It copies ids, spans and figures; columns that hold evidence, names or memos are replaced by
the SHA-256 of their content. The application's role may read `history` and nothing else: the trigger function runs with
its owner's rights, and only the owner could take a trigger away.
"""

from collections.abc import Iterable

from django.db.migrations.operations import RunSQL

HISTORY_SQL = """
CREATE FUNCTION hash_of(content text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(to_jsonb(encode(sha256(convert_to(content, 'UTF8')), 'hex')), 'null'::jsonb)
$$;
CREATE FUNCTION record_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    acting text := current_setting('fieldstudy.actor', true);
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    hidden text;
BEGIN
    IF acting IS NULL OR acting = '' THEN
        RAISE EXCEPTION 'history: % on % without an actor', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOREACH hidden IN ARRAY coalesce(TG_ARGV, '{}') LOOP
        IF old_row ? hidden THEN
            old_row := jsonb_set(old_row, ARRAY[hidden], hash_of(old_row ->> hidden));
        END IF;
        IF new_row ? hidden THEN
            new_row := jsonb_set(new_row, ARRAY[hidden], hash_of(new_row ->> hidden));
        END IF;
    END LOOP;
    IF TG_OP = 'UPDATE' AND old_row = new_row THEN
        RETURN NULL;
    END IF;
    INSERT INTO history (at, actor, study, "table", "row", operation, before, after) VALUES (
        clock_timestamp(), acting::uuid,
        CASE WHEN TG_TABLE_NAME = 'observations_study' THEN (coalesce(new_row, old_row) ->> 'id')::uuid
             ELSE (coalesce(new_row, old_row) ->> 'study_id')::uuid END,
        TG_TABLE_NAME, (coalesce(new_row, old_row) ->> 'id')::uuid, lower(TG_OP), old_row, new_row);
    RETURN NULL;
END $$;
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON history
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER history_is_not_emptied BEFORE TRUNCATE ON history EXECUTE FUNCTION refuse_change();
"""
DROP_HISTORY_SQL = """
DROP TRIGGER history_is_not_emptied ON history;
DROP TRIGGER history_is_append_only ON history;
DROP FUNCTION refuse_change();
DROP FUNCTION record_history();
DROP FUNCTION hash_of(text);
"""


def track(table: str, *, hide: Iterable[str] = ()) -> RunSQL:
    """A migration operation that puts `table` under history; columns in `hide` are recorded as hashes only."""
    arguments = ", ".join(f"'{column}'" for column in hide)
    return RunSQL(
        f"CREATE TRIGGER record_history AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION record_history({arguments});",
        f"DROP TRIGGER record_history ON {table};",
    )


def immutable(table: str) -> RunSQL:
    """A migration operation that refuses every update and delete of `table`'s rows."""
    return RunSQL(
        f"CREATE TRIGGER {table}_is_immutable BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER {table}_is_immutable ON {table};",
    )


def same_study(child: str, column: str, parent: str) -> RunSQL:
    """A migration operation: the row `child.column` points at must belong to the same study as the child."""
    name = f"{child}_{column}_same_study"
    return RunSQL(
        f"""
        CREATE UNIQUE INDEX IF NOT EXISTS {parent}_id_study ON {parent} (id, study_id);
        ALTER TABLE {child} ADD CONSTRAINT {name} FOREIGN KEY ({column}, study_id) REFERENCES {parent} (id, study_id)
            DEFERRABLE INITIALLY DEFERRED;
        """,
        f"ALTER TABLE {child} DROP CONSTRAINT {name};",
    )
