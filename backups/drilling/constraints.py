"""Constraints of what was restored: each in force, and each true of every row, asked again."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_noop
from psycopg import Connection, sql

from backups.drilling.work import Found, Work
from backups.exceptions import StepFailed
from backups.sentences import sentence

OURS = "nspname !~ '^pg_' AND nspname <> 'information_schema'"
NOT_IN_FORCE = f"""
    SELECT format('%s on %s.%s isn''t validated', conname, nspname, relname)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE NOT convalidated AND {OURS}
    UNION ALL
    SELECT format('The index %s.%s isn''t valid', nspname, relname)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE NOT (indisvalid AND indisready) AND {OURS}
    ORDER BY 1"""  # noqa: S608 - of our own parts
CHECKS = f"""
    SELECT nspname, relname, conname, pg_get_expr(conbin, conrelid)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE contype = 'c' AND {OURS} ORDER BY 1, 2, 3"""  # noqa: S608 - of our own parts
FOREIGN_KEYS = """
    SELECT ns.nspname, here.relname, conname, there_ns.nspname, there.relname,
           ARRAY(SELECT attname FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
                 JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place),
           ARRAY(SELECT attname FROM unnest(confkey) WITH ORDINALITY AS key (number, place)
                 JOIN pg_attribute ON attrelid = confrelid AND attnum = number ORDER BY place)
    FROM pg_constraint
    JOIN pg_class AS here ON here.oid = conrelid JOIN pg_namespace AS ns ON ns.oid = here.relnamespace
    JOIN pg_class AS there ON there.oid = confrelid JOIN pg_namespace AS there_ns ON there_ns.oid = there.relnamespace
    WHERE contype = 'f' AND conparentid = 0 AND ns.nspname !~ '^pg_' ORDER BY 1, 2, 3"""


def check_constraints(work: Work) -> Found:
    with work.pulse.breaking_off(work.scratch.cancel):
        lacking = [name for (name,) in work.scratch.execute(NOT_IN_FORCE.encode()).fetchall()]
        if lacking:
            raise StepFailed(f"{lacking[0]}.", lacking=lacking)
        checks, keys = _check_rows(work.scratch), _check_references(work.scratch)
    says = sentence(
        gettext_noop("%(checks)s checks and %(keys)s foreign keys are in force, and true of every row."),
        checks=checks,
        keys=keys,
    )
    return Found(says, {"checks": checks, "foreign_keys": keys})


def _check_rows(connection: Connection[Any]) -> int:
    found = connection.execute(CHECKS.encode()).fetchall()
    for schema, table, name, expression in found:
        query = sql.SQL("SELECT count(*) FROM {} WHERE NOT ({})").format(
            sql.Identifier(schema, table), sql.SQL(expression)
        )
        _refuse(connection, query, f"{schema}.{table}", name)
    return len(found)


def _check_references(connection: Connection[Any]) -> int:
    found = connection.execute(FOREIGN_KEYS.encode()).fetchall()
    for schema, table, name, other_schema, other, columns, keys in found:
        query = sql.SQL(
            "SELECT count(*) FROM {} AS here WHERE {} AND NOT EXISTS (SELECT FROM {} AS there WHERE {})"
        ).format(
            sql.Identifier(schema, table),
            _all(sql.SQL("here.{} IS NOT NULL").format(sql.Identifier(column)) for column in columns),
            sql.Identifier(other_schema, other),
            _all(
                sql.SQL("there.{} = here.{}").format(sql.Identifier(key), sql.Identifier(column))
                for column, key in zip(columns, keys, strict=True)
            ),
        )
        _refuse(connection, query, f"{schema}.{table}", name)
    return len(found)


def _all(conditions: Iterator[sql.Composed]) -> sql.Composed:
    return sql.SQL(" AND ").join(conditions)


def _refuse(connection: Connection[Any], query: sql.Composed, table: str, name: str) -> None:
    """Raises StepFailed where a row isn't as the constraint says."""
    row = connection.execute(query).fetchone()
    if row and row[0]:
        told = {"table": table, "constraint": name, "rows": row[0]}
        raise StepFailed(
            sentence(gettext_noop("%(rows)s rows of %(table)s break %(constraint)s."), **told), **told
        )
