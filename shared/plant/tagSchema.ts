import { type Static, Type } from "typebox";
import { tagMeanings, tagTypes } from "#shared/model/tag.ts";

export const closed = { additionalProperties: false } as const;

export const Id = (description: string) =>
  Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$", description: `${description} Letters, digits, _ and -.` });

export const LocalTextSchema = Type.Object(
  {
    zh: Type.String({ minLength: 1, description: "Chinese text." }),
    en: Type.Optional(Type.String({ minLength: 1, description: "English text." })),
  },
  { ...closed, description: "A name in both languages." },
);

/** A day of the calendar, as ISO 8601 writes it. */
export const dayPattern = "^\\d{4}-\\d{2}-\\d{2}$";

export const Calibration = Type.Optional(
  Type.Object(
    {
      due: Type.String({
        pattern: dayPattern,
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

export type TagConfig = Static<typeof TagSchema>;
