import { instant } from "#shared/model/time.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { startChain } from "../pipeline/chain.ts";
import { type Benchmark, figure } from "./figure.ts";
import { influxMissing, startInflux } from "./influx.ts";
import { deliver, edgeName, edges, infosOf, messagesOf, perSecond, plant, points } from "./ingest.ts";

const linesPerRequest = 5_000;

const createDatabase = (url: string, name: string) =>
  fetch(`${url}/query?q=${encodeURIComponent(`CREATE DATABASE ${name}`)}`, { method: "POST" });

interface Source {
  readonly edge: number;
  readonly infos: ReturnType<typeof infosOf>;
  readonly messages: readonly Uint8Array[];
}

/** The same points, as plain values: what somebody has who writes to InfluxDB and does nothing else. */
function* plainPoints(sources: readonly Source[]): Generator<{ tag: string; at: number; value: number }> {
  for (const { infos, messages } of sources) {
    for (const message of messages) {
      for (const { alias, timestamp, value } of decodePayload(message).metrics) {
        const info = infos[Number(alias) - 1];
        if (info && typeof value === "number") yield { tag: info.tag, at: instant(Number(timestamp)), value };
      }
    }
  }
}

/** Lines made and sent one request after the other, nothing else. */
async function bareLoop(url: string, all: readonly { tag: string; at: number; value: number }[]): Promise<void> {
  for (let i = 0; i < all.length; i += linesPerRequest) {
    const some = all.slice(i, i + linesPerRequest);
    const body = some.map(({ tag, at, value }) => `sample,id=${tag} f=${value} ${at}`).join("\n");
    const answer = await fetch(`${url}/write?db=bare&precision=ms`, { method: "POST", body });
    if (answer.status !== 204) throw new Error(`InfluxDB answered ${answer.status}: ${await answer.text()}`);
  }
}

export const wireInflux: Benchmark = {
  summary: `Wire → InfluxDB 1.6: ${edges} edge nodes, ${points} points, embedded broker; beside a bare line-protocol loop.`,
  run: async (say) => {
    if (influxMissing) {
      say(`Nothing measured: ${influxMissing}.`);
      return [];
    }
    await using folder = await temporaryFolder();
    await using server = await startInflux(folder.path);
    await createDatabase(server.url, "bare");
    await createDatabase(server.url, "pilotline");
    const sources = Array.from({ length: edges }, (_, edge) => ({
      edge,
      infos: infosOf(edge),
      messages: messagesOf(edge),
    }));
    const plain = [...plainPoints(sources)];
    if (plain.length !== points) throw new Error(`${plain.length} of ${points} points`);
    const env = { PILOTLINE_STORE: "influx", PILOTLINE_INFLUX_URL: server.url };
    const chain = await startChain({ folder: folder.path, plantYaml: await plant(), gateway: edgeName(edges), env });
    await using _chain = chain;
    const bare = await perSecond(() => bareLoop(server.url, plain));
    const stored = await perSecond(() =>
      Promise.all(sources.map(({ edge, infos, messages }) => deliver(chain, edge, infos, messages))),
    );
    return [figure("wire → InfluxDB 1.6", stored, "points/s", { name: "a bare line-protocol loop", value: bare })];
  },
};
