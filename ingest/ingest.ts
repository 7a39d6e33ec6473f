import { type Clock, ticks } from "#shared/kit/clock.ts";
import { aborted } from "#shared/kit/process.ts";
import { messageOf } from "#shared/model/errors.ts";
import { type DurationMs, millis, seconds } from "#shared/model/time.ts";
import type { PlatformScoring } from "#shared/plant/assessmentProfile.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { BrokerAddress } from "#shared/wire/brokerAddress.ts";
import { createConnectionWatch } from "./alarms/connections.ts";
import { alarmHandlers } from "./alarms/handlers.ts";
import { createAssessmentRound } from "./assessment/assessmentRound.ts";
import { assessmentHandlers } from "./assessment/handlers.ts";
import { createBrokerLink } from "./brokerLink.ts";
import { createCommandDesk } from "./commands.ts";
import { type Core, type IngestEnv, openCore, type SampleStore } from "./core.ts";
import { declaredHandlers } from "./declared/handlers.ts";
import { type HealthFacts, healthMessage } from "./health.ts";
import { createGapWatch } from "./host/gapWatch.ts";
import { correctionHandlers } from "./indicators/corrections.ts";
import { createFigureRound, type FigureRound } from "./indicators/figureRound.ts";
import { createIndicatorRound, type IndicatorRound } from "./indicators/round.ts";
import { notificationHandlers } from "./notify/handlers.ts";
import { runHandlers } from "./runs/handlers.ts";
import { createSystemWatch, measureEvery, type SystemSenses, type SystemWatch } from "./system/systemWatch.ts";
import { bookingHandlers } from "./tenancy/bookingHandlers.ts";
import { registerHandlers } from "./tenancy/registerHandlers.ts";

export interface IngestOptions {
  readonly plant: Plant;
  /** Data folder. */
  readonly data: string;
  readonly store: SampleStore;
  /** The platform's own part of scoring an assessment, where it has one. */
  readonly scoring?: PlatformScoring | null;
  /** How ingest itself reaches the broker, embedded or not; where there are several, it is at all of them at once. */
  readonly broker: BrokerAddress;
  /** A number that stays missing for this long makes ingest ask for a rebirth; 2 s unless said otherwise. */
  readonly reorderTimeout?: DurationMs;
  /** Where given, the parts of Pilotline are watched too, and their silence is an alarm. */
  readonly senses?: SystemSenses;
}

/** How often each part has its turn. */
const rounds = {
  /** Acknowledgements and rebirth requests. */
  host: millis(100),
  live: millis(50),
  alarms: millis(25),
  alarmTimers: millis(100),
  lateAlarms: seconds(5),
  staleness: seconds(1),
  runs: seconds(1),
  usage: seconds(20),
  gaps: seconds(1),
  health: millis(900),
  indicators: seconds(3),
  assessments: seconds(20),
  figures: seconds(20),
} as const satisfies Record<string, DurationMs>;

/** Live values go out at most 4 times a second per equipment (D6). */
const liveRest = millis(250);

async function every(
  clock: Clock,
  period: DurationMs,
  signal: AbortSignal,
  body: () => void | Promise<void>,
): Promise<void> {
  for await (const _ of ticks(clock, period, signal)) await body();
}

/**
 * Runs ingest until `signal` aborts: samples to alarms, live values, store and indicators, acknowledgements back.
 * `onReady` is called whenever a session with the broker serves. Stopping says offline, takes what waits to the store,
 * acknowledges it, and closes.
 */
export async function runIngest(
  options: IngestOptions,
  env: IngestEnv,
  signal: AbortSignal,
  onReady: () => void,
): Promise<void> {
  const { plant, data, store } = options;
  const { clock, log } = env;
  await using core = await openCore(
    { plant, data, store, scoring: options.scoring ?? null, isWatched: options.senses !== undefined },
    env,
    signal,
  );
  const { publisher, host, live, alarms, committer, deadLetters } = core;
  const desk = createCommandDesk(plant.platform.id, {
    ...alarmHandlers(alarms),
    ...runHandlers({ plant, records: core.records, clock }),
    ...bookingHandlers({ plant, records: core.records, clock }),
    ...registerHandlers({ plant, records: core.records, clock }),
    ...correctionHandlers(plant, core.records, clock),
    ...declaredHandlers({ plant, records: core.records, clock }),
    ...assessmentHandlers(core.assessments),
    deadLetter: (command) => core.postmaster.carryOut(command),
    ...notificationHandlers(core.notifier, clock),
  });
  const figureRound = createFigureRound({ plant, figures: core.figures, publisher, clock, log });
  const round = createIndicatorRound({ ...core, plant, clock, log });
  const assess = createAssessmentRound({
    registrar: core.assessments,
    records: core.records,
    timeZone: plant.platform.timeZone,
    clock,
    log,
  });
  const facts = (): HealthFacts => ({
    newest: live.newestPerLine(),
    waitingBatches: core.intake.waitingBatches,
    storeOutageSince: committer.outageSince(),
    storeOutageCause: committer.outageCause(),
    unsavedAlarmEvents: alarms.unsavedEvents,
    indicatorsFailed: round.hasFailed() || figureRound.hasFailed(),
    damages: core.damages.list(),
    brokersAway: links.length > 1 ? links.flatMap(({ name, isServing }) => (isServing ? [] : [name])) : [],
    notification: core.notifier?.facts() ?? null,
  });
  const watch = options.senses && createSystemWatch({ plant, senses: options.senses, alarms, facts, clock });
  const watchGaps = createGapWatch({
    plant,
    host,
    live,
    gaps: core.gaps,
    isStoreAway: () => committer.outageSince() !== null,
  });
  const connections = createConnectionWatch({ platform: plant.platform.id, host, alarms });
  const followAlarms = () => {
    connections.look(clock.now());
    alarms.tick();
  };
  const followGaps = () => {
    watchGaps.look(clock.now());
    core.gaps.flush();
  };
  const sendDue = () => {
    deadLetters.flush();
    host.tick((topic, payload) => publisher.send(topic, payload), options.reorderTimeout);
  };
  /** Ends when ingest is asked to stop, or when a part of it fails. */
  const stopping = new AbortController();
  /** Ends sessions and rounds, after what waited has been stored. */
  const closing = new AbortController();
  signal.addEventListener("abort", () => stopping.abort(), { once: true });
  if (signal.aborted) stopping.abort();

  let serving = 0;
  const onServing = () => {
    serving += 1;
    watchGaps.listen(clock.now());
    watch?.listen(true);
    connections.listen(clock.now());
    live.markAll();
    alarms.announce();
    announceAssessments(core, log);
    onReady();
  };
  const onLost = () => {
    serving -= 1;
    if (serving > 0) return;
    watchGaps.listen(null);
    watch?.listen(false);
    connections.listen(null);
  };
  const { otherUrls = [], ...first } = options.broker;
  const parts = { ...core, platform: plant.platform.id, desk, watch, onServing, onLost, stopping: stopping.signal };
  const links = [first.url, ...otherUrls].map((url) => createBrokerLink({ ...first, url }, parts, env));

  const working = Promise.all([
    ...links.map((link) => link.keep(closing.signal)),
    runRounds(
      core,
      { round, figureRound, facts, watch, assess, sendDue, followAlarms, followGaps },
      env,
      closing.signal,
    ),
    core.checkGaps(closing.signal),
    core.notifier?.run(closing.signal),
  ]);
  working.catch(() => stopping.abort());
  const commits = committer.run(stopping.signal);
  await aborted(stopping.signal);
  await Promise.all(links.map((link) => link.stop()));
  await commits;
  sendDue();
  closing.abort();
  await working.finally(() => {
    core.gaps.flush();
    deadLetters.flush();
  });
}

/** A broker may have forgotten what it retained. A damaged assessment is withheld, and stops nothing else. */
function announceAssessments({ assessments, publisher }: Core, log: IngestEnv["log"]): void {
  try {
    for (const official of assessments.officials()) publisher.assessment(official);
  } catch (error) {
    log.error({ error: messageOf(error) }, "Assessments are withheld");
  }
}

interface Rounds {
  readonly figureRound: FigureRound;
  readonly round: IndicatorRound;
  readonly facts: () => HealthFacts;
  readonly watch: SystemWatch | undefined;
  readonly assess: () => Promise<void>;
  readonly sendDue: () => void;
  readonly followAlarms: () => void;
  readonly followGaps: () => void;
}

async function runRounds(
  core: Core,
  { round, figureRound, facts, watch, assess, sendDue, followAlarms, followGaps }: Rounds,
  env: IngestEnv,
  signal: AbortSignal,
): Promise<void> {
  const { live, alarms, publisher } = core;
  const { clock } = env;
  const publishLive = () => {
    if (!publisher.isReady) return;
    for (const equipment of live.takeChanged(clock.monotonic(), liveRest)) publisher.live(equipment, clock.now());
  };
  await Promise.all([
    every(clock, rounds.host, signal, sendDue),
    every(clock, rounds.live, signal, publishLive),
    every(clock, rounds.alarms, signal, () => alarms.round()),
    every(clock, rounds.alarmTimers, signal, followAlarms),
    every(clock, rounds.lateAlarms, signal, core.reviewLateAlarms),
    every(clock, rounds.staleness, signal, () => live.age(clock.now())),
    every(clock, rounds.gaps, signal, followGaps),
    every(clock, rounds.runs, signal, () => core.runs.catchUp()),
    every(clock, rounds.usage, signal, () => core.usage.follow()),
    every(clock, rounds.indicators, signal, round.publish),
    every(clock, rounds.figures, signal, figureRound.publish),
    every(clock, rounds.health, signal, () => publisher.health(healthMessage(facts(), clock.now()))),
    every(clock, measureEvery, signal, () => watch?.measure()),
    every(clock, rounds.assessments, signal, assess),
  ]);
}
