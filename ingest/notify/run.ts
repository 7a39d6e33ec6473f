import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import type { Clock } from "#shared/kit/clock.ts";
import type { ParsedCommand, Printed } from "#shared/kit/command.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError } from "#shared/model/errors.ts";
import { loadPlant } from "#shared/plant/load.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { askIngest } from "../ask.ts";
import { recordsFile } from "../core.ts";
import type { ChannelEnv } from "./channel.ts";
import { createChannels } from "./channels.ts";
import type { command, NotifyOptions } from "./command.ts";
import { listText } from "./list.ts";
import { createRouting } from "./routing.ts";
import { secretsOf } from "./secrets.ts";
import { sendTest } from "./test.ts";

const done = (out: string): Printed => ({ out: `${out}\n`, error: "", code: exitCodes.ok });
const refused = (error: string): Printed => ({ out: "", error: `${error}\n`, code: exitCodes.refused });

/** What the command prints, and its exit code. Throws `CONFIG` for a wrong command line. */
export async function runNotify(
  { options, positionals: [action] }: ParsedCommand<typeof command.options>,
  clock: Clock,
): Promise<Printed> {
  if (action === "list") {
    await using records = await openRecordsReader(recordsFile(options.data));
    return { out: listText(records, options), error: "", code: exitCodes.ok };
  }
  if (action !== "test") throw new CodedError("CONFIG", `\`notify\` takes test or list, got \`${action}\`.`);
  const { channel, person } = options;
  if (channel === undefined) throw new CodedError("CONFIG", "Name the channel: --channel <id>.");
  try {
    if (options.direct) return done(await testFromHere(channel, options, clock));
    const named = person === undefined ? {} : { person };
    const [reply] = await askIngest([{ kind: "notifyTest", channel, ...named }], options, clock);
    if (reply?.outcome === "done") return done(reply.detail ?? "Sent.");
    return refused(`${reply?.code}: ${reply?.detail}`);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    if (options.direct || error.code === "CONFIG") return refused(`${error.code}: ${error.detail}`);
    const help = "Start ingest, or send the test from here with --direct.";
    return {
      out: "",
      error: `Ingest does not answer at ${options.broker}: ${error.detail} ${help}\n`,
      code: exitCodes.failed,
    };
  }
}

/** Past ingest: whether the channel works with the secrets of this shell. */
async function testFromHere(channel: string, options: NotifyOptions, clock: Clock): Promise<string> {
  const plant = await loadPlant(options.plant, process.env);
  if (!plant.notification) throw new CodedError("CONFIG", `${options.plant} has no \`notification\`.`);
  const { platform, notification, calendar } = plant;
  const env: ChannelEnv = {
    clock,
    fetch,
    ...secretsOf(process.env, dirname(options.plant)),
    publish: () => Promise.reject(new CodedError("NOT_CONNECTED", "a channel of kind mqtt is tested through ingest.")),
    platform: platform.id,
  };
  await using channels = createChannels(notification.channels, env);
  const routing = createRouting(notification, platform.timeZone, calendar);
  const parts = { routing, channels, platform, newId: randomUUID, now: clock.now() };
  return sendTest(parts, channel, options.person, new AbortController().signal);
}
