"""What lies in a PostgreSQL database beside our tables, and could watch or copy what they get.

And the one thing that we ask of the server for our tables: to keep no values for its statistics.
"""

from sqlalchemy import Connection, text

# A sentence for each thing found. What belongs to an extension is that extension's business.
_FAULTS = text("""
WITH places AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
things AS (
    SELECT c.oid, c.relname AS name, c.relkind, c.relpersistence, c.relhassubclass,
        n.nspname AS place, n.nspname = current_schema() AS is_here
    FROM pg_class c JOIN places n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_depend d
        WHERE d.deptype = 'e' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
    )
),
answers AS (
    SELECT * FROM things WHERE is_here AND relkind NOT IN ('i', 'S') AND name = ANY(:answers)
)
SELECT 'the trigger ' || t.tgname || ' on ' || c.name || ' is not one of ours'
FROM pg_trigger t JOIN things c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'the rule ' || r.rulename || ' on ' || c.name || ' is not one of ours'
FROM pg_rewrite r JOIN things c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'the ' || CASE relkind
        WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END
    || ' ' || name || ' is not one of ours'
FROM things WHERE relkind IN ('v', 'm', 'f')
UNION ALL
SELECT place || '.' || name || ' is not one of ours'
FROM things WHERE relkind IN ('r', 'p') AND NOT is_here
UNION ALL
SELECT 'the sequence ' || s.name || ' is not one of ours'
FROM things s
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
    AND d.deptype IN ('a', 'i')
LEFT JOIN things c ON c.oid = d.refobjid
WHERE s.relkind = 'S' AND (c.name IS NULL OR c.name = ANY(:answers))
UNION ALL
SELECT name || ' is no plain, lasting table' FROM answers c
WHERE relkind <> 'r' OR relpersistence <> 'p' OR relhassubclass
    OR EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid)
UNION ALL
SELECT c.name || '.' || a.attname || ' fills itself by '
    || CASE WHEN a.attidentity <> '' THEN 'an identity' ELSE 'a default' END
FROM answers c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE a.attnum > 0 AND (a.atthasdef OR a.attidentity <> '')
UNION ALL
SELECT 'the server keeps values of ' || c.name || '.' || a.attname
    || ' for its statistics (run pegel db upgrade)'
FROM answers c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND a.attnum > 0 AND a.atttypid = 'bytea'::regtype
    AND coalesce(a.attstattarget, -1) <> 0
UNION ALL
SELECT 'the publication ' || pubname || ' hands on what is written to ' || tablename
FROM pg_publication_tables
UNION ALL
SELECT 'the event trigger ' || evtname || ' is not one of ours'
FROM pg_event_trigger e
WHERE evtenabled <> 'D' AND NOT EXISTS (
    SELECT 1 FROM pg_depend d
    WHERE d.deptype = 'e' AND d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid
)
ORDER BY 1
""")


def schema_faults(connection: Connection, answers: frozenset[str]) -> list[str]:
    """One sentence for each thing that is not ours; `answers` names the tables of answers."""
    return list(connection.scalars(_FAULTS, {"answers": sorted(answers)}))


def keep_no_values(connection: Connection, answers: frozenset[str]) -> None:
    """Let the server keep no samples of hashes, keys and sealed answers for its statistics.

    ANALYZE, which runs by itself, copies values into the catalogue, where they would outlive the
    rows. No query needs them: whoever asks for a row names its whole key.
    """
    for table, column in connection.execute(_SAMPLED, {"answers": sorted(answers)}).all():
        connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0"))


_SAMPLED = text("""
SELECT quote_ident(c.relname), quote_ident(a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    AND c.relname = ANY(:answers) AND a.attnum > 0 AND a.atttypid = 'bytea'::regtype
    AND coalesce(a.attstattarget, -1) <> 0
""")


def rewrite(connection: Connection, table: str) -> None:
    """Write a table of answers and its indexes anew, without what was deleted.

    VACUUM FULL is not enough: it keeps every deleted row that some old transaction, or a standby
    that asked for it, could still see. A change of a column's type copies living rows alone.
    """
    connection.execute(
        text(f"ALTER TABLE {table} ALTER COLUMN campaign_id TYPE integer USING campaign_id + 0")
    )
