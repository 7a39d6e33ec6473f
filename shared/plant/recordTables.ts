import { bookingStates } from "#shared/model/booking.ts";
import type { RecordKind } from "#shared/model/recordKind.ts";
import { runKinds, runStates } from "#shared/model/run.ts";
import { relations } from "#shared/model/tenant.ts";
import { suggest } from "./nearest.ts";
import { idProblems, readPrices } from "./priceTable.ts";
import { bookingProblems, declarationProblems, type KnownNames, runProblems } from "./recordChecks.ts";
import { readTable } from "./recordTable.ts";

/** Runs of a file as it is exported. */
const readRuns = (text: string, known: KnownNames) =>
  readTable(
    text,
    ["line", "equipment", "from"],
    (cells) => {
      const [planned, produced, good] = [cells.amount("planned"), cells.amount("produced"), cells.amount("good")];
      const hasAmount = planned !== null || produced !== null || good !== null;
      const to = cells.maybeTime("to");
      return {
        line: cells.text("line"),
        equipment: cells.text("equipment").split("+"),
        project: cells.optional("project"),
        tenant: cells.optional("tenant"),
        kind: cells.oneOf("kind", runKinds, "other"),
        batch: cells.optional("batch"),
        recipe: cells.optional("recipe"),
        lot: cells.optional("lot"),
        quantities: hasAmount ? { unit: cells.optional("unit") ?? "1", planned, produced, good } : null,
        plannedSecondsPerUnit: null,
        note: cells.optional("note"),
        from: cells.time("from"),
        to,
        state: cells.oneOf(
          "state",
          runStates.filter((state) => state !== "voided"),
          to === null ? "running" : "completed",
        ),
        reason: cells.optional("reason"),
      };
    },
    (run) => runProblems(run, known),
  );

const readBookings = (text: string, known: KnownNames) =>
  readTable(
    text,
    ["line", "equipment", "from", "to", "tenant"],
    (cells) => ({
      line: cells.text("line"),
      equipment: cells.text("equipment"),
      from: cells.time("from"),
      to: cells.time("to"),
      tenant: cells.text("tenant"),
      project: cells.optional("project"),
      state: cells.oneOf(
        "state",
        bookingStates.filter((state) => state !== "cancelled"),
        "requested",
      ),
      note: cells.optional("note"),
    }),
    (booking) => bookingProblems(booking, known),
  );

const readTenants = (text: string) =>
  readTable(
    text,
    ["id", "name", "relation"],
    (cells) => ({
      id: cells.text("id"),
      tenant: {
        name: cells.text("name"),
        relation: cells.oneOf("relation", relations),
        creditCode: cells.optional("creditCode"),
        contact: cells.optional("contact"),
        active: cells.oneOf("active", ["yes", "no"], "yes") === "yes",
      },
    }),
    ({ id, tenant: { creditCode } }) => [
      ...idProblems(id),
      ...(creditCode === null || /^[0-9A-Z]{18}$/.test(creditCode)
        ? []
        : [{ key: "creditCode", what: `\`${creditCode}\` has not 18 digits and capital letters` }]),
    ],
  );

const readProjects = (text: string, { tenants }: Pick<KnownNames, "tenants">) =>
  readTable(
    text,
    ["id", "name", "tenant"],
    (cells) => ({
      id: cells.text("id"),
      project: {
        name: cells.text("name"),
        tenant: cells.text("tenant"),
        active: cells.oneOf("active", ["yes", "no"], "yes") === "yes",
      },
    }),
    ({ id, project: { tenant } }) => [
      ...idProblems(id),
      ...(tenants.has(tenant)
        ? []
        : [
            {
              key: "tenant",
              what: `there is no tenant \`${tenant}\`: ${suggest(tenant, [...tenants.keys()], "tenants")}`,
            },
          ]),
    ],
  );

const periodPattern = /^[1-9]\d{3}(-(Q[1-4]|0[1-9]|1[0-2]))?$/;

const readDeclared = (text: string, known: Pick<KnownNames, "lines">) =>
  readTable(
    text,
    ["item", "period", "value"],
    (cells) => ({
      item: cells.text("item"),
      period: cells.text("period"),
      equipment: cells.optional("equipment"),
      value: cells.text("value") === "" ? 0 : (cells.amount("value") ?? 0),
      evidence: null,
      note: cells.optional("note"),
    }),
    (declaration) => [
      ...(periodPattern.test(declaration.period)
        ? []
        : [{ key: "period", what: `\`${declaration.period}\` is no period; write 2026, 2026-Q4 or 2026-11` }]),
      ...declarationProblems(declaration, known),
    ],
  );

const readers = {
  tenants: readTenants,
  projects: readProjects,
  prices: readPrices,
  bookings: readBookings,
  runs: readRuns,
  declared: readDeclared,
} as const satisfies Record<RecordKind, (text: string, known: KnownNames) => unknown>;

/** What a file of records says, by its kind. */
export type ReadRecords = {
  readonly [Kind in RecordKind]: { readonly kind: Kind } & ReturnType<(typeof readers)[Kind]>;
}[RecordKind];

/** Reads a file of records as it is exported, line by line. */
export const readRecords = (kind: RecordKind, text: string, known: KnownNames): ReadRecords =>
  ({ kind, ...readers[kind](text, known) }) as ReadRecords;
