import type { AlarmState, HiddenState } from "#shared/model/alarm.ts";

/** What moves an alarm that is shown: the condition begins or ends, a person acknowledges or resets a latched alarm. */
export type LifecycleEvent = "ALM" | "RTN" | "ACK" | "RESET";
export type ShownState = Exclude<AlarmState, HiddenState>;
type Moves = Readonly<Record<ShownState, Readonly<Partial<Record<LifecycleEvent, ShownState>>>>>;

/**
 * The life cycle of an alarm that is not hidden (ISA-18.2-2016 5.5, IEC 62682). What is not in the table changes nothing:
 * a latched alarm cannot be reset before it is acknowledged, nor while its condition holds.
 */
const plain: Moves = {
  NORM: { ALM: "UNACK" },
  UNACK: { ACK: "ACKED", RTN: "RTNUN" },
  ACKED: { RTN: "NORM" },
  RTNUN: { ALM: "UNACK", ACK: "NORM" },
  LATUN: { ALM: "UNACK", ACK: "LATAK" },
  LATAK: { ALM: "UNACK", RESET: "NORM" },
};
/** A latching alarm stays when its condition ends. */
const latching: Moves = { ...plain, UNACK: { ACK: "ACKED", RTN: "LATUN" }, ACKED: { RTN: "LATAK" } };

/** The next state, or null where the event changes nothing. */
export const moved = (state: ShownState, event: LifecycleEvent, isLatching: boolean): ShownState | null =>
  (isLatching ? latching : plain)[state][event] ?? null;

/** Where an alarm stands once nothing hides it any more: what is abnormal asks for a response anew. */
export const revealed = (holds: boolean): ShownState => (holds ? "UNACK" : "NORM");
