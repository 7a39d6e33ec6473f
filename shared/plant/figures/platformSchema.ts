import { type Static, Type } from "typebox";
import { closed, dayPattern, Id } from "../tagSchema.ts";

const timeOfDay = "^([01]\\d|2[0-3]):[0-5]\\d$";
const Time = (description: string) => Type.String({ pattern: timeOfDay, description: `${description} HH:MM.` });
const Day = (description: string) => Type.String({ pattern: dayPattern, description: `${description} YYYY-MM-DD.` });
const Weekdays = Type.Optional(
  Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
    minItems: 1,
    description: "1 Monday to 7 Sunday, of the day on which it starts; every day where absent.",
  }),
);
const Dated = {
  source: Type.String({ minLength: 1, description: "Where it is written: notice, number, date." }),
  validFrom: Day("First day on which it holds."),
  validTo: Type.Optional(Day("First day on which it holds no more; in force still where absent.")),
};

export const WorkCalendarSchema = Type.Object(
  {
    shifts: Type.Array(
      Type.Object(
        {
          from: Time("Start in local time."),
          to: Time("End in local time; not behind the start: on the next day."),
          weekdays: Weekdays,
        },
        { ...closed, description: "Planned time." },
      ),
      { minItems: 1, description: "When the platform is staffed. Outside, idle equipment is not scheduled (NST)." },
    ),
    holidays: Type.Array(Day("A day without shifts."), { default: [], description: "Public and own holidays." }),
    workdays: Type.Array(Day("A Saturday or Sunday that is worked."), {
      default: [],
      description: "Days on which Monday's shifts hold whatever the weekday (调休).",
    }),
  },
  { ...closed, description: "Planned time of the platform; all time is planned where absent." },
);

export const TariffSchema = Type.Object(
  {
    id: Id("Tariff id; results name it among their factors."),
    ...Dated,
    default: Type.String({ minLength: 1, description: "Band of the time that no band holds." }),
    bands: Type.Array(
      Type.Object(
        {
          band: Type.String({
            minLength: 1,
            description: "Name of the band, for example 尖峰, 高峰, 平段, 低谷, 深谷.",
          }),
          from: Time("Start in local time."),
          to: Time("End in local time; not behind the start: on the next day."),
          months: Type.Optional(
            Type.Array(Type.Integer({ minimum: 1, maximum: 12 }), {
              minItems: 1,
              description: "Every month where absent.",
            }),
          ),
          weekdays: Weekdays,
        },
        { ...closed, description: "A band; where bands overlap, the first listed holds." },
      ),
      { minItems: 1, description: "Time-of-use bands." },
    ),
    prices: Type.Optional(
      Type.Record(Type.String(), Type.Number({ minimum: 0 }), {
        description: "Price per kW·h by band, in CNY; cost is shown where every band has one.",
      }),
    ),
  },
  { ...closed, description: "A time-of-use tariff of electricity, from the tariff notice." },
);

export const BaselineSchema = Type.Object(
  {
    id: Id("Baseline id; results name it among their factors. A change of products needs a new one."),
    ...Dated,
    line: Type.Optional(Type.String({ description: "Line that it holds for; the platform where absent." })),
    driver: Type.Enum(["batches", "productive_hours"], { description: "What drives the energy of a month." }),
    interceptKwh: Type.Number({ description: "Energy of a month without any, in kWh." }),
    slopeKwh: Type.Number({ description: "Energy per batch or hour, in kWh." }),
    r2: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "Of the fit; 0.75 or more is recommended." })),
  },
  { ...closed, description: "Energy baseline E = intercept + slope · driver of a month, frozen with its data (G-10)." },
);

/** Keys of the plant that indicators ask for. */
export const platformFigureKeys = {
  calendar: Type.Optional(WorkCalendarSchema),
  tariffs: Type.Optional(Type.Array(TariffSchema, { description: "Time-of-use tariffs, each with its validity." })),
  gridRegion: Type.Optional(
    Type.Enum(["national", "national_without_traded_non_fossil", "north_china", "shandong"], {
      description: "Whose factor makes CO₂ of grid electricity.",
    }),
  ),
  contractedDemandKw: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: "Contracted maximum demand of the platform, in kW." }),
  ),
  baselines: Type.Optional(Type.Array(BaselineSchema, { description: "Energy baselines." })),
  powerFactorStandard: Type.Optional(
    Type.Number({
      minimum: 0.5,
      maximum: 1,
      description: "Power factor that the supply class asks for; 0.90 where absent.",
    }),
  ),
  affiliates: Type.Optional(
    Type.Enum(["internal", "external"], {
      description: "Whether hours for affiliates count as external service; internal where absent.",
    }),
  ),
};

export type WorkCalendarConfig = Static<typeof WorkCalendarSchema>;
export type TariffConfig = Static<typeof TariffSchema>;
export type BaselineConfig = Static<typeof BaselineSchema>;
