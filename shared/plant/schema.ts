import { type Static, Type } from "typebox";
import { equipmentStates } from "#shared/model/equipment.ts";
import { type AlarmRuleConfig, ruleKinds } from "./alarmRules/registry.ts";
import { equipmentFigureKeys, StaffingSchema } from "./figures/equipmentSchema.ts";
import { platformFigureKeys } from "./figures/platformSchema.ts";
import { NotificationSchema } from "./notification/schema.ts";
import { protocolNames, protocols } from "./protocols/registry.ts";
import { RetentionSchema } from "./retentionSchema.ts";
import { RunRuleSchema } from "./runRuleSchema.ts";
import { Calibration, closed, Id, LocalTextSchema, TagSchema } from "./tagSchema.ts";
import { AlarmsFromSchema, AlarmTemplateSchema } from "./templates/alarmTemplateSchema.ts";
import { TagsFromSchema, TemplateSchema } from "./templates/templateSchema.ts";

export type { AlarmRuleConfig } from "./alarmRules/registry.ts";
export type { TagConfig } from "./tagSchema.ts";

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
          activity: Type.Optional(
            Type.Record(Type.String(), Type.Enum(["prep", "post", "setup"]), {
              description:
                "What the equipment does at a value: prep and post are necessary preparation and post-processing, setup is changeover.",
            }),
          ),
        },
        { ...closed, description: "Where the equipment's state comes from." },
      ),
    ),
    shared: Type.Optional(
      Type.Boolean({
        description:
          "true for a utility that serves the whole line: its energy and water are divided among those who use the line, by their used hours of the day.",
      }),
    ),
    flowsTo: Type.Optional(
      Type.Array(Type.String(), {
        description:
          "Ids of the equipment of its line that its product goes to, for the schematic. Where no equipment of the line says so, each goes to the next one in the list that is not shared.",
      }),
    ),
    energyMeter: Type.Optional(
      Type.String({
        description: "Tag of this equipment with its cumulative electric energy, in a unit of energy such as kW.h.",
      }),
    ),
    ...equipmentFigureKeys,
    tags: Type.Array(TagSchema, { default: [], description: "Tags of the equipment." }),
    tagsFrom: Type.Optional(Type.Array(TagsFromSchema, { description: "Further tags: those of a device's template." })),
  },
  { ...closed, description: "A machine that has a state, uses energy, can be booked." },
);

/** Proposals: the longest is the limit beyond which the indicator S-11 counts a shelving as over time. */
const ShelfHours = (hours: number) =>
  Type.Number({
    default: hours,
    minimum: 0,
    maximum: 168,
    description: "At most so many hours; 0 where alarms of this priority are never shelved.",
  });

export const AlarmRuleSchema = Type.Unsafe<AlarmRuleConfig>(
  Type.Union(
    Object.values(ruleKinds).map(({ schema }) => schema),
    { description: "A condition that asks a person for a response." },
  ),
);

/** Hours by priority; a missing priority takes its default. */
const ShelvingSchema = Type.Object(
  {
    critical: ShelfHours(1),
    high: ShelfHours(4),
    medium: ShelfHours(12),
    low: ShelfHours(12),
  },
  { ...closed, description: "For how many hours an alarm of a priority may be shelved at most." },
);

/** Below the plant file's own folder. */
const drawingPattern = "^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\\.svg$";

export const LineSchema = Type.Object(
  {
    id: Id("Line id, unique within the platform."),
    name: LocalTextSchema,
    equipment: Type.Array(EquipmentSchema, { description: "Equipment in process order." }),
    drawing: Type.Optional(
      Type.String({
        pattern: drawingPattern,
        description:
          "Drawing of the line, shown instead of the schematic that is laid out by itself: an SVG file beside plant.yaml or in a folder below, see docs/drawings.md.",
      }),
    ),
    alarms: Type.Array(AlarmRuleSchema, { default: [], description: "Alarm rules of the line." }),
    alarmsFrom: Type.Optional(
      Type.Array(AlarmsFromSchema, { description: "Further rules: those of alarm templates." }),
    ),
    staffing: Type.Optional(StaffingSchema),
    runs: Type.Array(RunRuleSchema, { default: [], description: "Rules by which tags start and end runs." }),
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
      template: Type.Optional(
        Type.String({
          description: "Id of the template of its kind: protocol, connection and polling come from there where absent.",
        }),
      ),
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
    templateFiles: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: "Files with further templates, seen from the folder of this file.",
      }),
    ),
    templates: Type.Optional(Type.Array(TemplateSchema, { description: "Kinds of devices." })),
    alarmTemplates: Type.Optional(
      Type.Array(AlarmTemplateSchema, { description: "Alarm rules of kinds of equipment." }),
    ),
    devices: Type.Array(Type.Union(DeviceSchemas), { description: "What speaks a protocol." }),
    lines: Type.Array(LineSchema, { description: "Pilot lines." }),
    shelving: { ...ShelvingSchema, default: {} },
    retention: Type.Optional(RetentionSchema),
    ...platformFigureKeys,
    notification: Type.Optional(NotificationSchema),
  },
  {
    ...closed,
    title: "Pilotline plant model",
    description: "One pilot-test platform: lines, equipment, tags, devices, alarm rules.",
  },
);

/** What a plant file says; its templates are expanded. */
export type PlantFile = Static<typeof PlantSchema>;
/** Of a checked plant: the tags of templates are among `tags`. */
export type EquipmentConfig = Omit<Static<typeof EquipmentSchema>, "tagsFrom">;
export type LineConfig = Omit<Static<typeof LineSchema>, "equipment" | "alarmsFrom"> & {
  readonly equipment: EquipmentConfig[];
};
