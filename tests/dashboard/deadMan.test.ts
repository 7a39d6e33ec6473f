import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { silentLog } from "#shared/kit/log.ts";
import { instant, seconds } from "#shared/model/time.ts";
import { pingEvery, runDeadMan } from "../../dashboard/server/deadMan.ts";
import { ManualClock } from "../fakes/clock.ts";

/** A watch elsewhere that notes when it is told that all is well. */
async function startReceiver(status: () => number) {
  const told: string[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    told.push(request.url ?? "");
    response.writeHead(status()).end();
    waiting.shift()?.();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/s3cret`,
    told,
    next: () => new Promise<void>((resolve) => waiting.push(resolve)),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

test("a watch elsewhere is told every 30 s, not while ingest is silent, and at once when it is back", async () => {
  await using receiver = await startReceiver(() => 200);
  const clock = new ManualClock(instant(0));
  const stop = new AbortController();
  let isWell = true;
  const answered: (() => void)[] = [];
  /** Resolves when the pinger has an answer in hand. */
  const ping = async (...asked: Parameters<typeof fetch>) => {
    const response = await fetch(...asked);
    setImmediate(() => answered.shift()?.());
    return response;
  };
  const options = { url: receiver.url, isWell: () => isWell, clock, log: silentLog, fetch: ping };
  const running = runDeadMan(options, stop.signal);
  const told = () => new Promise<void>((resolve) => answered.push(resolve));
  const first = told();
  await clock.advance(seconds(1));
  await first;
  expect(receiver.told).toEqual(["/ping/s3cret"]);
  isWell = false;
  await clock.advance(seconds(120));
  expect(receiver.told.length).toBe(1);
  isWell = true;
  const second = told();
  await clock.advance(seconds(1));
  await second;
  await clock.advance(seconds(25));
  expect(receiver.told.length).toBe(2);
  const third = told();
  await clock.advance(pingEvery);
  await third;
  expect(receiver.told.length).toBe(3);
  stop.abort();
  await running;
});

test("a watch that cannot be reached is said once in the log, without its address, and tried again", async () => {
  let status = 500;
  await using receiver = await startReceiver(() => status);
  const clock = new ManualClock(instant(0));
  const stop = new AbortController();
  const lines: string[] = [];
  const note =
    (level: string) =>
    (...words: unknown[]) =>
      void lines.push(`${level} ${JSON.stringify(words)}`);
  const log = { ...silentLog, error: note("error"), info: note("info") };
  const running = runDeadMan({ url: receiver.url, isWell: () => true, clock, log, fetch }, stop.signal);
  const said = async (count: number) => {
    while (lines.length < count) await clock.step();
  };
  await said(1);
  status = 200;
  await said(2);
  stop.abort();
  await running;
  expect(lines[0]).toContain("error");
  expect(lines[0]).toContain("500");
  expect(lines[1]).toContain("answers again");
  expect(lines.join()).not.toContain("s3cret");
});
