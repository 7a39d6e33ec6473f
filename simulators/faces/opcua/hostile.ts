import { getStatusCodeFromCode } from "node-opcua";
import { ticks } from "#shared/kit/clock.ts";
import { messageOf } from "#shared/model/errors.ts";
import { type DurationMs, type EpochMs, instant, millis, seconds } from "#shared/model/time.ts";
import { refusals, services, valueStatuses } from "../../faults/opcuaFaults.ts";
import type { Player } from "../../faults/player.ts";
import type { Occurrence } from "../../faults/timeline.ts";
import { good, nodeName, type Reading, type Signal } from "../../signal.ts";
import { type Acting, createActingFaults, type OpcuaFaultOf } from "./acting.ts";
import { type Layout, setNode, usualLayout } from "./nodes.ts";
import { endpointOf, type OpcuaFace } from "./server.ts";
import { createShim } from "./shim.ts";
import { type OpcuaEnv, type OpcuaOptions, type RunningServer, startServer } from "./stack.ts";
import { noSubscribers } from "./subscribers.ts";

/** Whether a pattern of a scenario, which may end in `*`, means a node. */
const isMeant = (pattern: string | undefined, name: string): boolean =>
  pattern === undefined || (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern);

const floodBeat = millis(10);

interface Shown {
  readonly readings: readonly (Reading | undefined)[];
  readonly at: EpochMs;
  /** When that was, by the monotonic clock. */
  readonly since: DurationMs;
}

/**
 * A face as `serveOpcua` makes it, behind a man in the middle, with what its scenario does to both. A restart lasts
 * longer than its step by the time that a server takes to start.
 */
export async function serveHostileOpcua(
  options: OpcuaOptions,
  signals: readonly Signal[],
  env: OpcuaEnv,
  player: Player,
): Promise<OpcuaFace> {
  const { clock, log } = env;
  const { host } = options;
  const names = signals.map(nodeName);
  const acting = createActingFaults(player);
  const over = new AbortController();
  let layout: Layout = usualLayout;
  let server: RunningServer | undefined;
  let shown: Shown | undefined;

  const timeOff = () => seconds(acting.of("opcua.clock").reduce((sum, { offsetS }) => sum + offsetS, 0));
  const show = (readings: readonly (Reading | undefined)[], at: EpochMs) => {
    const still = [...acting.of("opcua.frozen"), ...acting.of("opcua.flood")];
    const statuses = acting.of("opcua.status");
    const time = new Date(at + timeOff());
    for (const node of server?.nodes ?? []) {
      const reading = readings[node.index];
      const name = names[node.index] ?? "";
      if (!reading || still.some(({ tag }) => isMeant(tag, name))) continue;
      const status = statuses.findLast(({ tag }) => isMeant(tag, name));
      setNode(node, reading, time, status && getStatusCodeFromCode(valueStatuses[status.status]));
    }
  };
  const shim = createShim(
    host,
    options.port,
    {
      isSilent: () => acting.of("opcua.silent").length > 0,
      isMute: () => acting.of("opcua.mute").length > 0,
      refusal: (type) => {
        const refusal = acting.refusal(({ service }) => services[service] === type);
        if (refusal) log.debug({ service: refusal.service, status: refusal.status }, "A request is refused");
        return refusal && refusals[refusal.status];
      },
    },
    clock,
  );
  const start = async () => {
    server = await startServer({ ...options, port: 0 }, signals, layout, env, timeOff);
    // A new server has what is measured now.
    if (shown) show(shown.readings, instant(Math.floor(shown.at + clock.monotonic() - shown.since)));
    await shim.open(server.port);
  };
  const stop = async () => {
    const stopping = server;
    server = undefined;
    await shim.close();
    await stopping?.[Symbol.asyncDispose]();
  };
  const begin = async ({ fault, signal }: Acting) => {
    switch (fault.fault) {
      case "opcua.restart":
        layout = {
          suffix: fault.nodes === "renamed" ? "-2" : layout.suffix,
          isShifted: fault.namespaces === "shifted" || layout.isShifted,
        };
        return stop();
      case "opcua.cut":
        return shim.cut();
      case "opcua.kill":
        return kill(server, fault.what);
      case "opcua.flood":
        void flood(fault, AbortSignal.any([signal, over.signal]));
    }
  };
  const flood = async ({ tag, perSecond }: OpcuaFaultOf<"opcua.flood">, signal: AbortSignal) => {
    let last = clock.monotonic();
    let value = 0;
    for await (const now of ticks(clock, floodBeat, signal)) {
      const node = server?.nodes.find(({ index }) => names[index] === tag);
      const due = Math.round(((clock.monotonic() - last) / 1_000) * perSecond);
      last = clock.monotonic();
      for (let i = 0; node && i < Math.min(due, perSecond); i++) setNode(node, good(++value), new Date(now));
    }
  };

  const look = async (active: readonly Occurrence[]) => {
    const { begun, ended } = acting.turn(active);
    for (const { fault } of ended) log.info({ fault }, "A fault ends");
    for (const one of begun) {
      log.info({ fault: one.fault }, "A fault begins");
      await begin(one);
    }
    const isUp = acting.of("opcua.restart").length === 0;
    if (isUp && !server) await start();
  };

  await start();
  const following = player.follow(look, over.signal).catch((error: unknown) => {
    log.error({ error: messageOf(error) }, "The OPC UA face cannot follow its scenario");
  });
  return {
    endpoint: endpointOf(host, shim.port),
    subscribers: {
      items: () => (server?.subscribers ?? noSubscribers).items(),
      room: () => (server?.subscribers ?? noSubscribers).room(),
      waiting: () => (server?.subscribers ?? noSubscribers).waiting(),
      samplingMs: () => (server?.subscribers ?? noSubscribers).samplingMs(),
    },
    show: (readings, at) => {
      const before = shown?.readings;
      shown = { readings: readings.map((one, i) => one ?? before?.[i]), at, since: clock.monotonic() };
      show(readings, at);
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await following;
      await stop();
    },
  };
}

function kill(server: RunningServer | undefined, what: "sessions" | "subscriptions"): void {
  for (const session of [...(server?.sessions ?? [])]) {
    if (what === "sessions") server?.terminate(session);
    else for (const { id } of [...session.publishEngine.subscriptions]) session.deleteSubscription(id);
  }
}
