import { type Static, Type } from "typebox";
import { carriers } from "#shared/model/carrier.ts";
import { closed, dayPattern } from "../tagSchema.ts";

const Day = (description: string) =>
  Type.String({ pattern: dayPattern, description: `${description} YYYY-MM-DD, in the platform's zone.` });
const OwnTag = (description: string) => Type.String({ description: `Tag of this equipment: ${description}` });
const Positive = (description: string) => Type.Number({ exclusiveMinimum: 0, description });
const NotNegative = (description: string) => Type.Number({ minimum: 0, description });

export const ServiceSchema = Type.Object(
  {
    from: Type.Optional(Day("First day in service; since ever where absent.")),
    to: Type.Optional(Day("Last day in service; in service still where absent.")),
  },
  { ...closed, description: "When the equipment is in service: only then data of it is expected." },
);

/** States that the equipment's electric power tells, where nothing better does (catalogue U-TM, rule 6). */
export const PowerStateSchema = Type.Object(
  {
    tag: OwnTag("its electric power."),
    onKw: NotNegative("On from here, in kW."),
    runKw: NotNegative("A run begins at or above, in kW."),
    runOffKw: NotNegative("A run ends below, in kW."),
    minDwellS: Type.Number({
      default: 120,
      minimum: 0,
      description: "A shorter stretch belongs to the one before it, in seconds.",
    }),
  },
  { ...closed, description: "State by electric power, where no state is reported; figures say that they are derived." },
);

export const MeterSchema = Type.Object(
  {
    tag: OwnTag("the cumulative register."),
    carrier: Type.Enum([...carriers], { default: "electricity", description: "What the meter counts." }),
    flow: Type.Enum(["import", "generation", "export"], {
      default: "import",
      description: "import: taken in. generation: made on site, as by PV. export: given back to the grid.",
    }),
    measures: Type.Enum(["equipment", "line", "platform"], {
      default: "equipment",
      description: "What it measures. Meters of one level are added up; one above is compared with those below.",
    }),
    purchased: Type.Boolean({
      default: true,
      description: "false for a medium made on site of energy that is metered already (compressed air, chilled water).",
    }),
    coefficient: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "Coefficient of standard coal, as ingest/indicators/standards names it; by the carrier where absent.",
      }),
    ),
    multiplier: Type.Number({
      default: 1,
      exclusiveMinimum: 0,
      description: "Transformer ratio (CT × PT) that the register does not contain.",
    }),
    modulus: Type.Optional(Positive("The register starts again from 0 here, in its own unit.")),
    maxPerHour: Type.Optional(Positive("Largest gain in an hour, in the register's unit; a larger one is a spike.")),
    jitter: Type.Optional(NotNegative("A drop up to this is noise, in the register's unit.")),
    replacements: Type.Array(
      Type.Object(
        {
          at: Type.String({ description: "When the meter was replaced, ISO 8601 with its offset." }),
          final: NotNegative("Last reading of the old meter."),
          initial: NotNegative("First reading of the new one."),
        },
        { ...closed, description: "A replacement of the meter." },
      ),
      { default: [], description: "Replacements, oldest first." },
    ),
  },
  { ...closed, description: "A cumulative register of energy, water or another medium." },
);

export const DetectorSchema = Type.Object(
  {
    tag: OwnTag("the detector's value."),
    kind: Type.Enum(["flammable", "toxic", "toxic_idlh", "oxygen"], { description: "What it detects." }),
    level1: Type.Optional(
      Type.Number({
        description: "First set point, in %LEL, %OEL, %IDLH or %VOL; absent where the controller cannot be read.",
      }),
    ),
    level2: Type.Optional(Type.Number({ description: "Second set point, as the first." })),
    deadband: Type.Number({ default: 0, minimum: 0, description: "An alarm ends below its set point by this." }),
  },
  { ...closed, description: "A gas detector and its set points (GB/T 50493)." },
);

export const OperatingLimitSchema = Type.Object(
  {
    tag: OwnTag("the quantity that is limited."),
    above: Type.Number({ description: "Time above this is an excursion, in the tag's unit." }),
  },
  { ...closed, description: "A safe operating limit." },
);

export const ExhaustSchema = Type.Object(
  {
    concentration: OwnTag("the concentration, in mg/m3."),
    limitMgPerM3: Positive("Limit of the permit, in mg/m³."),
    permit: Type.Optional(Type.String({ minLength: 1, description: "Where the limit is written." })),
    flow: Type.Optional(OwnTag("the exhaust flow, in m3/h.")),
    oxygen: Type.Optional(OwnTag("measured oxygen, in %.")),
    referenceO2: Type.Optional(
      Type.Number({
        minimum: 0,
        exclusiveMaximum: 21,
        description: "Reference oxygen in %, where the standard asks for it.",
      }),
    ),
  },
  { ...closed, description: "An exhaust outlet with its limit." },
);

export const ChannelsSchema = Type.Array(OwnTag("true while the channel is in use."), {
  minItems: 1,
  description: "Parallel channels of the equipment, one boolean tag each.",
});

/** Keys of an equipment that indicators ask for, besides its state and its energy meter. */
export const equipmentFigureKeys = {
  service: Type.Optional(ServiceSchema),
  originalValueCny: Type.Optional(NotNegative("Original value (原值) in CNY; weighs the equipment in U-25.")),
  quotaHours: Type.Optional(NotNegative("Effective hours of a full year; by the class where absent.")),
  openness: Type.Optional(
    Type.Object(
      {
        isObliged: Type.Boolean({ default: true, description: "Obliged to be open to others." }),
        isOpen: Type.Boolean({ default: false, description: "Conditions, price and booking entry are published." }),
      },
      { ...closed, description: "Openness of the equipment (U-23)." },
    ),
  ),
  powerState: Type.Optional(PowerStateSchema),
  meters: Type.Optional(Type.Array(MeterSchema, { description: "Registers besides `energyMeter`." })),
  detectors: Type.Optional(Type.Array(DetectorSchema, { description: "Gas detectors." })),
  operatingLimits: Type.Optional(Type.Array(OperatingLimitSchema, { description: "Safe operating limits." })),
  exhaust: Type.Optional(Type.Array(ExhaustSchema, { description: "Exhaust outlets." })),
  channels: Type.Optional(ChannelsSchema),
};

export const StaffingSchema = Type.Object(
  {
    positions: Type.Integer({
      default: 1,
      minimum: 0,
      description: "Operating positions that alarms of the line call.",
    }),
    during: Type.Enum(["always", "shifts"], { default: "always", description: "When they are staffed." }),
  },
  { ...closed, description: "Who is there to answer alarms." },
);

export type MeterConfig = Static<typeof MeterSchema>;
export type DetectorConfig = Static<typeof DetectorSchema>;
export type OperatingLimitConfig = Static<typeof OperatingLimitSchema>;
export type ExhaustConfig = Static<typeof ExhaustSchema>;
export type PowerStateConfig = Static<typeof PowerStateSchema>;
export type StaffingConfig = Static<typeof StaffingSchema>;
