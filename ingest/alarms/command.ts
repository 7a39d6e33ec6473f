import type { AlarmPriority } from "#shared/model/alarm.ts";
import { type EpochMs, hours } from "#shared/model/time.ts";
import type { AlarmAct } from "#shared/wire/command/alarm.ts";
import type { AlarmInput, AlarmMemory } from "./step.ts";

/** What a person asks of one alarm. */
export type AlarmCommand = AlarmAct & {
  /** `<platform>/<line>/<alarm>` */
  readonly alarm: string;
  readonly user: string;
  readonly at: EpochMs;
};

/** `already`: the alarm stands as asked, so a repeated command is no mistake. */
export type AlarmOutcome = "done" | "already" | AlarmRefusal;
export type AlarmRefusal = "unknown" | "not_standing" | "not_latched" | "not_acknowledged" | "too_long" | "over";

/** The input of the state machine; null for a comment, which changes no state. */
export function inputOf(command: AlarmCommand): AlarmInput | null {
  const { at } = command;
  switch (command.kind) {
    case "comment":
      return null;
    case "shelve":
      return { kind: "shelve", at, until: command.until };
    case "unshelve":
      return { kind: "reveal", from: "SHLVD", at };
    case "returnToService":
      return { kind: "reveal", from: "OOSRV", at };
    default:
      return { kind: command.kind, at };
  }
}

/** Why a shelving is refused before it is tried. `longest` in hours, by priority. */
export function shelvingRefusal(
  command: AlarmCommand,
  priority: AlarmPriority,
  longest: Readonly<Record<AlarmPriority, number>>,
): AlarmRefusal | null {
  if (command.kind !== "shelve") return null;
  if (command.until <= command.at) return "over";
  return command.until - command.at > hours(longest[priority]) ? "too_long" : null;
}

/** What it means that a command changed nothing. */
export function unchanged({ kind }: AlarmCommand, { state }: AlarmMemory): AlarmOutcome {
  if (kind === "acknowledge") return state === "ACKED" || state === "LATAK" ? "already" : "not_standing";
  if (kind !== "reset") return "already";
  if (state === "NORM") return "already";
  return state === "LATUN" ? "not_acknowledged" : "not_latched";
}
