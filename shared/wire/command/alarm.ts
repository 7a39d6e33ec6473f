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

/** What a person asks of an alarm. */
export const AlarmCommandSchema = Type.Union([
  Type.Object({
    ...alarmHead,
    kind: Type.Enum(["acknowledge", "reset", "unshelve", "returnToService"]),
    comment: Type.Union([Type.String(), Type.Null()]),
  }),
  Type.Object({ ...alarmHead, kind: Type.Enum(["comment", "removeFromService"]), comment: Reason }),
  Type.Object({ ...alarmHead, kind: Type.Literal("shelve"), until: Instant, comment: Reason }),
]);

export type AlarmCommandMessage = Static<typeof AlarmCommandSchema>;
type Without<Whole, Keys extends PropertyKey> = Whole extends unknown ? Omit<Whole, Keys> : never;
/** What is asked, of whichever alarm and by whomever. */
export type AlarmAct = Without<ActOf<AlarmCommandMessage>, "alarm">;
