"""The tables of a round's ledger. Facts are only ever added; an undone job's facts no longer count. Read `TABLES`."""

from __future__ import annotations

VERSION = 1

# `job` is the job that made the fact. `received.name` is the file's path below nop/, `same_as` the file whose very
# bytes came again. Journal: `operation.old` and `.new` are the SHA-256 of a file before and after, NULL for no file.
TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, who TEXT NOT NULL, started TEXT NOT NULL,
    finished TEXT, detail TEXT NOT NULL DEFAULT '{}', undoes INTEGER, undone_by INTEGER
);
CREATE TABLE operation (
    job INTEGER NOT NULL, step INTEGER NOT NULL, path TEXT NOT NULL, old TEXT, new TEXT, PRIMARY KEY (job, step)
);
CREATE TABLE received (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, moment TEXT NOT NULL, unit TEXT NOT NULL, period TEXT NOT NULL, declared INTEGER NOT NULL,
    version INTEGER NOT NULL, refusal TEXT NOT NULL DEFAULT '', same_as INTEGER
);
CREATE TABLE returned (
    job INTEGER NOT NULL, sha256 TEXT NOT NULL, unit TEXT NOT NULL, path TEXT NOT NULL, copy_sha256 TEXT NOT NULL,
    moment TEXT NOT NULL, content TEXT NOT NULL
);
CREATE TABLE accepted (
    job INTEGER NOT NULL, sha256 TEXT NOT NULL, unit TEXT NOT NULL, code TEXT NOT NULL, sheet TEXT NOT NULL,
    cell TEXT NOT NULL, reason TEXT NOT NULL, who TEXT NOT NULL, moment TEXT NOT NULL
);
CREATE TABLE closed (job INTEGER NOT NULL, moment TEXT NOT NULL, content TEXT NOT NULL);
CREATE TABLE kept (kind TEXT NOT NULL, key TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (kind, key));
CREATE INDEX received_by_sha ON received (sha256);
"""
