// Plays an alarm scenario to a real ingest, as a gateway and the pages' server would: nothing is given up until ingest
// has confirmed it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import type { AlarmEvent } from "#shared/model/alarm.ts";
import { instant, seconds } from "#shared/model/time.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { createReplyBox, sendCommand } from "#shared/wire/commands.ts";
import { openSession } from "#shared/wire/session.ts";
import { credentialFile } from "../../../ingest/broker/credentials.ts";
import { recordsFile } from "../../../ingest/core.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { eventually } from "../../ingest/eventually.ts";
import { testPlant } from "../../ingest/plantFixture.ts";
import { good } from "../../ingest/samples.ts";
import { tagsOf } from "../../ingest/tags.ts";
import { TestNode } from "../../ingest/testNode.ts";
import { freePort } from "../../pipeline/chain.ts";
import { wait } from "../experiment.ts";
import { type Step, scenarioLine, scenarioPlant } from "./alarmScenario.ts";
import { ownProcess, type Program } from "./processes.ts";

const patienceMs = 60_000;
/** How long one session is trusted to bring an answer before the next is tried. */
const answerMs = seconds(5);
/** A birth that comes before ingest listens to its own broker is not answered. */
const birthAnswerMs = seconds(1);

/** A gateway's session and one of the pages' server, as long as ingest lives. */
async function connect(url: string, data: string, bdSeq: number) {
  const login = async (user: string) => JSON.parse(await readFile(credentialFile(data, user), "utf8"));
  await using opened = new AsyncDisposableStack();
  const plant = testPlant(scenarioPlant);
  const devices = { plc: tagsOf(plant, "plc"), meter: tagsOf(plant, "meter") };
  const broker = { url, ...(await login("gateway-edge-1")) };
  const node = opened.use(
    await TestNode.connect({ broker, group: "demo", edge: "edge-1", devices, queueId: "kills", bdSeq }),
  );
  const replies = createReplyBox("demo", "dashboard");
  const session = opened.use(
    await openSession(
      {
        ...{ url, ...(await login("dashboard")), clientId: "kills" },
        onMessage: (topic, payload) => void replies.receive(topic, payload),
      },
      AbortSignal.timeout(answerMs),
    ),
  );
  await session.subscribe([{ filter: replies.filter, qos: 1 }]);
  const ended = session.ended.then((cause): never => {
    throw new Error(`the session ended: ${cause}`);
  });
  // Nobody may be waiting for it just now.
  ended.catch(() => {});
  node.birth();
  await Promise.race([eventually(() => node.acks > 0, "answer to the birth", birthAnswerMs), ended]);
  const closing = opened.move();
  return { node, session, replies, ended, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
type Link = Awaited<ReturnType<typeof connect>>;

/** What happens beside a step; the step begins at the same moment. */
export type Beside = (step: number, ingest: Program, done: Promise<unknown>) => Promise<void>;

/** Plays `steps` one after the other on a new data folder; gives the alarm events of the journal, in its order. */
export async function playAlarms(steps: readonly Step[], beside: Beside): Promise<readonly AlarmEvent[]> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder()).path;
  const data = join(folder, "data");
  await mkdir(data, { recursive: true });
  const plantFile = join(folder, "plant.yaml");
  await writeFile(plantFile, scenarioPlant);
  const port = await freePort();
  const env = {
    PILOTLINE_DATA: data,
    PILOTLINE_PLANT: plantFile,
    PILOTLINE_LOG: process.env.PILOTLINE_LOG ?? "silent",
  };
  const ingest = stack.use(ownProcess("ingest/main.ts", ["--listen", `127.0.0.1:${port}`], env));
  await ingest.start();
  const records = stack.use(await openRecordsReader(recordsFile(data)));
  const connection: { link: Link | null; opened: number } = { link: null, opened: 0 };
  const disconnect = async (): Promise<void> => {
    const { link } = connection;
    connection.link = null;
    await link?.[Symbol.asyncDispose]();
  };
  stack.defer(disconnect);

  /** Again and again over new sessions, however often ingest dies meanwhile. */
  const untilDone = async <T>(what: string, body: (over: Link) => Promise<T>): Promise<T> => {
    for (const deadline = performance.now() + patienceMs; ; ) {
      try {
        connection.link ??= await connect(`mqtt://127.0.0.1:${port}`, data, connection.opened++ % 256);
        return await Promise.race([body(connection.link), connection.link.ended]);
      } catch (error) {
        if (performance.now() > deadline) throw new Error(`${what}: no answer in ${patienceMs} ms`, { cause: error });
        await disconnect();
        await wait(20);
      }
    }
  };

  let sent = 0;
  const perform = async (step: Step): Promise<void> => {
    if ("values" in step) {
      const batches = step.values.map((value) => ({ ...value, number: ++sent }));
      // As an outbox does: all that is not acknowledged, in its order.
      return untilDone(`batches up to ${sent}`, async ({ node }) => {
        for (const { tag, at, value, number } of batches.filter((batch) => !node.hasAck(batch.number))) {
          node.data(tag === "temp" ? "plc" : "meter", number, [good(`${scenarioLine}/r101/${tag}`, at, value)]);
        }
        const last = batches.at(-1)?.number ?? 0;
        await eventually(
          () => batches.every(({ number }) => node.hasAck(number)),
          `acknowledgement of batch ${last}`,
          answerMs,
        );
      });
    }
    const { at, alarm } = step;
    if ("awaited" in step) {
      const query = { from: at, to: instant(at + 1), alarm, transitions: [step.awaited], limit: 1 };
      return eventually(() => records.alarmEvents(query).length > 0, `${alarm} ${step.awaited}`, patienceMs);
    }
    const command = { v: 1, id: `c-${at}`, at, user: "li.wei", requester: "dashboard", alarm, ...step.act } as const;
    const what = `${step.act.kind} of ${alarm}`;
    const reply = await untilDone(what, ({ session, replies }) =>
      sendCommand(command, { session, replies, platform: "demo", clock: systemClock, timeout: answerMs }),
    );
    if (reply.outcome !== "done") throw new Error(`${what}: ${JSON.stringify(reply)}`);
  };

  for (const [n, step] of steps.entries()) {
    const done = perform(step);
    await Promise.all([done, beside(n, ingest, done)]);
  }
  await disconnect();
  return records.alarmEventsAfter(0, 1_000_000).filter(({ status }) => status.line === scenarioLine);
}
