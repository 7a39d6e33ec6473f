import type { ErrorCode } from "#shared/model/errors.ts";
import {
  type Command,
  type CommandReply,
  type DeadLetterCommand,
  parseAnyCommand,
  replyTopic,
} from "#shared/wire/commands.ts";
import type { AlarmRefusal } from "./alarms/command.ts";
import type { AlarmEngine } from "./alarms/engine.ts";
import type { Postmaster } from "./host/postmaster.ts";

/** Replies kept for commands that come twice. */
const remembered = 1_000;

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

export interface CommandDesk {
  /** Carries a command out and says where its reply goes; throws `MALFORMED` for anything that is none. */
  handle(payload: Uint8Array): { readonly topic: string; readonly reply: Promise<CommandReply> };
}

/** Takes the dashboard's commands (D5). The same command id always has the same reply, and is carried out once. */
export function createCommandDesk(
  platform: string,
  alarms: AlarmEngine,
  postmaster: Pick<Postmaster, "carryOut">,
): CommandDesk {
  const replies = new Map<string, Promise<CommandReply>>();
  const carryOut = async (command: Command | DeadLetterCommand): Promise<CommandReply> => {
    const { id } = command;
    if (command.kind === "deadLetter") return { v: 1, id, ...(await postmaster.carryOut(command)) };
    const outcome = alarms.command(command);
    if (outcome === "done" || outcome === "already") return { v: 1, id, outcome: "done" };
    return { v: 1, id, outcome: "refused", ...refusals[outcome] };
  };
  return {
    handle: (payload) => {
      const command = parseAnyCommand(payload);
      const key = `${command.requester}/${command.id}`;
      const reply = replies.get(key) ?? carryOut(command);
      replies.set(key, reply);
      for (const oldest of replies.keys()) {
        if (replies.size <= remembered) break;
        replies.delete(oldest);
      }
      return { topic: replyTopic(platform, command.requester, command.id), reply };
    },
  };
}
