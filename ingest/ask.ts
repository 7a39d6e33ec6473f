import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { Clock } from "#shared/kit/clock.ts";
import { seconds } from "#shared/model/time.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { parseBrokers } from "#shared/wire/brokerAddress.ts";
import { readBrokerTls } from "#shared/wire/brokerTls.ts";
import type { Command, CommandAct } from "#shared/wire/command/registry.ts";
import { type CommandReply, createReplyBox, sendCommand } from "#shared/wire/commands.ts";
import { readCredential } from "#shared/wire/credential.ts";
import { openFirstSession } from "#shared/wire/firstSession.ts";
import { credentialFile } from "./broker/credentials.ts";

/** How an operator's command line reaches the ingest that runs. */
export interface AskOptions {
  readonly plant: string;
  readonly data: string;
  readonly broker: string;
  readonly "broker-ca": string | undefined;
  readonly "broker-cert": string | undefined;
  readonly "broker-key": string | undefined;
  /** That of the dashboard in the data folder where left out. */
  readonly credential: string | undefined;
  /** Who acts; the user of this machine where left out. */
  readonly user?: string | undefined;
}

/** A way to the running ingest. */
export interface IngestDesk extends AsyncDisposable {
  /** Throws where ingest does not answer. */
  ask(act: CommandAct): Promise<CommandReply>;
}

/** Reaches the running ingest by the broker; throws where there is none. */
export async function openIngestDesk(options: AskOptions, clock: Clock): Promise<IngestDesk> {
  const plant = await loadPlant(options.plant, process.env);
  const credential = await readCredential(options.credential ?? credentialFile(options.data, "dashboard"));
  const requester = credential.username;
  const platform = plant.platform.id;
  const replies = createReplyBox(platform, requester);
  const session = await openFirstSession(
    {
      ...parseBrokers(options.broker),
      ...credential,
      ...(await readBrokerTls(options)),
      clientId: `${requester}-operator-${randomUUID().slice(0, 8)}`,
      onMessage: (topic, payload) => void replies.receive(topic, payload),
    },
    new AbortController().signal,
    clock,
  );
  await session.subscribe([{ filter: replies.filter, qos: 1 }]);
  return {
    ask: (act) => {
      const user = options.user ?? userInfo().username;
      const command = { v: 1, id: randomUUID(), at: clock.now(), user, requester, ...act } as Command;
      return sendCommand(command, { session, platform, replies, clock, timeout: seconds(60) });
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Has the running ingest carry out commands, one after the other; throws where it does not answer. */
export async function askIngest(
  acts: readonly CommandAct[],
  options: AskOptions,
  clock: Clock,
): Promise<readonly CommandReply[]> {
  await using desk = await openIngestDesk(options, clock);
  const outcomes: CommandReply[] = [];
  for (const act of acts) outcomes.push(await desk.ask(act));
  return outcomes;
}
