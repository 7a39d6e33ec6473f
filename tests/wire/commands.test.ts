import { describe, expect, test } from "vitest";
import { systemClock } from "#shared/kit/clock.ts";
import { instant, millis } from "#shared/model/time.ts";
import { type Command, parseCommand } from "#shared/wire/command/registry.ts";
import {
  type CommandReply,
  commandFilter,
  commandTopic,
  createReplyBox,
  parseReply,
  replyFilter,
  replyTopic,
  sendCommand,
} from "#shared/wire/commands.ts";
import { openSession, type Session } from "#shared/wire/session.ts";
import { startAedes, startRelay } from "./brokers.ts";

const never = new AbortController().signal;
const command: Command = {
  v: 1,
  id: "c-1",
  at: instant(1_790_000_000_000),
  user: "王工",
  requester: "dashboard",
  kind: "acknowledge",
  alarm: "demo/l1/r101-high",
  comment: null,
};

/** Ingest and dashboard at one broker; `answer` is what ingest replies to a command, undefined for nothing. */
async function twoSides(answer: (asked: Command) => string | undefined) {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startAedes());
  const relay = stack.use(await startRelay(broker.port));
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const seen: Command[] = [];
  const ingest: Session = stack.use(
    await openSession(
      {
        url,
        clientId: "ingest",
        onMessage: (_, payload) => {
          const asked = parseCommand(payload);
          seen.push(asked);
          const reply = answer(asked);
          if (reply !== undefined) ingest.publish(replyTopic("demo", asked.requester, asked.id), reply, { qos: 1 });
        },
      },
      never,
    ),
  );
  await ingest.subscribe([{ filter: commandFilter("demo"), qos: 1 }]);
  const replies = createReplyBox("demo", "dashboard");
  const session = stack.use(
    await openSession({ url: relay.url, clientId: "dashboard", onMessage: replies.receive }, never),
  );
  await session.subscribe([{ filter: replies.filter, qos: 1 }]);
  const held = stack.move();
  return {
    seen,
    relay,
    path: { session, platform: "demo", replies, clock: systemClock },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

describe("a command", () => {
  test.each<CommandReply>([
    { v: 1, id: "c-1", outcome: "done" },
    { v: 1, id: "c-1", outcome: "refused", code: "CONFLICT", detail: "It was acknowledged before." },
  ])("reaches ingest and brings its outcome back: $outcome", async (reply) => {
    await using sides = await twoSides(() => JSON.stringify(reply));
    expect(await sendCommand(command, sides.path)).toEqual(reply);
    expect(sides.seen).toEqual([command]);
  });

  test("without a reply ends with TIMEOUT", async () => {
    await using sides = await twoSides(() => undefined);
    await expect(sendCommand(command, { ...sides.path, timeout: millis(20) })).rejects.toMatchObject({
      code: "TIMEOUT",
    });
  });

  test("does not take the reply to another", async () => {
    await using sides = await twoSides((asked) =>
      JSON.stringify({ v: 1, id: asked.id, outcome: "done", detail: asked.id }),
    );
    const ids = Array.from({ length: 20 }, (_, i) => `c-${i}`);
    const outcomes = await Promise.all(ids.map((id) => sendCommand({ ...command, id }, sides.path)));
    expect(outcomes.map(({ detail }) => detail)).toEqual(ids);
  });

  test("with a reply that cannot be read ends with MALFORMED", async () => {
    await using sides = await twoSides(() => '{"v":1,"id":"c-1","outcome":"perhaps"}');
    await expect(sendCommand(command, sides.path)).rejects.toMatchObject({ code: "MALFORMED" });
  });

  test("ends with NOT_CONNECTED when the session is lost", async () => {
    await using sides = await twoSides(() => undefined);
    sides.relay.cut();
    await expect(sendCommand(command, sides.path)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });
});

describe("shapes", () => {
  const malformed = expect.objectContaining({ code: "MALFORMED" });

  test.each([
    { v: 2 },
    { kind: "delete" },
    { id: "a/b" },
    { id: "" },
    { requester: "#" },
    { user: "" },
    { alarm: 5 },
    { at: "now" },
    { comment: undefined },
  ])("a command with %o is refused", (change) => {
    expect(() => parseCommand(JSON.stringify({ ...command, ...change }))).toThrow(malformed);
  });

  test.each([{ v: 0 }, { outcome: "perhaps" }, { code: "E17" }, { id: 1 }])("a reply with %o is refused", (change) => {
    expect(() => parseReply(JSON.stringify({ v: 1, id: "c", outcome: "done", ...change }))).toThrow(malformed);
  });

  test("topics", () => {
    expect(commandTopic("demo", "acknowledge")).toBe("pilotline/v1/demo/command/acknowledge");
    expect(replyTopic("demo", "dashboard", "c-1")).toBe("pilotline/v1/demo/reply/dashboard/c-1");
    expect(replyFilter("demo", "dashboard")).toBe("pilotline/v1/demo/reply/dashboard/#");
  });

  test("messages that are no reply to this requester are left to others", () => {
    const box = createReplyBox("demo", "dashboard");
    const payload = new Uint8Array();
    expect(box.receive("pilotline/v1/demo/reply/dashboard/late", payload)).toBe(true);
    expect(box.receive("pilotline/v1/demo/reply/other/c-1", payload)).toBe(false);
    expect(box.receive("pilotline/v1/demo/alarm/event", payload)).toBe(false);
  });
});
