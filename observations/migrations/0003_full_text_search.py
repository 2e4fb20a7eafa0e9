from django.db import migrations

# What parts words: code points of spaces, punctuation and symbols, in the notation that PostgreSQL and Python share.
# `coding.retrieval.hits` has the same list, and a test holds the two together.
APART = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u02bb-\u02bf\u2000-\u206f\u207a-\u207e\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020"
    r"\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff"
    r"\U0001f000-\U0001faff]+"
)
TOKENS = (
    "asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart, "
    "int, uint, float, sfloat, version"
)

# No list of stop words: "ne … pas" and "I" are evidence too, and a phrase must match word for word.
CONFIGURATIONS = f"""
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH DICTIONARY fieldstudy_fr_stem (TEMPLATE = snowball, LANGUAGE = french);
CREATE TEXT SEARCH DICTIONARY fieldstudy_en_stem (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH DICTIONARY fieldstudy_any_form (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION fieldstudy_fr (PARSER = "default");
CREATE TEXT SEARCH CONFIGURATION fieldstudy_en (PARSER = "default");
CREATE TEXT SEARCH CONFIGURATION fieldstudy_any (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION fieldstudy_fr ADD MAPPING FOR {TOKENS} WITH unaccent, fieldstudy_fr_stem;
ALTER TEXT SEARCH CONFIGURATION fieldstudy_en ADD MAPPING FOR {TOKENS} WITH unaccent, fieldstudy_en_stem;
ALTER TEXT SEARCH CONFIGURATION fieldstudy_any ADD MAPPING FOR {TOKENS} WITH unaccent, fieldstudy_any_form;
"""
DROP_CONFIGURATIONS = """
DROP TEXT SEARCH CONFIGURATION fieldstudy_any, fieldstudy_en, fieldstudy_fr;
DROP TEXT SEARCH DICTIONARY fieldstudy_any_form, fieldstudy_en_stem, fieldstudy_fr_stem;
"""
COLUMNS = f"""
ALTER TABLE observations_turn ADD COLUMN searched_as text GENERATED ALWAYS AS (
    CASE lower(left(language, 2)) WHEN 'fr' THEN 'fr' WHEN 'en' THEN 'en' ELSE 'any' END) STORED;
ALTER TABLE observations_turn ADD COLUMN searched tsvector GENERATED ALWAYS AS (
    CASE lower(left(language, 2))
        WHEN 'fr' THEN to_tsvector('fieldstudy_fr'::regconfig, regexp_replace(text, '{APART}', ' ', 'g'))
        WHEN 'en' THEN to_tsvector('fieldstudy_en'::regconfig, regexp_replace(text, '{APART}', ' ', 'g'))
        ELSE to_tsvector('fieldstudy_any'::regconfig, regexp_replace(text, '{APART}', ' ', 'g'))
    END) STORED;
CREATE INDEX turn_searched ON observations_turn USING gin (searched);
"""
DROP_COLUMNS = """
DROP INDEX turn_searched;
ALTER TABLE observations_turn DROP COLUMN searched, DROP COLUMN searched_as;
"""


class Migration(migrations.Migration):
    """An index of the words of every turn, as its language inflects them, without accents and capitals."""

    dependencies = [("observations", "0002_history_and_integrity")]
    operations = [
        migrations.RunSQL(CONFIGURATIONS, DROP_CONFIGURATIONS),
        migrations.RunSQL(COLUMNS, DROP_COLUMNS),
    ]
