-- Keys, each wrapped by another; and what remains of those that were destroyed.

-- Grows with each key that is added or destroyed: whoever remembers keys asks for it before believing itself.
CREATE TABLE change (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    count bigint NOT NULL DEFAULT 0
);
INSERT INTO change DEFAULT VALUES;

-- A tenant's keys; the highest version encrypts. The nil UUID is the platform.
CREATE TABLE data_key (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    master text NOT NULL,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant, version),
    UNIQUE (id, tenant)
);

-- A key of one row alone, wrapped by its tenant's.
CREATE TABLE row_key (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    of_table text NOT NULL,
    of_row text NOT NULL,
    data_key uuid NOT NULL,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant, of_table, of_row),
    FOREIGN KEY (data_key, tenant) REFERENCES data_key (id, tenant)
);
CREATE INDEX ON row_key (data_key);

CREATE TABLE signing_key (
    purpose text PRIMARY KEY,
    master text NOT NULL,
    wrapped bytea NOT NULL,
    public bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE certificate (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    subject text NOT NULL,
    keys integer NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    destroyed_at timestamptz NOT NULL,
    final_at timestamptz NOT NULL,
    signature bytea NOT NULL
);
CREATE INDEX ON certificate (tenant, destroyed_at);

CREATE TABLE destroyed (
    key uuid PRIMARY KEY,
    certificate uuid NOT NULL REFERENCES certificate
);
