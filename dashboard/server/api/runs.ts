import { type Static, Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import { hours, instant } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { SeenRevision, Why } from "#shared/wire/command/fields.ts";
import { NewRunSchema, RunChangeSchema, RunEndSchema } from "#shared/wire/command/run.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { type AddCommand, commandRoutes } from "./commandRoutes.ts";
import { ProblemSchema } from "./schemas.ts";
import { parseRange, TimeQuery } from "./times.ts";

const closed = { additionalProperties: false };
const Params = Type.Object({ run: Type.String({ pattern: "^R\\d{6,9}$" }) });
/** Pages ask for weeks; whoever wants years pages through them. */
const longestRange = hours(24 * 400);

/** A range of at most 400 days. */
export function parseRecordRange(query: { from: string; to: string }) {
  const range = parseRange(query.from, query.to);
  if (range.to - range.from > longestRange) throw new CodedError("OUT_OF_RANGE", "Ask for at most 400 days at once.");
  return range;
}

const range = { from: TimeQuery("Start, included."), to: TimeQuery("End, excluded.") };

const known = (plant: Plant, line: string): string => {
  if (!plant.lines.some(({ id }) => id === line)) throw new CodedError("NOT_FOUND", `There is no line \`${line}\`.`);
  return line;
};

/** Runs: what is recorded, with its history, and what people do about them. */
export function runRoutes(app: App, dependencies: Dependencies): void {
  const { plant, records } = dependencies;
  app.get(
    "/api/runs",
    {
      schema: {
        tags: ["runs"],
        summary: "Runs that overlap a range, by their start; one that still runs has no end",
        querystring: Type.Object({ ...range, line: Type.Optional(Type.String({ maxLength: 63 })) }, closed),
        response: { 200: Type.Object({ runs: Type.Array(Type.Unknown()) }), 400: ProblemSchema },
      },
    },
    async ({ query }) => {
      const { from, to } = parseRecordRange(query);
      const runs = records.runs(from, to).filter(({ line }) => query.line === undefined || line === query.line);
      return { runs };
    },
  );
  app.get(
    "/api/runs/:run/history",
    {
      schema: {
        tags: ["runs"],
        summary: "Every revision of a run, the first one first",
        params: Params,
        response: { 200: Type.Object({ revisions: Type.Array(Type.Unknown()) }), 404: ProblemSchema },
      },
    },
    async ({ params }) => ({ revisions: runHistory(records, params.run) }),
  );
  commands(commandRoutes(app, dependencies), plant, records);
}

function runHistory(records: RecordsReader, run: string) {
  const revisions = records.runHistory(run);
  if (revisions.length === 0) throw new CodedError("NOT_FOUND", `There is no run ${run}.`);
  return revisions;
}

function commands(add: AddCommand, plant: Plant, records: RecordsReader): void {
  const existing = ({ run }: Static<typeof Params>): string => runHistory(records, run).at(-1)?.id ?? run;
  add({
    path: "/api/runs",
    tag: "runs",
    summary: "Start a run",
    params: Type.Object({}),
    body: NewRunSchema,
    action: "run.start",
    target: (_, body) => `${known(plant, body.line)}/${body.equipment.join("+")}`,
    act: (_, run) => ({ kind: "startRun", run }),
  });
  add({
    path: "/api/runs/:run/end",
    tag: "runs",
    summary: "End a run as completed or aborted",
    params: Params,
    body: RunEndSchema,
    action: "run.end",
    target: existing,
    act: ({ run }, end) => ({ kind: "endRun", run, end: { ...end, to: instant(end.to) } }),
  });
  add({
    path: "/api/runs/:run/correct",
    tag: "runs",
    summary: "Correct a run; the history keeps what was there before",
    params: Params,
    body: Type.Object({ revision: SeenRevision, change: RunChangeSchema, why: Why }, closed),
    action: "run.correct",
    target: existing,
    act: ({ run }, body) => ({ kind: "correctRun", run, ...body }),
  });
  add({
    path: "/api/runs/:run/void",
    tag: "runs",
    summary: "Void a run that was recorded by mistake",
    params: Params,
    body: Type.Object({ why: Why }, closed),
    action: "run.void",
    target: existing,
    act: ({ run }, { why }) => ({ kind: "voidRun", run, why }),
  });
}
