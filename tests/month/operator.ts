import { seconds } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import type { Command, CommandAct } from "#shared/wire/command/registry.ts";
import { type CommandReply, createReplyBox, sendCommand } from "#shared/wire/commands.ts";
import { openSession } from "#shared/wire/session.ts";
import { recordsFile } from "../../ingest/core.ts";
import type { Rig } from "./rig.ts";

/** People who act by commands, as the pages send them, and read the records. */
export interface Operator extends AsyncDisposable {
  readonly records: RecordsReader;
  /** Throws where ingest refuses. */
  act(user: string, act: CommandAct): Promise<void>;
  /** What ingest answers: somebody, or time, may have been faster. */
  ask(user: string, act: CommandAct): Promise<CommandReply>;
}

const requester = "dashboard";

export async function openOperator(rig: Rig, data: string, platform: string): Promise<Operator> {
  await using stack = new AsyncDisposableStack();
  const replies = createReplyBox(platform, requester);
  const session = await rig.beat.during(
    openSession(
      {
        url: rig.url,
        ...(await rig.credential(requester)),
        clientId: `${requester}-month`,
        onMessage: (topic, payload) => void replies.receive(topic, payload),
      },
      new AbortController().signal,
    ),
  );
  stack.use(session);
  await rig.beat.during(session.subscribe([{ filter: replies.filter, qos: 1 }]));
  const records = stack.use(await openRecordsReader(recordsFile(data)));
  const closing = stack.move();
  let count = 0;
  const ask: Operator["ask"] = (user, act) => {
    count += 1;
    // Each command's body fits its kind: `act` is one of them, and the head is the same for all.
    const command = { v: 1, id: `m${count}`, at: rig.ingestClock.now(), user, requester, ...act } as Command;
    const path = { session, platform, replies, clock: rig.ingestClock, timeout: seconds(600) };
    return rig.beat.during(sendCommand(command, path));
  };
  return {
    records,
    ask,
    act: async (user, act) => {
      const reply = await ask(user, act);
      if (reply.outcome === "refused") throw new Error(`${act.kind}: ${reply.code} ${reply.detail}`);
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
