import { type Message, OPCUAServer, type ServerSecureChannelLayer, ServiceFault, StatusCodes } from "node-opcua";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../fakes/folder.ts";
import { node, subscribe } from "./opcuaBench.ts";
import { double, startOpcuaServer, startProxy } from "./opcuaServer.ts";

/** The server's handler of CreateSubscription; not in the public type. */
interface Handlers {
  _on_CreateSubscriptionRequest(message: Message, channel: ServerSecureChannelLayer): void;
}

describe("recovery of an OPC UA connection", () => {
  test("a server without subscriptions is polled, and that is said as a standing warning", async () => {
    const handlers = OPCUAServer.prototype as unknown as Handlers;
    const usual = handlers._on_CreateSubscriptionRequest;
    handlers._on_CreateSubscriptionRequest = (message, channel) => {
      const fault = new ServiceFault({ responseHeader: { serviceResult: StatusCodes.BadServiceUnsupported } });
      channel.send_response("MSG", fault, message);
    };
    try {
      await using folder = await temporaryFolder();
      await using server = await startOpcuaServer(folder.path, { nodes: { x: double(1) } });
      await using run = await subscribe(folder.path, server.port, [node("x"), node("missing")], { samplingMs: 50 });
      await run.until(() => (run.readings[0]?.length ?? 0) > 1);
      server.set("x", double(2));
      await run.until(() => run.readings[0]?.some(({ value }) => value === 2) ?? false);
      expect(run.readings[1]?.[0]).toMatchObject({ reason: "ADDRESS_UNKNOWN" });
      expect(run.driver.diagnosis().warnings.join()).toMatch(/has no subscriptions/);
    } finally {
      handlers._on_CreateSubscriptionRequest = usual;
    }
  }, 60_000);

  test("after ten repaired breaks everything is built anew, before publish requests pile up", async () => {
    await using folder = await temporaryFolder();
    await using server = await startOpcuaServer(folder.path, { nodes: { x: double(0) } });
    await using proxy = await startProxy(server.port);
    await using run = await subscribe(folder.path, proxy.port, [node("x")]);
    await run.until(() => (run.readings[0]?.length ?? 0) > 0);
    let value = 0;
    let hasEnded = false;
    void run.ended.then(() => {
      hasEnded = true;
    });
    // A value may come before a break counts as repaired, and the next cut undoes that repair: more cuts than repairs.
    for (let breaks = 0; breaks < 80 && !hasEnded; breaks++) {
      proxy.cut();
      value += 1;
      server.set("x", double(value));
      const wanted = value;
      const came = run.until(() => run.readings[0]?.some((reading) => reading.value === wanted) ?? false);
      await Promise.race([came, run.ended]);
    }
    expect(value).toBeLessThan(80);
    expect(await run.ended).toMatchObject({ code: "NOT_CONNECTED", detail: expect.stringMatching(/built anew/) });
    expect(run.readings[0]?.map((reading) => reading.value)).toEqual(
      expect.arrayContaining(Array.from({ length: 9 }, (_, i) => i + 1)),
    );
    expect(run.driver.diagnosis().counters["repaired breaks"]).toBeGreaterThanOrEqual(10);
  }, 120_000);
});
