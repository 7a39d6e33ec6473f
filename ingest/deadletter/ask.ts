import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { Clock } from "#shared/kit/clock.ts";
import type { CodedError } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { parseBrokers } from "#shared/wire/brokerAddress.ts";
import { readBrokerTls } from "#shared/wire/brokerTls.ts";
import type { DeadLetterCommand } from "#shared/wire/command/deadLetter.ts";
import { type CommandReply, createReplyBox, sendCommand } from "#shared/wire/commands.ts";
import { readCredential } from "#shared/wire/credential.ts";
import { openFirstSession } from "#shared/wire/firstSession.ts";
import { credentialFile } from "../broker/credentials.ts";
import type { DeadLetterOptions } from "./command.ts";

/** Letters of one command. */
const perCommand = 500;

/** Has ingest replay or drop letters, some at a time; throws where it does not answer. */
export async function askIngest(
  action: DeadLetterCommand["action"],
  ids: readonly number[],
  options: DeadLetterOptions,
  clock: Clock,
): Promise<readonly CommandReply[]> {
  const plant = await loadPlant(options.plant, process.env);
  const credential = await readCredential(options.credential ?? credentialFile(options.data, "dashboard"));
  const requester = credential.username;
  const platform = plant.platform.id;
  const replies = createReplyBox(platform, requester);
  await using session = await openFirstSession(
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
  const outcomes: CommandReply[] = [];
  for (let start = 0; start < ids.length; start += perCommand) {
    const command: DeadLetterCommand = {
      v: 1,
      id: randomUUID(),
      at: clock.now(),
      user: options.user ?? userInfo().username,
      requester,
      kind: "deadLetter",
      action,
      letters: ids.slice(start, start + perCommand),
    };
    outcomes.push(await sendCommand(command, { session, platform, replies, clock, timeout: seconds(60) }));
  }
  return outcomes;
}

/** Why nobody did it, for the operator. */
export const noAnswer = (error: CodedError, broker: string): string =>
  `Ingest does not answer at ${broker}: ${error.detail} Letters are replayed and dropped by ingest alone; start it, and try again.`;
