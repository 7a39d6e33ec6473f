import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { backoff } from "#shared/kit/backoff.ts";
import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { hours, instant } from "#shared/model/time.ts";
import type { PlatformScoring } from "#shared/plant/assessmentProfile.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantAlarms, plantTags } from "#shared/plant/select.ts";
import { systemAlarms } from "#shared/plant/systemLine.ts";
import { openFactFile } from "#shared/store/facts/factFile.ts";
import { lockIngestFolder } from "#shared/store/maintenance/files.ts";
import type { SampleReader, SampleWriter } from "#shared/store/port.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import type { BatchAck } from "#shared/wire/delivery.ts";
import { createAlarmEngine } from "./alarms/engine.ts";
import type { AlarmEngine, AlarmSink } from "./alarms/enginePort.ts";
import { createRegistrar, type Registrar } from "./assessment/registrar.ts";
import { ensureSigningKey } from "./assessment/signingKeyFile.ts";
import { createDamages, type Damages } from "./damages.ts";
import { createAcceptedTally } from "./host/acceptedTally.ts";
import { type Committer, createCommitter } from "./host/committer.ts";
import { createDeadLetters, type DeadLetters, sampleLetter } from "./host/deadLetters.ts";
import { checkGaps } from "./host/gapCheck.ts";
import { GapLedger } from "./host/gapLedger.ts";
import { Host } from "./host/host.ts";
import { Intake } from "./host/intake.ts";
import { createPostmaster, type Postmaster } from "./host/postmaster.ts";
import { createFigures, type FigureEngine } from "./indicators/computeFigures.ts";
import { LiveValues } from "./live/liveValues.ts";
import { restoreLiveValues } from "./live/restore.ts";
import type { ChannelEnv } from "./notify/channel.ts";
import { createNotifier, type Notifier } from "./notify/notifier.ts";
import { Publisher } from "./publisher.ts";
import { createRunWatch, type RunWatch } from "./runs/watch.ts";
import { createUsageRound, type UsageRound } from "./usage/usageRound.ts";

export interface IngestEnv {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** What notification reaches beyond the broker. */
  readonly outside: Pick<ChannelEnv, "fetch" | "secret" | "readFile">;
}

/** Opens the sample store: the writer, and a reader beside it. */
export interface SampleStore {
  openWriter(records: RecordsWriter, onDamage: (error: CodedError) => void): Promise<SampleWriter>;
  openReader(): Promise<SampleReader>;
}

/** Everything that ingest is made of, wired, its state restored; nothing runs yet. */
export interface Core extends AsyncDisposable {
  readonly publisher: Publisher;
  readonly records: RecordsWriter;
  readonly intake: Intake;
  readonly live: LiveValues;
  readonly gaps: GapLedger;
  readonly alarms: AlarmEngine;
  /** Null where plant.yaml says nothing of notification. */
  readonly notifier: Notifier | null;
  readonly figures: FigureEngine;
  readonly runs: RunWatch;
  readonly assessments: Registrar;
  readonly usage: UsageRound;
  readonly deadLetters: DeadLetters;
  readonly postmaster: Postmaster;
  readonly host: Host;
  readonly committer: Committer;
  readonly damages: Damages;
  /** Puts alarms of late data into the journal, where everything that has come is stored. */
  reviewLateAlarms(): Promise<void>;
  /** Compares the ledger with the store, beside the work. */
  checkGaps(signal: AbortSignal): Promise<void>;
}

/** Records of one data folder. */
export const recordsFile = (data: string): string => join(data, "ingest", "records.db");
/** Facts that figures are made of; can be made anew. */
export const factsFile = (data: string): string => join(data, "ingest", "facts.db");
/** Embedded history of one data folder. */
export const historyFile = (data: string): string => join(data, "ingest", "history.db");

/** About 20 MB per edge node; a gateway's window is a tenth of it. */
const maxSamplesPerNode = 250_000;
/** Gaps that ended longer ago are not expected to be filled any more, and counts of then are forgotten. */
const lateDataAge = hours(24 * 35);

/** Tries until the store answers, or `signal` aborts. Errors that trying cannot cure are thrown. */
async function untilItAnswers<T>(
  what: string,
  body: () => Promise<T>,
  { clock, random, log }: IngestEnv,
  signal: AbortSignal,
): Promise<T> {
  for (const wait of backoff({}, random)) {
    try {
      return await body();
    } catch (error) {
      if (signal.aborted || (error instanceof CodedError && error.verdict !== "retry")) throw error;
      log.error({ error: messageOf(error) }, `${what} does not answer; trying again`);
      await clock.sleep(wait, signal);
    }
  }
  throw new CodedError("STORE_UNAVAILABLE", `${what} does not answer.`);
}

export interface CoreOptions {
  readonly plant: Plant;
  /** Data folder. */
  readonly data: string;
  readonly store: SampleStore;
  /** The platform's own part of scoring an assessment; null where it has none. */
  readonly scoring: PlatformScoring | null;
  /** Whether Pilotline's own parts raise alarms. */
  readonly isWatched: boolean;
}

/** What samples raised is in the journal before they are in the store: a restart finds both, or evaluates them again. */
const afterAlarms = (writer: SampleWriter, alarms: Pick<AlarmEngine, "flush">): Pick<SampleWriter, "write"> => ({
  write: (batches, keepRefused) => {
    alarms.flush();
    return writer.write(batches, keepRefused);
  },
});

/** Opens store and records and brings back where ingest stood. */
export async function openCore(
  { plant, data, store, scoring, isWatched }: CoreOptions,
  env: IngestEnv,
  signal: AbortSignal,
): Promise<Core> {
  const { clock, random, log, metrics } = env;
  await using opened = new AsyncDisposableStack();
  opened.use(await untilItAnswers("The data folder", async () => lockIngestFolder(data), env, signal));
  const damages = createDamages(dirname(recordsFile(data)));
  const records = opened.use(await openRecordsWriter(recordsFile(data), { clock, log, onDamage: damages.note }));
  const openWriter = () => store.openWriter(records, damages.note);
  const writer = opened.use(await untilItAnswers("The store", openWriter, env, signal));
  const reader = opened.use(await untilItAnswers("The store", () => store.openReader(), env, signal));

  const publisher = new Publisher(plant.platform.id);
  // Before the alarms, whose restoring may raise some.
  const publish = (topic: string, payload: string) => publisher.confirmed(topic, payload);
  const channelEnv = { ...env.outside, clock, publish, platform: plant.platform.id };
  const newId = () => randomUUID();
  const notifier = createNotifier({ plant, records, env: channelEnv, clock, random, newId, log, metrics });
  const sink: AlarmSink = {
    events: (events) => {
      publisher.events(events);
      notifier?.wake();
    },
    active: (seq, listed) => publisher.active(seq, listed),
  };
  const live = new LiveValues(plant);
  const rules = [...plantAlarms(plant), ...(isWatched ? systemAlarms(plant) : [])];
  const restore = async () => {
    const stored = await writer.storedBatches();
    await restoreLiveValues(live, plant, reader, clock.now());
    const alarms = await createAlarmEngine({ plant, alarms: rules, records, reader, clock, log, sink });
    return { intake: new Intake(stored, maxSamplesPerNode), alarms };
  };
  const { intake, alarms } = await untilItAnswers("The store", restore, env, signal);

  const tags = plantTags(plant).map(({ id, info }) => ({
    tag: id,
    newest: live.newestAt(id),
    gapAfterMs: info.gapAfterMs,
  }));
  const lateFrom = instant(clock.now() - lateDataAge);
  records.forgetAccepted(lateFrom);
  records.forgetGivenUp(lateFrom);
  intake.giveUp([...records.givenUpBatches()].map(([queueId, ranges]) => ({ queueId, ranges })));
  const keepGivenUp = (batches: readonly BatchAck[]): boolean => {
    try {
      records.saveGivenUp(batches, clock.now());
      return true;
    } catch (error) {
      log.error({ error: messageOf(error) }, "What a gateway gave up cannot be written; it will say it again");
      return false;
    }
  };
  const recent = records.allGaps(lateFrom, instant(Number.MAX_SAFE_INTEGER));
  const gaps = new GapLedger(tags, recent, records, log);
  const facts = opened.use(openFactFile(factsFile(data), clock.now(), (what) => log.error({}, what)));
  const figures = createFigures({ plant, reader, records, file: facts, clock });
  opened.defer(() => figures.flush());
  const runs = createRunWatch({ plant, records, reader, clock, log });
  const assessments = createRegistrar({
    plant,
    records,
    figures,
    scoring,
    key: await ensureSigningKey(data),
    clock,
    log,
    onOfficial: (version) => publisher.assessment(version),
  });
  const usage = createUsageRound({ plant, records, reader, figures, clock, log });
  const deadLetters = createDeadLetters(records, clock, log, metrics);
  const accepted = createAcceptedTally(records, log);
  const host = new Host({ intake, alarms, runs, live, gaps, accepted, keepGivenUp, deadLetters, clock, log, metrics });
  const committer = createCommitter({
    intake,
    writer: afterAlarms(writer, alarms),
    clock,
    random,
    log,
    metrics,
    keepRefused: (refused) => {
      const now = clock.now();
      deadLetters.keep(refused.map(({ sample, why }) => sampleLetter(sample, why, now)));
      for (const { sample } of refused) gaps.refused(sample);
      gaps.flush();
    },
    onStored: (batches) => {
      host.stored(batches);
      host.acknowledge((topic, payload) => publisher.send(topic, payload));
      for (const { samples } of batches) {
        figures.stored(samples);
        runs.stored(samples);
        usage.stored(samples);
      }
    },
  });
  const postmaster = createPostmaster({ records, reader, writer, gaps, figures, clock });
  const closing = opened.move();
  const dispose = () => closing.disposeAsync();
  return {
    publisher,
    records,
    intake,
    live,
    gaps,
    alarms,
    notifier,
    figures,
    runs,
    assessments,
    usage,
    deadLetters,
    postmaster,
    host,
    committer,
    damages,
    reviewLateAlarms: async () => {
      if (intake.waitingBatches > 0 || committer.isCommitting()) return;
      try {
        await alarms.reviewLate(reader);
      } catch (error) {
        log.warn({ error: messageOf(error) }, "Late data is not yet looked at for alarms");
      }
    },
    checkGaps: (stop) => checkGaps(recent, reader, gaps, log, stop),
    [Symbol.asyncDispose]: dispose,
  };
}
