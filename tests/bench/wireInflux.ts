import { linesPerRequest } from "#shared/store/influx/writer.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Benchmark, figure } from "./figure.ts";
import { influxMissing, startInflux } from "./influx.ts";
import { cpuPerMillion, inTurn, perSecond } from "./ingest.ts";
import { edges, messagesOf, openWireLoad, plainPoints, samplesPerBatch, startWireChain } from "./wireLoad.ts";

const requestsAtOnce = 2;
const bareName = "a bare line-protocol loop";

const createDatabase = (url: string, name: string) =>
  fetch(`${url}/query?q=${encodeURIComponent(`CREATE DATABASE ${name}`)}`, { method: "POST" });

/**
 * Lines made and sent, nothing else: what somebody does who only writes to InfluxDB. As many requests at once as our
 * writer has.
 */
async function bareLoop(url: string, all: readonly { tag: string; at: number; value: number }[]): Promise<void> {
  const bodies = all.values();
  const lane = async () => {
    for (let some = [...bodies.take(linesPerRequest)]; some.length > 0; some = [...bodies.take(linesPerRequest)]) {
      const body = some.map(({ tag, at, value }) => `sample,id=${tag} f=${value} ${at}`).join("\n");
      const answer = await fetch(`${url}/write?db=bare&precision=ms`, { method: "POST", body });
      if (answer.status !== 204) throw new Error(`InfluxDB answered ${answer.status}: ${await answer.text()}`);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, lane));
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
    // On a machine whose cores are all busy, a ratio of rates is one of CPU: each process tells its own.
    const bareServer = cpuPerMillion("InfluxDB, from the bare loop", server.pid);
    const ourServer = cpuPerMillion("InfluxDB, from ingest", server.pid);
    const bareClient = cpuPerMillion("the bare loop", process.pid);
    const ourIngest = cpuPerMillion("ingest into InfluxDB", chain.ingest.pid ?? 0);
    const [bare, stored] = await inTurn(
      (round) => {
        const points = plainPoints(round);
        return bareServer.during(() => bareClient.during(() => perSecond(() => bareLoop(server.url, points))));
      },
      (round) => {
        const messages = messagesOf(round);
        return ourServer.during(() => ourIngest.during(() => perSecond(() => load.deliver(messages))));
      },
    );
    return [
      figure("wire → InfluxDB 1.6", stored, "points/s", { name: bareName, value: bare }),
      ...ourServer.figures({ name: bareName, value: bareServer.value() }),
      ...ourIngest.figures({ name: bareName, value: bareClient.value() }),
    ];
  },
};
