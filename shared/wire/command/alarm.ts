import { type Static, Type } from "typebox";
import { Instant } from "../derivedSchemas.ts";
import { type ActOf, head } from "./head.ts";

const alarmHead = {
  ...head,
  /** `<platform>/<line>/<alarm>` */
  alarm: Type.String({ minLength: 1 }),
};
/** What hides an alarm, and a comment, say why. */
const Reason = Type.String({ minLength: 1 });

const plainAct = {
  kind: Type.Enum(["acknowledge", "reset", "unshelve", "returnToService"]),
  comment: Type.Union([Type.String(), Type.Null()]),
};
const reasonedAct = { kind: Type.Enum(["comment", "removeFromService"]), comment: Reason };
const shelveAct = { kind: Type.Literal("shelve"), until: Instant, comment: Reason };

/** What a person asks of an alarm. */
export const AlarmCommandSchema = Type.Union([
  Type.Object({ ...alarmHead, ...plainAct }),
  Type.Object({ ...alarmHead, ...reasonedAct }),
  Type.Object({ ...alarmHead, ...shelveAct }),
]);

/** Alarms of one command at most. */
export const mostAlarms = 500;

/** The same of many alarms; the reply has an outcome for each. */
export const AlarmsCommandSchema = Type.Object({
  ...head,
  kind: Type.Literal("alarms"),
  alarms: Type.Array(alarmHead.alarm, { minItems: 1, maxItems: mostAlarms, uniqueItems: true }),
  act: Type.Union([Type.Object(plainAct), Type.Object(reasonedAct), Type.Object(shelveAct)]),
});
export type AlarmsCommandMessage = Static<typeof AlarmsCommandSchema>;

export type AlarmCommandMessage = Static<typeof AlarmCommandSchema>;
type Without<Whole, Keys extends PropertyKey> = Whole extends unknown ? Omit<Whole, Keys> : never;
/** What is asked, of whichever alarm and by whomever. */
export type AlarmAct = Without<ActOf<AlarmCommandMessage>, "alarm">;
