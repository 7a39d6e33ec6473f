import { type Static, Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import { checkedJson } from "../checkedJson.ts";
import { AlarmCommandSchema, AlarmsCommandSchema } from "./alarm.ts";
import { AssessmentCommandSchema } from "./assessment.ts";
import { BookingCommandSchema } from "./booking.ts";
import { DeadLetterCommandSchema } from "./deadLetter.ts";
import { DeclaredCommandSchema } from "./declared.ts";
import type { ActOf, RequestOf } from "./head.ts";
import { NotificationCommandSchema } from "./notification.ts";
import { RunCommandSchema } from "./run.ts";
import { StateCorrectionCommandSchema } from "./stateCorrection.ts";
import { TenantCommandSchema } from "./tenant.ts";

/** What each kind of command says (D5). A family of kinds is a file of this folder, and a line here per kind. */
const schemas = {
  acknowledge: AlarmCommandSchema,
  reset: AlarmCommandSchema,
  unshelve: AlarmCommandSchema,
  returnToService: AlarmCommandSchema,
  comment: AlarmCommandSchema,
  removeFromService: AlarmCommandSchema,
  shelve: AlarmCommandSchema,
  alarms: AlarmsCommandSchema,
  deadLetter: DeadLetterCommandSchema,
  notifyTest: NotificationCommandSchema,
  startRun: RunCommandSchema,
  endRun: RunCommandSchema,
  correctRun: RunCommandSchema,
  voidRun: RunCommandSchema,
  importRuns: RunCommandSchema,
  book: BookingCommandSchema,
  confirmBooking: BookingCommandSchema,
  cancelBooking: BookingCommandSchema,
  moveBooking: BookingCommandSchema,
  importBookings: BookingCommandSchema,
  saveTenants: TenantCommandSchema,
  saveProjects: TenantCommandSchema,
  savePriceLists: TenantCommandSchema,
  declare: DeclaredCommandSchema,
  correctDeclared: DeclaredCommandSchema,
  submitDeclared: DeclaredCommandSchema,
  verifyDeclared: DeclaredCommandSchema,
  withdrawDeclared: DeclaredCommandSchema,
  rejectDeclared: DeclaredCommandSchema,
  importDeclared: DeclaredCommandSchema,
  prepareAssessment: AssessmentCommandSchema,
  sealAssessment: AssessmentCommandSchema,
  amendAssessment: AssessmentCommandSchema,
  approveAmendment: AssessmentCommandSchema,
  rejectAmendment: AssessmentCommandSchema,
  correctState: StateCorrectionCommandSchema,
  withdrawCorrection: StateCorrectionCommandSchema,
} as const;

/** What is asked of ingest, of whichever kind. */
export type Command = Static<(typeof schemas)[keyof typeof schemas]>;
export type CommandKind = Command["kind"];
export type CommandRequest = RequestOf<Command>;
export type CommandAct = ActOf<Command>;

export const commandKinds = Object.keys(schemas) as readonly CommandKind[];

const kindOf = checkedJson("command", Type.Object({ kind: Type.String() }));
const parsers = new Map<string, (payload: Uint8Array | string) => Command>(
  Object.entries(schemas).map(([kind, schema]) => [kind, checkedJson("command", schema)]),
);

/** Throws `MALFORMED`, naming the wrong key. */
export function parseCommand(payload: Uint8Array | string): Command {
  const { kind } = kindOf(payload);
  const parse = parsers.get(kind);
  if (!parse) throw new CodedError("MALFORMED", `There is no command \`${kind}\`; see docs for those that are.`);
  return parse(payload);
}
