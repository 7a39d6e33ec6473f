import { Type } from "typebox";
import { alarmKinds, alarmPriorities, alarmStates, alarmTransitions, hiddenStates } from "#shared/model/alarm.ts";
import { type EquipmentState, equipmentStates } from "#shared/model/equipment.ts";
import { type ErrorCode, errorCodes } from "#shared/model/errors.ts";
import { coverageStatuses } from "#shared/model/indicator.ts";
import type { TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";

/** Version of all messages below `pilotline/v1/`. */
export const Version = Type.Literal(1);

export const Instant = Type.Unsafe<EpochMs>(Type.Integer({ description: "Instant in ms UTC." }));
const MaybeInstant = Type.Union([Instant, Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);
const Value = Type.Union([Type.Number(), Type.Boolean(), Type.String(), Type.Null()]);
const LocalTextShape = Type.Object({ zh: Type.String(), en: Type.Optional(Type.String()) });

export const Code = Type.Unsafe<ErrorCode>(Type.Enum(Object.keys(errorCodes)));
const Quality = Type.Enum(["good", "uncertain", "bad"]);
const State = Type.Unsafe<EquipmentState>(Type.Enum(Object.keys(equipmentStates)));

export const LiveSchema = Type.Object({
  v: Version,
  at: Instant,
  values: Type.Record(
    Type.String(),
    Type.Object({ value: Value, quality: Quality, reason: Type.Union([Code, Type.Null()]), at: MaybeInstant }),
  ),
  state: Type.Union([Type.Object({ state: State, since: MaybeInstant }), Type.Null()]),
});

const GuidanceShape = Type.Object({
  cause: Type.Optional(LocalTextShape),
  consequence: Type.Optional(LocalTextShape),
  response: Type.Optional(LocalTextShape),
  timeToRespondMinutes: Type.Optional(Type.Number()),
});

const AlarmStatusShape = {
  alarm: Type.String(),
  line: Type.String(),
  equipment: Type.String(),
  tag: Type.Unsafe<TagId>(Type.String()),
  name: LocalTextShape,
  kind: Type.Enum([...alarmKinds]),
  guidance: GuidanceShape,
  priority: Type.Enum([...alarmPriorities]),
  state: Type.Enum([...alarmStates]),
  limit: Type.Union([Type.Number(), Type.String(), Type.Null()]),
  unit: Type.String(),
  value: Value,
  since: MaybeInstant,
  hiddenBy: Type.Array(
    Type.Object({
      state: Type.Enum([...hiddenStates]),
      since: Instant,
      user: MaybeText,
      reason: MaybeText,
      logic: Type.Optional(LocalTextShape),
    }),
  ),
  shelvedUntil: MaybeInstant,
  acknowledgedBy: MaybeText,
  acknowledgedAt: MaybeInstant,
};

export const AlarmEventSchema = Type.Object({
  v: Version,
  seq: Type.Integer(),
  transition: Type.Enum([...alarmTransitions]),
  at: Instant,
  processedAt: Instant,
  user: MaybeText,
  comment: MaybeText,
  historical: Type.Optional(Type.Literal(true)),
  status: Type.Object(AlarmStatusShape),
});

export const ActiveAlarmsSchema = Type.Object({
  v: Version,
  seq: Type.Integer({ description: "The newest alarm event that the list contains." }),
  alarms: Type.Array(Type.Object(AlarmStatusShape), { description: "The most urgent first." }),
  omitted: Type.Optional(
    Type.Integer({ minimum: 1, description: "So many more, less urgent ones, have no room in the message." }),
  ),
});

export const NotificationMessageSchema = Type.Object({
  v: Version,
  id: Type.String({ description: "Stable over repetitions." }),
  to: Type.String({ description: "Id of the person." }),
  at: Instant,
  kind: Type.Enum(["alarm", "test"]),
  priority: Type.Enum([...alarmPriorities]),
  title: Type.String(),
  text: Type.String(),
  link: MaybeText,
  count: Type.Integer({ description: "Alarms that it speaks of." }),
  counts: Type.Partial(
    Type.Object({ critical: Type.Integer(), high: Type.Integer(), medium: Type.Integer(), low: Type.Integer() }),
  ),
  returned: Type.Integer({ description: "How many of them are back to normal." }),
  alarms: Type.Array(Type.String(), { description: "The most urgent of them: `<platform>/<line>/<alarm>`." }),
});

export const IndicatorSchema = Type.Object({
  indicator: Type.String(),
  definitionVersion: Type.String(),
  scope: Type.String(),
  period: Type.String(),
  from: Instant,
  to: Instant,
  until: Instant,
  value: MaybeNumber,
  unit: Type.String(),
  numerator: MaybeNumber,
  denominator: MaybeNumber,
  lower: MaybeNumber,
  upper: MaybeNumber,
  coverage: Type.Number(),
  status: Type.Enum([...coverageStatuses]),
  reason: MaybeText,
  flags: Type.Array(Type.String()),
  parts: Type.Record(Type.String(), MaybeNumber),
  factorIds: Type.Array(Type.String()),
  inputDigest: MaybeText,
  origin: Type.Enum(["measured", "derived", "declared"]),
});

export const IndicatorsSchema = Type.Object({
  v: Version,
  at: Instant,
  results: Type.Array(IndicatorSchema),
});

export const healthStates = ["ok", "degraded", "down"] as const;

export const DeviceHealthSchema = Type.Object({
  id: Type.String(),
  protocol: Type.String(),
  connection: Type.Enum(["connecting", "connected", "lost"]),
  since: Instant,
  lastData: MaybeInstant,
  tags: Type.Integer(),
  badTags: Type.Integer(),
  cadence: MaybeNumber,
  latencyP99Ms: MaybeNumber,
  certificateDaysLeft: MaybeNumber,
  lastError: MaybeText,
});

export const HealthSchema = Type.Object({
  v: Version,
  at: Instant,
  part: Type.String({ description: "`ingest` or `gateway-<id>`." }),
  state: Type.Enum([...healthStates]),
  newest: Type.Record(Type.String(), MaybeInstant),
  details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  devices: Type.Optional(Type.Array(DeviceHealthSchema)),
});
