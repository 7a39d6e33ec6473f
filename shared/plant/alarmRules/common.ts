import { type TProperties, Type } from "typebox";
import { type AlarmKind, alarmPriorities } from "#shared/model/alarm.ts";
import { equipmentStates } from "#shared/model/equipment.ts";
import { closed, Id, LocalTextSchema } from "../tagSchema.ts";

export const StateName = Type.Enum(Object.keys(equipmentStates) as (keyof typeof equipmentStates)[]);

const head = {
  id: Id("Alarm id, unique within its line."),
  name: LocalTextSchema,
  tag: Type.String({ description: "<equipment>/<tag> of this line; the alarm is shown there." }),
};

const Delay = (description: string) =>
  Type.Integer({ default: 0, minimum: 0, maximum: 86_400_000, description: `${description}, in milliseconds.` });

/** A part of the rationalisation (ISA-18.2, 6.2). */
const Told = (description: string) =>
  Type.Optional(Type.Object(LocalTextSchema.properties, { ...closed, description: `Rationalisation: ${description}` }));

const Suppress = Type.Object(
  {
    equipment: Type.Optional(
      Type.String({ description: "Equipment of the line whose state is looked at; that of the tag where absent." }),
    ),
    states: Type.Array(StateName, {
      default: [],
      description: "While the equipment is in one of these states, for example SDT: the alarm would say nothing new.",
    }),
    alarms: Type.Array(Type.String(), {
      default: [],
      description: "Eclipsing: while one of these alarms of the line is active and shown, it says it already.",
    }),
    group: Type.Optional(
      Id("First-up: of the rules of a group, the alarm that comes first suppresses the others until it has returned."),
    ),
  },
  {
    ...closed,
    description: "When the design suppresses the alarm: it is kept from the list (DSUPR), and shown as such.",
  },
);

const tail = {
  onDelayMs: Delay("The condition must last this long before the alarm is raised"),
  offDelayMs: Delay("The condition must be over for this long before the alarm has returned"),
  latching: Type.Boolean({
    default: false,
    description: "The alarm stays after its condition has ended, until it is acknowledged and reset.",
  }),
  priority: Type.Enum([...alarmPriorities], { default: "medium", description: "How fast a response is needed." }),
  suppress: Type.Optional(Suppress),
  cause: Told("Why the condition comes about, most likely."),
  consequence: Told("What follows if nobody acts."),
  response: Told("What the operator does."),
  timeToRespondMinutes: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1_440,
      description: "Rationalisation: within so many minutes the response still prevents the consequence.",
    }),
  ),
};

/** The schema of a kind of rule: its own keys between those that every rule has. */
export const ruleSchema = <const Kind extends AlarmKind, Own extends TProperties>(
  kind: Kind,
  description: string,
  own: Own,
) => Type.Object({ ...head, kind: Type.Literal(kind, { description }), ...own, ...tail }, { ...closed, description });

/** Deadband of a rule that compares with a limit. */
export const Deadband = Type.Number({
  default: 0,
  minimum: 0,
  description: "The value must come back by this beyond the limit, in the tag's unit.",
});
