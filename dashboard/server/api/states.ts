import { type Static, Type } from "typebox";
import { type EquipmentState, equipmentStates } from "#shared/model/equipment.ts";
import { stateOf } from "#shared/model/equipmentState.ts";
import { CodedError } from "#shared/model/errors.ts";
import { heldReadings } from "#shared/model/heldReadings.ts";
import type { Interval } from "#shared/model/interval.ts";
import { type EpochMs, hours, instant } from "#shared/model/time.ts";
import type { PlantTag } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";
import type { SampleReader } from "#shared/store/port.ts";
import { Why } from "#shared/wire/command/fields.ts";
import type { Dependencies } from "../context.ts";
import { type App, clientSignal } from "../http.ts";
import { commandRoutes } from "./commandRoutes.ts";
import { InstantSchema, ProblemSchema } from "./schemas.ts";
import { parseRange, TimeQuery } from "./times.ts";

const closed = { additionalProperties: false };
const longestRange = hours(24 * 7);
const pageSize = 20_000;

const State = Type.Enum(Object.keys(equipmentStates) as EquipmentState[]);
const TimelineSchema = Type.Object({
  line: Type.String(),
  equipment: Type.String(),
  stretches: Type.Array(Type.Object({ from: InstantSchema, to: InstantSchema, state: State }), {
    description: "As it was reported; they follow one another and fill the range up to now.",
  }),
});
const CorrectionSchema = Type.Object({
  id: Type.String(),
  line: Type.String(),
  equipment: Type.String(),
  from: InstantSchema,
  to: InstantSchema,
  state: State,
  reason: Type.String(),
  by: Type.String(),
  at: InstantSchema,
});

interface Stretch extends Interval {
  readonly state: EquipmentState;
}

/** What the state tag reported in `span`, joined where it is the same. */
async function reported(tag: PlantTag, reader: SampleReader, span: Interval, signal: AbortSignal): Promise<Stretch[]> {
  const { map = {} } = tag.equipment.state ?? {};
  interface Reading {
    readonly at: EpochMs;
    readonly state: EquipmentState;
  }
  const carried = (await reader.last([tag.id], span.from)).get(tag.id);
  const first: Reading | null = carried ? { at: carried.at, state: stateOf(map, carried) } : null;
  const readings: Reading[] = [];
  for (let from = span.from; ; ) {
    signal.throwIfAborted();
    const page = await reader.range(tag.id, from, span.to, pageSize);
    for (const sample of page.samples) {
      const state = stateOf(map, sample);
      // Without repetitions; the heartbeat that keeps a state alive is the newest of them.
      const [last, before] = [readings.at(-1), readings.at(-2)];
      const isHeld = last?.state === state && before?.state === state && sample.at - before.at <= tag.info.gapAfterMs;
      if (isHeld) readings[readings.length - 1] = { at: sample.at, state };
      else readings.push({ at: sample.at, state });
    }
    const last = page.samples.at(-1);
    if (!page.more || !last) break;
    from = instant(last.at + 1);
  }
  const stretches: Stretch[] = [];
  for (const { from, to, reading } of heldReadings(
    first,
    readings,
    span,
    tag.info.gapAfterMs,
    ({ state }) => state !== "UNK",
  )) {
    const state = reading?.state ?? "UNK";
    const last = stretches.at(-1);
    if (last?.state === state) stretches[stretches.length - 1] = { ...last, to };
    else stretches.push({ from, to, state });
  }
  return stretches;
}

/** States of the equipment over time, and what people who know better said of them. */
export function stateRoutes(app: App, dependencies: Dependencies): void {
  const { plant, samples, records, clock } = dependencies;
  const stateTags = plantTags(plant).filter(({ equipment, config }) => equipment.state?.tag === config.id);
  app.get(
    "/api/states",
    {
      schema: {
        tags: ["states"],
        summary: "State timeline of every equipment that reports one, at most 7 days, and the corrections of it",
        querystring: Type.Object(
          {
            from: TimeQuery("Start, included."),
            to: TimeQuery("End, excluded."),
            line: Type.Optional(Type.String({ maxLength: 63 })),
            equipment: Type.Optional(Type.String({ maxLength: 63, description: "Only this one, by its id." })),
          },
          closed,
        ),
        response: {
          200: Type.Object({ timelines: Type.Array(TimelineSchema), corrections: Type.Array(CorrectionSchema) }),
          400: ProblemSchema,
          503: ProblemSchema,
        },
      },
    },
    async ({ query }, reply) => {
      const range = parseRange(query.from, query.to);
      if (range.to - range.from > longestRange) throw new CodedError("OUT_OF_RANGE", "Ask for at most 7 days at once.");
      const signal = clientSignal(reply);
      const isAsked = ({ line, equipment }: { readonly line: string; readonly equipment: string }) =>
        (query.line ?? line) === line && (query.equipment ?? equipment) === equipment;
      const span = { from: range.from, to: instant(Math.max(range.from, Math.min(range.to, clock.now()))) };
      const timelines = [];
      for (const tag of stateTags) {
        const place = { line: tag.line.id, equipment: tag.equipment.id };
        if (isAsked(place)) timelines.push({ ...place, stretches: await reported(tag, samples, span, signal) });
      }
      const corrections = records
        .stateCorrections(range.from, range.to)
        .filter(isAsked)
        .map(({ id, line, equipment, from, to, state, reason, revision }) => ({
          ...{ id, line, equipment, from, to, state, reason },
          ...{ by: revision.by, at: revision.at },
        }));
      return { timelines, corrections };
    },
  );

  const add = commandRoutes(app, dependencies);
  const Place = Type.Object({ line: Type.String({ maxLength: 63 }), equipment: Type.String({ maxLength: 63 }) });
  const CorrectBody = Type.Object(
    {
      from: InstantSchema,
      to: InstantSchema,
      state: Type.Enum(
        Object.keys(equipmentStates).filter((state) => state !== "UNK") as Exclude<EquipmentState, "UNK">[],
      ),
      why: Why,
    },
    closed,
  );
  const nameOf = ({ line, equipment }: Static<typeof Place>): string => {
    const isKnown = plant.lines.some((own) => own.id === line && own.equipment.some(({ id }) => id === equipment));
    if (!isKnown) throw new CodedError("NOT_FOUND", `There is no equipment \`${line}/${equipment}\`.`);
    return `${plant.platform.id}/${line}/${equipment}`;
  };
  add({
    path: "/api/states/:line/:equipment/correct",
    tag: "states",
    summary: "Say what an equipment really was in over a time",
    params: Place,
    body: CorrectBody,
    action: "state.correct",
    target: nameOf,
    act: ({ line, equipment }, { from, to, state, why }) => ({
      ...{ kind: "correctState", line, equipment, state, reason: why },
      ...{ from: instant(from), to: instant(to) },
    }),
  });
  add({
    path: "/api/states/corrections/:correction/withdraw",
    tag: "states",
    summary: "Take a correction back; it stays in the history",
    params: Type.Object({ correction: Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" }) }),
    body: Type.Object({ why: Why }, closed),
    action: "state.withdraw",
    target: ({ correction }) => correction,
    act: ({ correction }, { why }) => ({ kind: "withdrawCorrection", correction, reason: why }),
  });
}
