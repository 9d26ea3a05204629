CREATE TABLE records (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    revision INTEGER NOT NULL,
    write_id TEXT NOT NULL,
    expires_at INTEGER,
    due_pk TEXT,
    due_sk TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
) WITHOUT ROWID;
CREATE INDEX records_due ON records (due_pk, due_sk) WHERE due_pk IS NOT NULL;
CREATE INDEX records_expires_at ON records (expires_at) WHERE expires_at IS NOT NULL;
PRAGMA application_id = 0x53577368;
PRAGMA user_version = 1;
