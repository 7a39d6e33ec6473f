import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { seconds } from "#shared/model/time.ts";
import type { ChannelConfigs } from "#shared/plant/notification/channelSchemas.ts";
import { ManualClock } from "../fakes/clock.ts";
import { at, messageOf, open, outcomeOf } from "./channelRig.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
beforeEach(() => receiver.answer({}));
afterAll(() => receiver[Symbol.asyncDispose]());

const config = (more: Partial<ChannelConfigs["webhook"]> = {}): ChannelConfigs["webhook"] => ({
  id: "mes",
  kind: "webhook",
  url: `${receiver.url}/alarms`,
  contentType: "application/json",
  ...more,
});
const newest = () => receiver.received[receiver.received.length - 1];

test("without a template all of it is there as JSON, under a stable id", async () => {
  expect(await outcomeOf(await open(config()), messageOf("bay-3"))).toBe("taken");
  expect(newest()?.headers["idempotency-key"]).toBe("0b6f3a52");
  expect(JSON.parse(newest()?.body ?? "")).toMatchObject({
    v: 1,
    id: "0b6f3a52",
    kind: "alarm",
    to: "wang",
    address: "bay-3",
    priority: "critical",
    count: 1,
    returned: 0,
    link: "https://pilot.example.cn/alarms",
    alarms: [{ alarm: "demo/chem/反应釜超温", value: 85.5, limit: 80, state: "UNACK", isEscalated: false }],
  });
});

test("the signature covers time and body", async () => {
  await outcomeOf(await open(config({ secret: { env: "KEY" } }), { KEY: "shared" }), messageOf(undefined));
  const [, t = "", v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(newest()?.headers["pilotline-signature"])) ?? [];
  expect(v1).toBe(createHmac("sha256", "shared").update(`${t}.${newest()?.body}`).digest("hex"));
  expect(Math.abs(Number(t) * 1_000 - Date.now())).toBeLessThan(60_000);
});

test("a template's words are escaped as its content type asks", async () => {
  const said = { title: 'line "1"\nhot', text: "a\tb" };
  const json = config({ template: '{"t": "{{title}}", "x": "{{ text }}", "n": {{count}}, "p": "{{priority}}"}' });
  await outcomeOf(await open(json), messageOf(undefined, said));
  expect(JSON.parse(newest()?.body ?? "")).toEqual({ t: said.title, x: said.text, n: 1, p: "critical" });
  const plain = config({ template: "{{at}} {{title}}", contentType: "text/plain" });
  await outcomeOf(await open(plain), messageOf(undefined, said));
  expect(newest()?.body).toBe(`${new Date(at).toISOString()} ${said.title}`);
  expect(newest()?.headers["content-type"]).toBe("text/plain");
});

test.each([
  [204, "taken"],
  [400, "MALFORMED"],
  [401, "FORBIDDEN"],
  [404, "FORBIDDEN"],
  [408, "NOT_CONNECTED"],
  [429, "BUSY"],
  [500, "NOT_CONNECTED"],
  [503, "BUSY"],
])("status %i means %s", async (status, outcome) => {
  receiver.answer({ status, body: status === 204 ? "" : "why" });
  expect(await outcomeOf(await open(config()), messageOf(undefined))).toBe(outcome);
});

test("Retry-After is heard, in seconds and as a date", async () => {
  const clock = new ManualClock(at);
  const channel = await open(config(), {}, { clock });
  const waitOf = async (header: string) => {
    receiver.answer({ status: 429, headers: { "retry-after": header } });
    const error = await channel.send(messageOf(undefined), new AbortController().signal).catch((thrown) => thrown);
    return error.retryAfter;
  };
  expect(await waitOf("7")).toBe(7_000);
  expect(await waitOf(new Date(at + 90_000).toUTCString())).toBe(90_000);
  expect(await waitOf("soon")).toBeUndefined();
});

test("a redirect is not followed", async () => {
  receiver.answer({ status: 302, headers: { location: `${receiver.url}/elsewhere` } });
  expect(await outcomeOf(await open(config()), messageOf(undefined))).toBe("FORBIDDEN");
  expect(receiver.received.map(({ path }) => path)).not.toContain("/elsewhere");
});

test("a server that hangs is given up after ten seconds, and a stop does not wait for it", async () => {
  receiver.answer("hang");
  const clock = new ManualClock(at);
  const channel = await open(config(), {}, { clock });
  const before = receiver.received.length;
  const outcome = outcomeOf(channel, messageOf(undefined));
  await receiver.nth(before + 1);
  await clock.advance(seconds(10));
  expect(await outcome).toBe("TIMEOUT");
  const stop = new AbortController();
  const stopped = channel.send(messageOf(undefined), stop.signal).catch((thrown) => thrown.code);
  await receiver.nth(before + 2);
  stop.abort();
  expect(await stopped).toBe("NOT_CONNECTED");
});
