import { type Command, type CommandKind, parseCommand } from "#shared/wire/command/registry.ts";
import { type CommandReply, replyTopic } from "#shared/wire/commands.ts";

/** Replies kept for commands that come twice. */
const remembered = 1_000;

export type Answer = Omit<CommandReply, "v" | "id">;
/** Carries out one kind of command; what it throws goes to the dead letter with the command. */
export type Handler<Kind extends CommandKind> = (
  command: Command & { readonly kind: Kind },
) => Answer | Promise<Answer>;
/** Who carries out what. Each family of commands brings its part. */
export type Handlers = { readonly [Kind in CommandKind]: Handler<Kind> };

export interface CommandDesk {
  /** Carries a command out and says where its reply goes; throws `MALFORMED` for anything that is none. */
  handle(payload: Uint8Array): { readonly topic: string; readonly reply: Promise<CommandReply> };
}

/** Takes the commands of dashboard and command line (D5). The same command id always has the same reply, and is carried out once. */
export function createCommandDesk(platform: string, handlers: Handlers): CommandDesk {
  const replies = new Map<string, Promise<CommandReply>>();
  const carryOut = async (command: Command): Promise<CommandReply> => {
    const handle = handlers[command.kind] as (command: Command) => Answer | Promise<Answer>;
    return { v: 1, id: command.id, ...(await handle(command)) };
  };
  return {
    handle: (payload) => {
      const command = parseCommand(payload);
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
