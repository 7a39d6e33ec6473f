import { createHash } from "node:crypto";
import type { AlarmGuidance, AlarmStatus } from "#shared/model/alarm.ts";
import type { Row } from "./family.ts";

/** What of a status is its alarm's, and the same in thousands of events: kept once. */
type Definition = Pick<
  AlarmStatus,
  "alarm" | "line" | "equipment" | "tag" | "name" | "kind" | "guidance" | "priority" | "unit"
>;

/** What statuses lack that were written before alarms could be hidden, or had kinds besides limits. */
const early = { hiddenBy: [], shelvedUntil: null, kind: "high", guidance: {} } as const satisfies Partial<AlarmStatus>;

/** Bodies of definitions that were read already, by id. */
export type Parsed = Map<unknown, Definition>;

/** A status in two parts: the columns of `alarm_definition` with their digest, and what is the event's own. */
export interface SplitStatus {
  readonly digest: Uint8Array;
  /** alarm, line, equipment, priority, words, body */
  readonly columns: readonly [string, string, string, string, string, string];
  /** JSON */
  readonly standing: string;
}

export function definitionOf(status: AlarmStatus): SplitStatus {
  const { alarm, line, equipment, tag, name, kind, guidance, priority, unit, ...standing } = status;
  const body = JSON.stringify({
    alarm,
    line,
    equipment,
    tag,
    name,
    kind,
    guidance,
    priority,
    unit,
  } satisfies Definition);
  const words = [name.zh, name.en, alarm, tag]
    .filter((part) => part !== undefined)
    .join("\n")
    .toLowerCase();
  return {
    digest: createHash("sha256").update(body).digest(),
    columns: [alarm, line, equipment, priority, words, body],
    standing: JSON.stringify(standing),
  };
}

/** A status from its parts; the row has `definition`, `body` and `standing`. */
export function statusOf(row: Row, parsed: Parsed): AlarmStatus {
  const known = parsed.get(row.definition);
  const definition = known ?? (JSON.parse(String(row.body)) as Definition);
  if (!known) parsed.set(row.definition, definition);
  return { ...definition, ...(JSON.parse(String(row.standing)) as Omit<AlarmStatus, keyof Definition>) };
}

/** A status as the first versions of the journal hold it: whole, as JSON. */
export function earlyStatus(json: string): AlarmStatus {
  const { response, ...status } = JSON.parse(json) as AlarmStatus & Pick<AlarmGuidance, "response">;
  return { ...early, ...(response ? { guidance: { response } } : {}), ...status };
}
