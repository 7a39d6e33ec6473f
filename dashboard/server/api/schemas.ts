import { Type } from "typebox";
import { alarmKinds, alarmPriorities, alarmStates, alarmTransitions, hiddenStates } from "#shared/model/alarm.ts";
import { equipmentStates } from "#shared/model/equipment.ts";
import { errorCodes } from "#shared/model/errors.ts";
import { coverageStatuses } from "#shared/model/indicator.ts";
import { tagMeanings, tagTypes } from "#shared/model/tag.ts";

/** Shapes of the answers, for the API's document; the tests hold real answers against them. */
const object = <const P extends Record<string, Parameters<typeof Type.Optional>[0]>>(
  properties: P,
  description: string,
) => Type.Object(properties, { additionalProperties: false, description });
const orNull = <const T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Union([schema, Type.Null()]);

export const InstantSchema = Type.Integer({ description: "Milliseconds UTC since 1970." });
export const TagIdSchema = Type.String({ description: "<platform>/<line>/<equipment>/<tag>" });
export const TextSchema = object({ zh: Type.String(), en: Type.Optional(Type.String()) }, "A text in both languages.");
const ValueSchema = Type.Union([Type.Number(), Type.Boolean(), Type.String()]);
const ErrorCodeSchema = Type.Enum(Object.keys(errorCodes));
const Band = Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: "[low, high]" });

export const ProblemSchema = object(
  { error: ErrorCodeSchema, detail: Type.String(), retryAfterMs: Type.Optional(Type.Number()) },
  "A refusal: stable code, and what happened.",
);

const TagInfoSchema = object(
  {
    tag: TagIdSchema,
    name: TextSchema,
    type: Type.Enum([...tagTypes]),
    unit: Type.String({ description: "UCUM code." }),
    meaning: Type.Enum([...tagMeanings]),
    range: Type.Optional(Band),
    normal: Type.Optional(Band),
    decimals: Type.Integer(),
    staleAfterMs: Type.Integer(),
    gapAfterMs: Type.Integer(),
    key: Type.Boolean(),
  },
  "What is known of a tag besides its values.",
);
const AlarmLimitSchema = object(
  {
    alarm: Type.String({ description: "<platform>/<line>/<alarm>" }),
    name: TextSchema,
    tag: TagIdSchema,
    side: Type.Enum(["upper", "lower"], { description: "From the limit up, or from the limit down." }),
    limit: Type.Number({ description: "In the tag's unit." }),
    priority: Type.Enum([...alarmPriorities]),
  },
  "A value at which an alarm is raised.",
);
const EquipmentSchema = object(
  {
    id: Type.String(),
    name: TextSchema,
    kind: Type.String(),
    stateTag: orNull(TagIdSchema),
    isShared: Type.Boolean({ description: "A utility that serves the whole line." }),
    flowsTo: Type.Array(Type.String(), { description: "Equipment of the line that its product goes to." }),
    tags: Type.Array(TagInfoSchema),
    limits: Type.Optional(Type.Array(AlarmLimitSchema)),
    calibrations: Type.Array(
      object(
        {
          tag: TagIdSchema,
          due: Type.String({ description: "Last day on which it holds, YYYY-MM-DD." }),
          until: InstantSchema,
          certificate: orNull(Type.String()),
        },
        "Calibration of a tag's instrument.",
      ),
    ),
  },
  `A machine; its states are ${Object.keys(equipmentStates).join(", ")} (SEMI E10).`,
);
const LineSchema = object(
  {
    id: Type.String(),
    name: TextSchema,
    equipment: Type.Array(EquipmentSchema),
    powerTags: Type.Array(TagIdSchema, { description: "Tags whose sum is the electric power of the line now." }),
    hasDrawing: Type.Boolean({ description: "Whether plant.yaml names a drawing of the line." }),
  },
  "A pilot line; `system` is Pilotline itself.",
);
export const PlantSchema = object(
  {
    platform: object({ id: Type.String(), name: TextSchema, timeZone: Type.String() }, "The platform."),
    lines: Type.Array(LineSchema),
    system: LineSchema,
    shelving: Type.Record(Type.Enum([...alarmPriorities]), Type.Number(), {
      description: "For how many hours an alarm of a priority may be shelved at most.",
    }),
  },
  "The plant as pages see it.",
);

export const AlarmStatusSchema = object(
  {
    alarm: Type.String({ description: "<platform>/<line>/<alarm>" }),
    line: Type.String(),
    equipment: Type.String(),
    tag: TagIdSchema,
    name: TextSchema,
    kind: Type.Enum([...alarmKinds]),
    guidance: object(
      {
        cause: Type.Optional(TextSchema),
        consequence: Type.Optional(TextSchema),
        response: Type.Optional(TextSchema),
        timeToRespondMinutes: Type.Optional(Type.Number()),
      },
      "Why it comes, what follows, what to do, and within how many minutes.",
    ),
    priority: Type.Enum([...alarmPriorities]),
    state: Type.Enum([...alarmStates]),
    limit: orNull(Type.Union([Type.Number(), Type.String()])),
    unit: Type.String(),
    value: orNull(ValueSchema),
    since: orNull(InstantSchema),
    hiddenBy: Type.Array(
      object(
        {
          state: Type.Enum([...hiddenStates]),
          since: InstantSchema,
          user: orNull(Type.String()),
          reason: orNull(Type.String()),
          logic: Type.Optional(TextSchema),
        },
        "That it is hidden, since when, by whom and why.",
      ),
      { description: "What hides it, the newest last." },
    ),
    shelvedUntil: orNull(InstantSchema),
    acknowledgedBy: orNull(Type.String()),
    acknowledgedAt: orNull(InstantSchema),
  },
  "An alarm as it stands (ISA-18.2).",
);
export const AlarmEventSchema = object(
  {
    seq: Type.Integer(),
    transition: Type.Enum([...alarmTransitions]),
    at: InstantSchema,
    processedAt: InstantSchema,
    user: orNull(Type.String()),
    comment: orNull(Type.String()),
    historical: Type.Optional(Type.Literal(true)),
    status: AlarmStatusSchema,
  },
  "One line of the alarm journal.",
);

export const IndicatorSchema = object(
  {
    indicator: Type.String({ description: "Catalogue id, for example U-02." }),
    definitionVersion: Type.String(),
    scope: Type.String(),
    period: Type.String(),
    from: InstantSchema,
    to: InstantSchema,
    until: InstantSchema,
    value: orNull(Type.Number()),
    unit: Type.String(),
    numerator: orNull(Type.Number()),
    denominator: orNull(Type.Number()),
    lower: orNull(Type.Number()),
    upper: orNull(Type.Number()),
    coverage: Type.Number(),
    status: Type.Enum([...coverageStatuses]),
    reason: orNull(Type.String()),
    flags: Type.Array(Type.String()),
    parts: Type.Record(Type.String(), orNull(Type.Number()), {
      description: "Further figures under the same id, in the units that the catalogue gives them.",
    }),
    factorIds: Type.Array(Type.String(), { description: "Factors, tariffs, limits and baselines that were used." }),
    inputDigest: orNull(Type.String({ description: "SHA-256 in hex of the facts that the figure rests on." })),
    origin: Type.Enum(["measured", "derived", "declared"]),
  },
  "One figure over one period.",
);

const historyBase = {
  tag: TagIdSchema,
  unit: Type.String(),
  from: InstantSchema,
  to: InstantSchema,
  gaps: Type.Array(
    object(
      { from: InstantSchema, to: orNull(InstantSchema), cause: Type.String() },
      "Time without data; shown, never filled.",
    ),
  ),
};
const BucketSchema = object(
  {
    t: InstantSchema,
    n: Type.Integer({ description: "Good and uncertain samples in [t, t + widthMs)." }),
    bad: Type.Integer(),
    goodMs: Type.Optional(
      Type.Number({
        description: "Time after good samples, until the next one; absent where the store does not tell.",
      }),
    ),
    min: orNull(Type.Number()),
    max: orNull(Type.Number()),
    mean: orNull(Type.Number()),
    first: orNull(Type.Number()),
    last: orNull(Type.Number()),
  },
  "A bucket that holds at least one sample.",
);
export const HistorySchema = Type.Union([
  object(
    {
      ...historyBase,
      kind: Type.Literal("raw"),
      t: Type.Array(InstantSchema),
      v: Type.Array(orNull(ValueSchema)),
      q: Type.Array(Type.Integer({ minimum: 0, maximum: 2, description: "0 good, 1 uncertain, 2 bad." })),
    },
    "Every sample, where they fit the asked pixels.",
  ),
  object(
    { ...historyBase, kind: Type.Literal("buckets"), widthMs: Type.Integer(), buckets: Type.Array(BucketSchema) },
    "Envelope in buckets aligned to multiples of widthMs.",
  ),
]);

const FigureSchema = orNull(Type.Number());
export const StatisticsSchema = object(
  {
    tag: TagIdSchema,
    from: InstantSchema,
    to: InstantSchema,
    samples: Type.Integer(),
    knownMs: Type.Integer({ description: "Time in which a value holds; all figures are weighted by it." }),
    uncertainMs: Type.Integer(),
    min: FigureSchema,
    max: FigureSchema,
    mean: FigureSchema,
    deviation: FigureSchema,
    first: FigureSchema,
    last: FigureSchema,
    thinned: Type.Boolean({ description: "Retention has left only roll-ups of a part: only the extremes are told." }),
  },
  "Figures of one tag from its samples, weighted by time.",
);
