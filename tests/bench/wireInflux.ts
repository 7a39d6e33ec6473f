import { temporaryFolder } from "../fakes/folder.ts";
import { type Benchmark, figure } from "./figure.ts";
import { influxMissing, startInflux } from "./influx.ts";
import { inTurn, perSecond } from "./ingest.ts";
import { edges, messagesOf, openWireLoad, plainPoints, samplesPerBatch, startWireChain } from "./wireLoad.ts";

const linesPerRequest = 5_000;

const createDatabase = (url: string, name: string) =>
  fetch(`${url}/query?q=${encodeURIComponent(`CREATE DATABASE ${name}`)}`, { method: "POST" });

/** Lines made and sent one request after the other, nothing else: what somebody does who only writes to InfluxDB. */
async function bareLoop(url: string, all: readonly { tag: string; at: number; value: number }[]): Promise<void> {
  for (let i = 0; i < all.length; i += linesPerRequest) {
    const some = all.slice(i, i + linesPerRequest);
    const body = some.map(({ tag, at, value }) => `sample,id=${tag} f=${value} ${at}`).join("\n");
    const answer = await fetch(`${url}/write?db=bare&precision=ms`, { method: "POST", body });
    if (answer.status !== 204) throw new Error(`InfluxDB answered ${answer.status}: ${await answer.text()}`);
  }
}

export const wireInflux: Benchmark = {
  summary: `Wire → InfluxDB 1.6: ${edges} edge nodes, batches of ${samplesPerBatch}, an alarm on every tag, embedded broker; beside a bare line-protocol loop.`,
  run: async (say) => {
    if (influxMissing) {
      say(`Nothing measured: ${influxMissing}.`);
      return [];
    }
    await using folder = await temporaryFolder();
    await using server = await startInflux(folder.path);
    await createDatabase(server.url, "bare");
    await createDatabase(server.url, "pilotline");
    const env = { PILOTLINE_STORE: "influx", PILOTLINE_INFLUX_URL: server.url };
    await using chain = await startWireChain(folder.path, env);
    await using load = await openWireLoad(chain);
    const [bare, stored] = await inTurn(
      (round) => {
        const points = plainPoints(round);
        return perSecond(() => bareLoop(server.url, points));
      },
      (round) => {
        const messages = messagesOf(round);
        return perSecond(() => load.deliver(messages));
      },
    );
    return [figure("wire → InfluxDB 1.6", stored, "points/s", { name: "a bare line-protocol loop", value: bare })];
  },
};
