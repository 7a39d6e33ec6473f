import { failpoint } from "#shared/kit/failpoint.ts";
import type { ErrorCode } from "#shared/model/errors.ts";
import type { AlarmCommandMessage, AlarmsCommandMessage } from "#shared/wire/command/alarm.ts";
import type { Answer, Handlers } from "../commands.ts";
import type { AlarmOutcome, AlarmRefusal } from "./command.ts";
import type { AlarmEngine } from "./enginePort.ts";

const refusals: Readonly<Record<AlarmRefusal, { readonly code: ErrorCode; readonly detail: string }>> = {
  unknown: { code: "NOT_FOUND", detail: "There is no such alarm." },
  not_standing: { code: "CONFLICT", detail: "The alarm asks for no acknowledgement: it is normal, or hidden." },
  not_acknowledged: { code: "CONFLICT", detail: "A latched alarm is reset after it has been acknowledged." },
  not_latched: { code: "CONFLICT", detail: "Only a latched alarm whose condition has ended can be reset." },
  too_long: {
    code: "CONFLICT",
    detail: "Alarms of this priority may not be shelved for so long; see `shelving` in plant.yaml.",
  },
  over: { code: "CONFLICT", detail: "The shelving would end before it begins." },
};

const answerOf = (outcome: AlarmOutcome): Answer =>
  outcome === "done" || outcome === "already" ? { outcome: "done" } : { outcome: "refused", ...refusals[outcome] };

/** What people ask of alarms. */
export function alarmHandlers(
  alarms: Pick<AlarmEngine, "carryOut">,
): Pick<Handlers, AlarmCommandMessage["kind"] | AlarmsCommandMessage["kind"]> {
  const handle = (command: AlarmCommandMessage): Answer => {
    failpoint("alarm.asked");
    const [outcome = "unknown"] = alarms.carryOut([command]);
    failpoint("alarm.done");
    return answerOf(outcome);
  };
  return {
    acknowledge: handle,
    reset: handle,
    unshelve: handle,
    returnToService: handle,
    comment: handle,
    removeFromService: handle,
    shelve: handle,
    alarms: ({ alarms: ids, act, user, at }) => {
      const outcomes = alarms.carryOut(ids.map((alarm) => ({ ...act, alarm, user, at })));
      return {
        outcome: "done",
        outcomes: outcomes.map((outcome, i) => ({ alarm: ids[i] ?? "", ...answerOf(outcome) })),
      };
    },
  };
}
