import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import type { Sample } from "#shared/model/sample.ts";
import { instant, millis } from "#shared/model/time.ts";
import { lineOf } from "#shared/store/influx/lineProtocol.ts";
import { openInfluxReader, openInfluxWriter } from "#shared/store/influx/open.ts";
import { LinesRefused } from "#shared/store/influx/server.ts";
import { writeLines } from "#shared/store/influx/writeLines.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { bad, batch, good, tag, uncertain } from "./samples.ts";

test.each<[Sample, boolean, string]>([
  [good(tag("a"), 5, 1.5), false, "sample,id=p/l/e/a f=1.5 5"],
  [good(tag("a"), 5, -0), true, 'sample,id=p/l/e/a f=-0,k=1i,q=0i,r="" 5'],
  [good(tag("a b,c=d"), 5, true), false, "sample,id=p/l/e/a\\ b\\,c\\=d f=1,b=true 5"],
  [good(tag("a"), 5, 'say "\\"'), true, 'sample,id=p/l/e/a s="say \\"\\\\\\"",k=3i,q=0i,r="" 5'],
  [uncertain(tag("a"), 5, 1), false, "sample,id=p/l/e/a f=1,q=1i 5"],
  [uncertain(tag("a"), 5, 1, "STALE"), false, 'sample,id=p/l/e/a f=1,q=1i,r="STALE" 5'],
  [bad(tag("a"), 5, "TIMEOUT"), false, 'sample,id=p/l/e/a q=2i,r="TIMEOUT" 5'],
])("%j, correction %s, is the line %s", (sample, correction, line) => {
  expect(lineOf(sample, correction)).toBe(line);
});

/** A server that stores the good lines of a batch or drops it whole, as it likes, and refuses `bad` ones. */
const pickyServer = (isBad: (line: string) => boolean, whole: boolean) => {
  const stored = new Set<string>();
  return {
    stored,
    write: async (lines: readonly string[]) => {
      const refused = lines.filter(isBad);
      if (refused.length === 0 || !whole) for (const line of lines) if (!isBad(line)) stored.add(line);
      if (refused.length > 0) throw new LinesRefused("partial write: no", {});
    },
  };
};

test("exactly the refused lines are found, and all others stored, whatever the server's way", async () => {
  const lines = fc.uniqueArray(fc.nat(10_000).map(String), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (all, every, whole) => {
      const isBad = (line: string) => Number(line) % every === 0;
      const server = pickyServer(isBad, whole);
      const refused = await writeLines(server, all);
      expect(refused.map(({ index }) => all[index])).toEqual(all.filter(isBad));
      expect([...server.stored].sort()).toEqual(all.filter((line) => !isBad(line)).sort());
    }),
  );
});

/** Answers every request with what `answer` says, and keeps the requests. */
async function scriptedServer(answer: (body: string) => { status: number; body: string }) {
  const requests: { url: string; authorization: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString();
      requests.push({ url: request.url ?? "", authorization: request.headers.authorization, body });
      const { status, body: text } = answer(body);
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    requests,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each([401, 403, 404, 408, 429, 500, 503])("HTTP %i keeps the batch for later", async (status) => {
  await using folder = await temporaryFolder();
  await using server = await scriptedServer(() => ({ status, body: '{"error":"no"}' }));
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const address = { url: server.url, database: "db", token: "secret" };
  await using writer = await openInfluxWriter({ ...address, clock: systemClock, records }, millis(1));
  const written = writer.write([batch([good(tag("a"), 1, 1)], { queueId: "q", number: 1 })]);
  await expect(written).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", verdict: "retry" });
  expect(records.storedBatches()).toEqual(new Map());
  expect(server.requests).toMatchObject([{ url: "/write?db=db&precision=ms", authorization: "Token secret" }]);
});

test.each([400, 413, 422])("HTTP %i of a single line refuses it for good", async (status) => {
  await using folder = await temporaryFolder();
  await using server = await scriptedServer((body) =>
    body.includes("f=13") ? { status, body: '{"error":"unlucky"}' } : { status: 204, body: "" },
  );
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const address = { url: server.url, database: "db", token: null };
  await using writer = await openInfluxWriter({ ...address, clock: systemClock, records }, millis(1));
  const samples = [12, 13, 14].map((value) => good(tag("a"), value, value));
  const written = writer.write([batch(samples, { queueId: "q", number: 1 })]);
  await expect(written).rejects.toMatchObject({ code: "MALFORMED", refused: [{ sample: samples[1] }] });
  expect(records.storedBatches()).toEqual(new Map([["q", [[1, 1]]]]));
});

test("a server that is away rejects reads and writes, and names what to look at", async () => {
  await using folder = await temporaryFolder();
  const { url } = await (async () => {
    await using closed = await scriptedServer(() => ({ status: 204, body: "" }));
    return { url: closed.url };
  })();
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const address = { url, database: "db", token: null };
  await using writer = await openInfluxWriter({ ...address, clock: systemClock, records }, millis(1));
  await using reader = await openInfluxReader(address);
  await expect(writer.write([batch([good(tag("a"), 1, 1)])])).rejects.toThrow(/STORE_UNAVAILABLE: InfluxDB at http/);
  await expect(reader.count(tag("a"), instant(0), instant(9))).rejects.toThrow("STORE_UNAVAILABLE");
});
