import type { AlarmPriority, AlarmTransition } from "#shared/model/alarm.ts";
import { type EpochMs, hours, instant } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { type AlarmAct, mostAlarms } from "#shared/wire/command/alarm.ts";
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

/** What the journal calls the deed. */
const transitions: Readonly<Record<AlarmAct["kind"], AlarmTransition>> = {
  acknowledge: "acknowledged",
  reset: "reset",
  comment: "commented",
  shelve: "shelved",
  unshelve: "unshelved",
  removeFromService: "outOfService",
  returnToService: "inService",
};

const deed = (alarm: string, transition: AlarmTransition, comment: string | null): string =>
  JSON.stringify([alarm, transition, comment]);

/**
 * Those of `commands` that the journal has already. Who got no answer because ingest died sends a command again, with
 * its own time: by then the alarm may have come anew, or the shelving be over, and nobody has asked anything of that.
 */
export function doneBefore(
  commands: readonly AlarmCommand[],
  records: Pick<RecordsReader, "alarmEvents">,
): ReadonlySet<AlarmCommand> {
  const done = new Set<AlarmCommand>();
  for (const own of Map.groupBy(commands, ({ user, at }) => `${at} ${user}`).values()) {
    const [{ user, at }] = own as [AlarmCommand];
    const found = records.alarmEvents({ from: at, to: instant(at + 1), user, limit: 2 * mostAlarms });
    const deeds = new Set(found.map(({ status, transition, comment }) => deed(status.alarm, transition, comment)));
    for (const command of own) {
      if (deeds.has(deed(command.alarm, transitions[command.kind], command.comment))) done.add(command);
    }
  }
  return done;
}

/** What it means that a command changed nothing. */
export function unchanged({ kind }: AlarmCommand, { state }: AlarmMemory): AlarmOutcome {
  if (kind === "acknowledge") return state === "ACKED" || state === "LATAK" ? "already" : "not_standing";
  if (kind !== "reset") return "already";
  if (state === "NORM") return "already";
  return state === "LATUN" ? "not_acknowledged" : "not_latched";
}
