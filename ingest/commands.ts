import type { ErrorCode } from "#shared/model/errors.ts";
import { type Command, type CommandReply, parseCommandMessage, replyTopic } from "#shared/wire/commands.ts";
import type { AcknowledgeOutcome, AlarmEngine } from "./alarms/engine.ts";

/** Replies kept for commands that come twice. */
const remembered = 1_000;

const refusals: Readonly<Partial<Record<AcknowledgeOutcome, { readonly code: ErrorCode; readonly detail: string }>>> = {
  unknown: { code: "NOT_FOUND", detail: "There is no such alarm." },
  not_standing: { code: "CONFLICT", detail: "The alarm is normal: there is nothing to acknowledge." },
};

export interface CommandDesk {
  /** Carries a command out and says where its reply goes; throws `MALFORMED` for anything that is none. */
  handle(payload: Uint8Array): { readonly topic: string; readonly reply: CommandReply };
}

/** Takes the dashboard's commands (D5). The same command id always has the same reply, and is carried out once. */
export function createCommandDesk(platform: string, alarms: AlarmEngine): CommandDesk {
  const replies = new Map<string, CommandReply>();
  const carryOut = (command: Command): CommandReply => {
    const { id, alarm, user, comment, at } = command;
    const refusal = refusals[alarms.acknowledge({ alarm, user, comment, at })];
    return refusal ? { v: 1, id, outcome: "refused", ...refusal } : { v: 1, id, outcome: "done" };
  };
  return {
    handle: (payload) => {
      const command = parseCommandMessage(payload);
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
