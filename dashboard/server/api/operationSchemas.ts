import { Type } from "typebox";
import { carriers } from "#shared/model/carrier.ts";
import { coverageStatuses } from "#shared/model/indicator.ts";
import { InstantSchema } from "./schemas.ts";

const orNull = <const T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Union([schema, Type.Null()]);
const Num = Type.Number();
const Text = Type.String();
const Count = Type.Integer();
const ByName = Type.Record(Type.String(), Num);
const Status = Type.Enum([...coverageStatuses]);
const Reason = orNull(Text);

const head = {
  period: Text,
  kind: Type.Enum(["day", "month", "quarter", "year"]),
  from: InstantSchema,
  to: InstantSchema,
  until: InstantSchema,
  scope: Text,
  level: Type.Enum(["platform", "line", "equipment"]),
  isProvisional: Type.Boolean(),
};
const metered = {
  value: orNull(Num),
  estimated: Num,
  coverage: Num,
  status: Status,
  reason: Reason,
  flags: Type.Array(Text),
  meters: Count,
};
const dated = { id: Text, source: Text, validFrom: orNull(Text), validTo: orNull(Text) };

const DemandSchema = Type.Object({
  peakKw: orNull(Num),
  peakAt: orNull(InstantSchema),
  reason: Reason,
  validWindows: Count,
  windows: Count,
  windowMinutes: Num,
  contractedKw: orNull(Num),
  factorIds: Type.Array(Text),
  points: Type.Array(Type.Object({ name: Text, kw: orNull(Num), at: InstantSchema })),
});
const TariffSchema = Type.Object({
  bands: Type.Array(Type.Object({ band: Text, kwh: Num, cny: orNull(Num) })),
  withoutKwh: Num,
  cny: orNull(Num),
  reason: Reason,
  tariffs: Type.Array(Type.Object(dated)),
});
const CarbonSchema = Type.Object({
  kgCo2: orNull(Num),
  reason: Reason,
  region: orNull(Text),
  factors: Type.Array(Type.Object({ ...dated, kgPerKwh: Num, isEarlier: Type.Boolean() })),
});
const BaselineSchema = Type.Object({
  basis: Type.Enum(["declared", "previous"]),
  id: orNull(Text),
  source: orNull(Text),
  fittedTo: orNull(Text),
  fittedPieces: Count,
  driver: Type.Enum(["batches", "productive_hours"]),
  interceptKwh: orNull(Num),
  slopeKwh: orNull(Num),
  r2: orNull(Num),
  enpi: orNull(Num),
  actualKwh: Num,
  predictedKwh: orNull(Num),
  reason: Reason,
  points: Type.Array(
    Type.Object({ name: Text, from: InstantSchema, driver: Num, kwh: Num, predictedKwh: Num, cusumKwh: Num }),
  ),
  leftOut: Count,
});

export const EnergyAnswerSchema = Type.Object({
  ...head,
  total: Type.Object(metered),
  pieceKind: Type.Enum(["hour", "day", "month"]),
  pieces: Type.Array(
    Type.Object({ name: Text, from: InstantSchema, kwh: orNull(Num), coverage: Num, states: ByName, bands: ByName }),
  ),
  states: ByName,
  unmeteredKwh: Num,
  balance: Type.Unknown({
    description: "`{id, kind, kwh, coverage, parts, restKwh}`, parts alike: what a register counted and who took it.",
  }),
  withoutMeter: Type.Array(Text),
  runs: Type.Array(
    Type.Object({
      ...{ run: Text, line: Text, project: orNull(Text), tenant: orNull(Text) },
      ...{ from: InstantSchema, to: orNull(InstantSchema), kwh: Num },
    }),
  ),
  demand: DemandSchema,
  tariff: TariffSchema,
  carbon: CarbonSchema,
  media: Type.Array(Type.Object({ ...metered, carrier: Type.Enum([...carriers]), unit: Text })),
  baseline: BaselineSchema,
});

const LadderSchema = Type.Record(Type.String(), Num, { description: "Hours of each step, and of what lies between." });
export const UtilisationAnswerSchema = Type.Object({
  ...head,
  ladder: LadderSchema,
  coverage: Num,
  status: Status,
  equipment: Type.Array(
    Type.Object({
      ...{ scope: Text, line: Text, equipment: Text, ladder: LadderSchema },
      ...{ coverage: Num, status: Status, statesH: ByName },
    }),
  ),
  withoutState: Type.Array(Text),
  heat: Type.Array(
    Type.Object({
      name: Text,
      kind: Type.Enum(["day", "month", "equipment"]),
      cells: Type.Array(orNull(Type.Object({ occupied: Num, running: Num, unknown: Num })), {
        minItems: 24,
        maxItems: 24,
        description: "By hour of the day, shares of the expected time; null ahead.",
      }),
    }),
  ),
  bookings: Type.Object({
    fulfilment: orNull(Num),
    unbookedShare: orNull(Num),
    noShows: Count,
    eligible: Count,
    list: Type.Array(
      Type.Object({
        ...{ booking: Text, line: Text, equipment: Text, tenant: Text, from: InstantSchema, to: InstantSchema },
        ...{ usedH: Num, unknownH: Num, verdict: Type.Enum(["used", "no_show", "unknown"]) },
      }),
    ),
  }),
  relations: ByName,
  tenants: Type.Array(Type.Object({ tenant: orNull(Text), name: Text, hours: Num })),
});
