// Ingest and gateway as their processes run them, on clocks that the test moves.
import { join } from "node:path";
import type { Log } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { aborted } from "#shared/kit/process.ts";
import { hours } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { openEmbeddedReader, openEmbeddedWriter } from "#shared/store/embedded/open.ts";
import type { Credential } from "#shared/wire/credential.ts";
import { hostIdOf } from "#shared/wire/topics.ts";
import { heldForDefault } from "../../gateway/edgeNode/hostOptions.ts";
import { buildGateway, type RunningGateway } from "../../gateway/gateway.ts";
import { historyFile } from "../../ingest/core.ts";
import { runIngest } from "../../ingest/ingest.ts";
import { secretsOf } from "../../ingest/notify/secrets.ts";
import { seeded } from "../../simulators/physics/random.ts";
import type { HandClock } from "../fakes/handClock.ts";

export interface PartOptions {
  readonly plant: Plant;
  readonly data: string;
  readonly url: string;
  readonly credential: Credential;
  readonly clock: HandClock;
  readonly log: Log;
}

/** A part that runs; `ended` settles when it does, and rejects as it does. */
export interface Part {
  readonly ended: Promise<void>;
  /** A clean stop, which takes intervals of the clock. */
  stop(): Promise<void>;
}

/** `ready` resolves when ingest serves. */
export function startIngest(options: PartOptions): Part & { readonly ready: Promise<void> } {
  const { plant, data, url, credential, clock, log } = options;
  const stopping = new AbortController();
  const ready = Promise.withResolvers<void>();
  const file = { file: historyFile(data), clock, log };
  const store = { openWriter: () => openEmbeddedWriter(file), openReader: () => openEmbeddedReader(file) };
  const outside = { fetch, ...secretsOf({}, data) };
  const env = { clock, random: seeded(1), log, metrics: createMetrics(), outside };
  const ended = runIngest({ plant, data, store, broker: { url, ...credential } }, env, stopping.signal, ready.resolve);
  ended.catch(ready.reject);
  const stop = () => {
    stopping.abort();
    return ended;
  };
  return { ended, stop, ready: ready.promise };
}

/** `running` resolves when the gateway accepts data. */
export function startGateway(id: string, options: PartOptions): Part & { readonly running: Promise<RunningGateway> } {
  const { plant, data, url, credential, clock, log } = options;
  const stopping = new AbortController();
  const running = Promise.withResolvers<RunningGateway>();
  const gateway = buildGateway({
    plant,
    id,
    broker: { url, ...credential },
    host: { id: hostIdOf(plant.platform.id), delivery: "acked", heldFor: heldForDefault },
    folder: join(data, "gateway", id),
    outbox: { quotaBytes: 1 << 30, maxAge: hours(90 * 24), keepFor: hours(1) },
    backfillPerSecond: 1_000_000,
    clock,
    random: seeded(2),
    log,
    metrics: createMetrics(),
  });
  const ended = gateway.run(stopping.signal, async (now, over) => {
    running.resolve(now);
    await aborted(over);
  });
  ended.catch(running.reject);
  const stop = () => {
    stopping.abort();
    return ended;
  };
  return { ended, stop, running: running.promise };
}
