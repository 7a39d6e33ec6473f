import { CodedError, type ErrorCode } from "#shared/model/errors.ts";
import type { ImportResult, LineProblem } from "#shared/model/recordKind.ts";
import type { NewBooking } from "./booking.ts";
import type { Declaration } from "./declared.ts";
import { importedAtOnce } from "./fields.ts";
import type { CommandAct } from "./registry.ts";
import type { WholeRun } from "./run.ts";
import type { NewPriceList, NewProject, NewTenant } from "./tenant.ts";

interface Records<Kind extends string, Row> {
  readonly kind: Kind;
  readonly rows: readonly { readonly line: number; readonly row: Row }[];
  readonly problems: readonly LineProblem[];
}

/** Records of a file that has been read, by their kind. */
export type RecordsToImport =
  | Records<"tenants", NewTenant>
  | Records<"projects", NewProject>
  | Records<"prices", NewPriceList>
  | Records<"bookings", NewBooking>
  | Records<"runs", WholeRun>
  | Records<"declared", Declaration>;

/** What ingest answers to one part. */
export interface PartAnswer {
  readonly outcome: "done" | "refused";
  readonly code?: string;
  readonly detail?: string;
  readonly rows?: readonly { readonly row: number; readonly key: string; readonly what: string }[];
}

interface Part {
  readonly lines: readonly number[];
  act(dryRun: boolean): CommandAct;
}

function partsOf<Row>(rows: Records<string, Row>["rows"], actOf: (rows: Row[], dryRun: boolean) => CommandAct): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < rows.length; start += importedAtOnce) {
    const some = rows.slice(start, start + importedAtOnce);
    const records = some.map(({ row }) => row);
    parts.push({ lines: some.map(({ line }) => line), act: (dryRun) => actOf(records, dryRun) });
  }
  return parts;
}

function partsFor(read: RecordsToImport): readonly Part[] {
  const why = "import";
  switch (read.kind) {
    case "tenants":
      return partsOf(read.rows, (tenants, dryRun) => ({ kind: "saveTenants", tenants, why, dryRun }));
    case "projects":
      return partsOf(read.rows, (projects, dryRun) => ({ kind: "saveProjects", projects, why, dryRun }));
    case "prices":
      return partsOf(read.rows, (lists, dryRun) => ({ kind: "savePriceLists", lists, why, dryRun }));
    case "bookings":
      return partsOf(read.rows, (bookings, dryRun) => ({ kind: "importBookings", bookings, dryRun }));
    case "runs":
      return partsOf(read.rows, (runs, dryRun) => ({ kind: "importRuns", runs, dryRun }));
    case "declared":
      return partsOf(read.rows, (declarations, dryRun) => ({ kind: "importDeclared", declarations, dryRun }));
  }
}

const refusal = ({ code, detail }: PartAnswer): CodedError =>
  new CodedError((code ?? "UNKNOWN") as ErrorCode, detail ?? "Ingest gave no reason.");

/**
 * Has ingest try every part, and where all is in order and it is no dry run, take them; each record comes once, however
 * often its file does. Throws where ingest refuses for something that is no record's fault.
 */
export async function importRecords(
  read: RecordsToImport,
  dryRun: boolean,
  ask: (act: CommandAct) => Promise<PartAnswer>,
): Promise<ImportResult> {
  const parts = read.problems.length > 0 ? [] : partsFor(read);
  const carryOut = async (isTrial: boolean): Promise<Pick<ImportResult, "added" | "problems">> => {
    let added = 0;
    const problems: LineProblem[] = [];
    for (const { lines, act } of parts) {
      const answer = await ask(act(isTrial));
      if (answer.outcome === "done") added += Number(answer.detail ?? 0);
      else if (!answer.rows) throw refusal(answer);
      else problems.push(...answer.rows.map(({ row, key, what }) => ({ line: lines[row] ?? 0, key, what })));
    }
    return { added, problems };
  };
  const lines = read.rows.length;
  const tried = await carryOut(true);
  const problems = [...read.problems, ...tried.problems];
  if (dryRun || problems.length > 0)
    return { lines, added: dryRun && problems.length === 0 ? tried.added : 0, problems };
  return { lines, ...(await carryOut(false)) };
}
