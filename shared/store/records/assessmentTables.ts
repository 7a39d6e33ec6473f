/** What was frozen, said or sealed stays as it is. */
const neverChanged = (what: string): string => `
    CREATE TRIGGER assessment_${what}_keeps BEFORE UPDATE ON assessment_${what}
      BEGIN SELECT RAISE(ABORT, 'assessments are only ever added to'); END;
    CREATE TRIGGER assessment_${what}_stays BEFORE DELETE ON assessment_${what}
      BEGIN SELECT RAISE(ABORT, 'assessments are only ever added to'); END;
`;

/** Tables of assessments; only drafts are ever replaced. */
export const assessmentTables = `
    CREATE TABLE assessment_frozen (           -- figures of a period as they were when it closed
      period    TEXT PRIMARY KEY,
      frozen_at INTEGER NOT NULL,
      figures   TEXT NOT NULL,                 -- JSON
      evidence  BLOB NOT NULL                  -- archive of the evidence files
    ) STRICT;
    CREATE TABLE assessment_version (
      period    TEXT NOT NULL,
      version   INTEGER NOT NULL,
      made_at   INTEGER NOT NULL,
      author    TEXT NOT NULL,
      reason    TEXT,
      document  TEXT NOT NULL,                 -- canonical JSON
      evidence  BLOB NOT NULL,
      PRIMARY KEY (period, version)
    ) STRICT;
    CREATE TABLE assessment_seal (             -- decisions on versions, in their order
      seq        INTEGER PRIMARY KEY,
      period     TEXT NOT NULL,
      version    INTEGER NOT NULL,
      decision   TEXT NOT NULL,                -- sealed, rejected
      at         INTEGER NOT NULL,
      user       TEXT NOT NULL,
      reason     TEXT,
      manifest   TEXT,
      signature  TEXT,
      public_key TEXT,
      pack       BLOB,
      UNIQUE (period, version)
    ) STRICT;
    CREATE TABLE assessment_draft (
      period   TEXT PRIMARY KEY,
      made_at  INTEGER NOT NULL,
      document TEXT NOT NULL,
      pack     BLOB NOT NULL
    ) STRICT;
    ${["frozen", "version", "seal"].map(neverChanged).join("")}
`;
