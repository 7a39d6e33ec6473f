import { type Static, Type } from "typebox";
import { alarmKinds, alarmPriorities } from "#shared/model/alarm.ts";
import { locales } from "#shared/model/text.ts";
import { closed, Id, LocalTextSchema } from "../tagSchema.ts";
import { type ChannelConfig, channelSchemas } from "./channelSchemas.ts";

const WallTime = (description: string) =>
  Type.String({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d$", description: `${description} HH:MM of the platform's zone.` });
const Priorities = (description: string) => Type.Array(Type.Enum([...alarmPriorities]), { minItems: 1, description });

const PersonSchema = Type.Object(
  {
    id: Id("Id of the person, unique within the plant."),
    name: LocalTextSchema,
    language: Type.Enum([...locales], { default: "zh-CN", description: "Of the messages." }),
    reach: Type.Array(
      Type.Object(
        {
          channel: Type.String({ description: "Id of the channel." }),
          address: Type.Optional(
            Type.String({
              minLength: 1,
              asWritten: true,
              description:
                "Mail address; for a robot of DingTalk or WeCom the mobile number to be mentioned; free for a webhook.",
            }),
          ),
          priorities: Type.Optional(Priorities("Only for alarms of these priorities; all where left out.")),
        },
        { ...closed, description: "One way to reach the person." },
      ),
      { minItems: 1, description: "Ways to reach the person: the next is taken where the one before fails." },
    ),
  },
  { ...closed, description: "Who is told: a person, or a group behind a robot." },
);

const ShiftSchema = Type.Object(
  {
    people: Type.Array(Type.String(), { minItems: 1, description: "Ids of people, all of whom are told." }),
    from: WallTime("Begin."),
    to: WallTime("End; at or before the begin it is that of the next day, so 20:00 to 08:00 is a night."),
    weekdays: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
        minItems: 1,
        description:
          "1 Monday to 7 Sunday, of the day on which it starts; every day where absent. A weekend day that is worked, by `calendar.workdays`, is a Monday.",
      }),
    ),
    holidays: Type.Enum(["alike", "except", "only"], {
      default: "alike",
      description: "except: not on the holidays of the plant's `calendar`. only: on those, whatever weekday they are.",
    }),
  },
  { ...closed, description: "Who is on duty, and when." },
);

const RosterSchema = Type.Object(
  {
    id: Id("Roster id, unique within the plant."),
    name: Type.Optional(LocalTextSchema),
    shifts: Type.Array(ShiftSchema, {
      minItems: 1,
      description: "Shifts; where several hold, all their people are told.",
    }),
  },
  { ...closed, description: "A duty roster." },
);

/** Minutes by priority; shared by all steps. */
const AfterMinutes = Type.Object(
  Object.fromEntries(
    alarmPriorities.map((priority) => [
      priority,
      Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_080, description: `Of ${priority} alarms.` })),
    ]),
  ) as {
    [Priority in (typeof alarmPriorities)[number]]: ReturnType<typeof Type.Optional<ReturnType<typeof Type.Number>>>;
  },
  {
    ...closed,
    description:
      "Minutes without acknowledgement since the first notice; a priority that is left out does not escalate.",
  },
);

const RouteSchema = Type.Object(
  {
    id: Id("Route id, unique within the plant."),
    lines: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description: "Ids of lines; all where left out. `system` is Pilotline itself.",
      }),
    ),
    priorities: Type.Optional(Priorities("Priorities; all where left out.")),
    kinds: Type.Optional(
      Type.Array(Type.Enum([...alarmKinds]), { minItems: 1, description: "Kinds of rules; all where left out." }),
    ),
    roster: Type.String({ description: "Id of the roster that is told first." }),
    escalation: Type.Array(
      Type.Object(
        { afterMinutes: AfterMinutes, roster: Type.String({ description: "Id of the roster that is told then." }) },
        { ...closed, description: "One step." },
      ),
      { default: [], description: "Who is told when nobody acknowledges in time, step by step." },
    ),
    returns: Type.Boolean({
      default: false,
      description: "Whoever was told of the alarm is told, too, that it is back to normal.",
    }),
    stopOnReturn: Type.Boolean({
      default: false,
      description:
        "Escalation ends when the value is back to normal, not only by an acknowledgement; latched alarms go on.",
    }),
    quiet: Type.Optional(
      Type.Object(
        {
          from: WallTime("Begin."),
          to: WallTime("End."),
          priorities: Priorities("Priorities that can wait."),
        },
        {
          ...closed,
          description:
            "Alarms of these priorities wait for the end of this time, and are told then if nobody has acknowledged them.",
        },
      ),
    ),
  },
  { ...closed, description: "Which alarms go to whom. Every route that fits is followed; nobody is told twice." },
);

const GroupingSchema = Type.Object(
  {
    collectSeconds: Type.Number({
      default: 2,
      minimum: 0,
      maximum: 60,
      description: "A message waits until so long nothing more has come for the same person.",
    }),
    longestSeconds: Type.Number({
      default: 20,
      minimum: 0,
      maximum: 600,
      description: "At most so long, however much comes.",
    }),
    burst: Type.Integer({
      default: 5,
      minimum: 1,
      maximum: 100,
      description: "After so many messages to a person within ten minutes they are put together.",
    }),
    restSeconds: Type.Number({
      default: 60,
      minimum: 0,
      maximum: 3_600,
      description: "Then one message at most in so long; a quarter of it where a critical alarm is among them.",
    }),
  },
  { ...closed, description: "How alarms are put together into messages." },
);

export const NotificationSchema = Type.Object(
  {
    pages: Type.Optional(
      Type.String({ pattern: "^https?://", description: "Address of the pages, for the links in messages." }),
    ),
    channels: Type.Array(Type.Unsafe<ChannelConfig>(Type.Union(Object.values(channelSchemas))), {
      minItems: 1,
      description: "Ways out of the plant.",
    }),
    people: Type.Array(PersonSchema, { minItems: 1, description: "Who can be told." }),
    rosters: Type.Array(RosterSchema, { minItems: 1, description: "Who is on duty when." }),
    routes: Type.Array(RouteSchema, { minItems: 1, description: "Which alarms go to whom." }),
    grouping: { ...GroupingSchema, default: {} },
    test: Type.Optional(
      Type.Object(
        { at: WallTime("When.") },
        {
          ...closed,
          description:
            "A test alarm each day: whoever is on duty gets it over each of his channels; one that fails is shown.",
        },
      ),
    ),
    giveUpHours: Type.Number({
      default: 24,
      minimum: 0.1,
      maximum: 168,
      description: "A message that no channel takes is tried for so long.",
    }),
  },
  { ...closed, description: "Who is told of alarms, and how. Nobody is where the key is absent." },
);

export type NotificationConfig = Static<typeof NotificationSchema>;
export type Person = NotificationConfig["people"][number];
export type Reach = Person["reach"][number];
export type Roster = NotificationConfig["rosters"][number];
export type Shift = Roster["shifts"][number];
export type Route = NotificationConfig["routes"][number];
export type Grouping = NotificationConfig["grouping"];
