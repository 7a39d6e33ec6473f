import { type Static, Type } from "typebox";
import { alarmPriorities } from "#shared/model/alarm.ts";
import { equipmentStates } from "#shared/model/equipment.ts";
import { tagMeanings, tagTypes } from "#shared/model/tag.ts";
import { protocolNames, protocols } from "./protocols/registry.ts";

const closed = { additionalProperties: false } as const;
const Id = (description: string) =>
  Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$", description: `${description} Letters, digits, _ and -.` });

export const LocalTextSchema = Type.Object(
  {
    zh: Type.String({ minLength: 1, description: "Chinese text." }),
    en: Type.Optional(Type.String({ minLength: 1, description: "English text." })),
  },
  { ...closed, description: "A name in both languages." },
);

const Calibration = Type.Optional(
  Type.Object(
    {
      due: Type.String({
        pattern: "^\\d{4}-\\d{2}-\\d{2}$",
        description: "Last day on which the calibration holds, in the platform's zone; later values are uncertain.",
      }),
      certificate: Type.Optional(Type.String({ minLength: 1, description: "Number of the calibration certificate." })),
    },
    { ...closed, description: "Calibration (检定/校准) of the instrument; a device's holds for all of its tags." },
  ),
);

const Band = (description: string) =>
  Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: `${description} [low, high].` });

export const TagSchema = Type.Object(
  {
    id: Id("Tag id, unique within its equipment."),
    name: LocalTextSchema,
    device: Type.String({ description: "Id of the device that delivers it." }),
    address: Type.Record(Type.String(), Type.Unknown(), {
      description: "Where the device keeps it; keys by the device's protocol.",
    }),
    type: Type.Enum([...tagTypes], { default: "float", description: "Type of the value after scaling." }),
    unit: Type.String({
      default: "1",
      description: "UCUM code, for example Cel, kPa, kW.h, L/min; 1 for a plain number.",
    }),
    scale: Type.Optional(
      Type.Object(
        {
          factor: Type.Number({ default: 1, description: "Engineering value = raw × factor + offset." }),
          offset: Type.Number({ default: 0, description: "In the tag's unit." }),
        },
        { ...closed, description: "From the raw number to the engineering unit." },
      ),
    ),
    range: Type.Optional(Band("Measuring range in the unit. A value outside is uncertain, OUT_OF_RANGE.")),
    invalid: Type.Optional(
      Type.Array(Type.Number(), {
        minItems: 1,
        description: "Raw numbers by which the instrument says that it has no value, for example [0x8000, 0xFFFF].",
      }),
    ),
    normal: Type.Optional(Band("Normal band in the unit, drawn behind values and trends.")),
    decimals: Type.Integer({ default: 2, minimum: 0, maximum: 6, description: "Digits behind the point on pages." }),
    deadband: Type.Number({
      default: 0,
      minimum: 0,
      description: "A change up to this, in the unit, is not reported; 0 reports every change.",
    }),
    deadbandPercent: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 50,
        description: "Instead of deadband: in percent of the range.",
      }),
    ),
    minIntervalMs: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 600_000,
      description:
        "Shortest time between two reports of a changing value, in milliseconds; a change of quality does not wait.",
    }),
    periodMs: Type.Optional(
      Type.Integer({
        minimum: 50,
        maximum: 3_600_000,
        description:
          "How often the device is asked, in milliseconds, where this tag differs from its device's polling.",
      }),
    ),
    heartbeatMs: Type.Integer({
      default: 10_000,
      minimum: 1_000,
      maximum: 600_000,
      description: "An unchanged value is reported again after this time, in milliseconds.",
    }),
    staleAfterMs: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        description: "Older values are shown as stale, in milliseconds; 3 × heartbeatMs where absent.",
      }),
    ),
    gapAfterMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          "Silence longer than this between two samples is a gap, in milliseconds; staleAfterMs where absent.",
      }),
    ),
    report: Type.Enum(["change", "every"], {
      default: "change",
      description:
        "change: by exception, with deadband and heartbeat. every: each new source time, whatever the value.",
    }),
    calibration: Calibration,
    meaning: Type.Enum([...tagMeanings], { default: "process", description: "What the tag is for." }),
    key: Type.Boolean({ default: false, description: "Shown on the line's card of the overview." }),
  },
  { ...closed, description: "One measured or reported quantity of an equipment." },
);

export const EquipmentSchema = Type.Object(
  {
    id: Id("Equipment id, unique within its line."),
    name: LocalTextSchema,
    kind: Id("What it is, for example reactor, fermenter, oven, meter."),
    class: Type.Enum(["general", "special"], {
      default: "general",
      description: "Instrument class for effective machine hours: general-purpose or special-purpose.",
    }),
    state: Type.Optional(
      Type.Object(
        {
          tag: Type.String({ description: "Tag of this equipment that reports its state." }),
          map: Type.Record(Type.String(), Type.Enum(Object.keys(equipmentStates) as (keyof typeof equipmentStates)[]), {
            description: "From the tag's value to a SEMI E10 state; a value that is not listed is UNK.",
          }),
        },
        { ...closed, description: "Where the equipment's state comes from." },
      ),
    ),
    energyMeter: Type.Optional(
      Type.String({
        description: "Tag of this equipment with its cumulative electric energy, in a unit of energy such as kW.h.",
      }),
    ),
    tags: Type.Array(TagSchema, { description: "Tags of the equipment." }),
  },
  { ...closed, description: "A machine that has a state, uses energy, can be booked." },
);

export const AlarmRuleSchema = Type.Object(
  {
    id: Id("Alarm id, unique within its line."),
    name: LocalTextSchema,
    tag: Type.String({ description: "<equipment>/<tag> of this line." }),
    kind: Type.Enum(["high", "low"], { description: "Raised above (high) or below (low) the limit." }),
    limit: Type.Number({ description: "In the tag's unit." }),
    deadband: Type.Number({
      default: 0,
      minimum: 0,
      description: "The value must come back by this beyond the limit, in the tag's unit.",
    }),
    onDelayMs: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 86_400_000,
      description: "The condition must last this long before the alarm is raised, in milliseconds.",
    }),
    priority: Type.Enum([...alarmPriorities], { default: "medium", description: "How fast a response is needed." }),
    response: Type.Optional(LocalTextSchema),
  },
  { ...closed, description: "A condition that asks a person for a response." },
);

export const LineSchema = Type.Object(
  {
    id: Id("Line id, unique within the platform."),
    name: LocalTextSchema,
    equipment: Type.Array(EquipmentSchema, { description: "Equipment in process order." }),
    alarms: Type.Array(AlarmRuleSchema, { default: [], description: "Alarm rules of the line." }),
  },
  { ...closed, description: "A pilot line." },
);

/** One device per protocol variant, so that connection and polling have one schema each. */
const DeviceSchemas = protocolNames.map((name) =>
  Type.Object(
    {
      id: Id("Device id, unique within the platform; the Sparkplug device."),
      name: Type.Optional(LocalTextSchema),
      gateway: Type.String({ description: "Id of the gateway that reads it." }),
      protocol: Type.Literal(name, { description: `Protocol ${name}.` }),
      connection: protocols[name].connection,
      polling: { ...protocols[name].polling, default: {} },
      calibration: Calibration,
    },
    { ...closed, description: `A device that speaks ${name}.` },
  ),
);

export const PlantSchema = Type.Object(
  {
    platform: Type.Object(
      {
        id: Id("Platform id; the Sparkplug group."),
        name: LocalTextSchema,
        timeZone: Type.String({
          default: "Asia/Shanghai",
          description: "IANA zone that rules days, months and reports.",
        }),
      },
      { ...closed, description: "The pilot-test platform." },
    ),
    gateways: Type.Array(
      Type.Object(
        { id: Id("Gateway id; the Sparkplug edge node."), name: Type.Optional(LocalTextSchema) },
        { ...closed, description: "An edge gateway." },
      ),
      { minItems: 1, description: "Edge gateways." },
    ),
    devices: Type.Array(Type.Union(DeviceSchemas), { description: "What speaks a protocol." }),
    lines: Type.Array(LineSchema, { description: "Pilot lines." }),
  },
  {
    ...closed,
    title: "Pilotline plant model",
    description: "One pilot-test platform: lines, equipment, tags, devices, alarm rules.",
  },
);

export type TagConfig = Static<typeof TagSchema>;
export type EquipmentConfig = Static<typeof EquipmentSchema>;
export type LineConfig = Static<typeof LineSchema>;
export type AlarmRuleConfig = Static<typeof AlarmRuleSchema>;
