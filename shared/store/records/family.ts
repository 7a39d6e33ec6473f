import type { Database } from "../sqlite/database.ts";

/** A row as SQLite hands it out; STRICT tables hold the types that the schema names. */
export type Row = Readonly<Record<string, unknown>>;

type Prepared = ReturnType<Database["prepare"]>;
/** The statements of one family, prepared. */
export type Statements<Sql> = { readonly [Name in keyof Sql]: Prepared };
/** The rows of a query; none while the file does not exist yet. */
export type Rows<Sql> = (query: (sql: Statements<Sql>) => readonly Row[]) => readonly Row[];
/** Runs its body as one durable transaction. */
export type Durably<Sql> = <Result>(body: (sql: Statements<Sql>) => Result) => Result;

/**
 * One family of records: its statements, what anybody reads with them, and what ingest alone writes (D5). The tables lie
 * in `schema.ts`.
 */
export interface Family<Sql extends Readonly<Record<string, string>>, Reads, Writes> {
  readonly sql: Sql;
  reads(rows: Rows<Sql>): Reads;
  writes(durably: Durably<Sql>): Writes;
}

/** Lets the compiler find the type of the statements. */
export const family = <const Sql extends Readonly<Record<string, string>>, Reads, Writes>(
  parts: Family<Sql, Reads, Writes>,
): Family<Sql, Reads, Writes> => parts;
