import type { Clock } from "#shared/kit/clock.ts";
import type { IndicatorResult } from "#shared/model/indicator.ts";
import type { PlantView } from "#shared/model/live.ts";
import { type DurationMs, type EpochMs, seconds } from "#shared/model/time.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import type { FiguresKind, HealthMessage } from "#shared/wire/derived.ts";
import { type AlarmBoard, createAlarmBoard } from "./alarmBoard.ts";
import { createLatest, type Latest } from "./latest.ts";
import { type View, viewsOf } from "./views.ts";

/** Ingest reports its health at least once a second; silent for longer than this, nothing counts as current. */
const healthTolerance = seconds(3);

/** What one part of the chain says of itself. */
export type PartHealth = Omit<HealthMessage, "v">;

export interface LiveListener {
  /** Alarm events have come; the board has them. */
  alarmsChanged(): void;
  /** The list has changed by something else than events. */
  alarmsReplaced(): void;
}

/** Everything that this process knows of now, kept in memory and fed by `upstream.ts`. */
export interface LiveState {
  readonly views: ReadonlyMap<string, View>;
  readonly latest: Latest;
  readonly alarms: AlarmBoard;
  setIndicators(line: string, results: readonly IndicatorResult[]): void;
  indicators(): readonly IndicatorResult[];
  /** Provisional figures of the day and the month that run; `line` null for the platform. */
  setFigures(period: FiguresKind, line: string | null, results: readonly IndicatorResult[]): void;
  figures(period: FiguresKind): readonly IndicatorResult[];
  /** Grows with every change of the indicators. */
  indicatorRevision(): number;
  /** `retained`: kept by the broker, so no evidence that the part lives now. */
  setHealth(health: PartHealth, retained: boolean): void;
  health(): readonly PartHealth[];
  newest(): Readonly<Record<string, EpochMs | null>>;
  setConnected(connected: boolean): void;
  readonly broker: { readonly connected: boolean; readonly since: EpochMs | null };
  /** True while the broker session stands and ingest gives signs of life. */
  upstream(): boolean;
  /** The same, and the alarm engine can write its journal: nothing keeps an alarm from the pages. */
  isWell(): boolean;
  /** Who is told of alarm events. */
  listen(listener: LiveListener): void;
}

export function createLiveState(plant: PlantView, records: RecordsReader, clock: Clock): LiveState {
  const listeners: LiveListener[] = [];
  const indicators = new Map<string, readonly IndicatorResult[]>();
  const figures = new Map<string, readonly IndicatorResult[]>();
  const parts = new Map<string, PartHealth>();
  const link: { connected: boolean; since: EpochMs | null; ingestSeen: DurationMs | null; indicatorRevision: number } =
    {
      connected: false,
      since: null,
      ingestSeen: null,
      indicatorRevision: 0,
    };
  const replaced = (): void => {
    for (const listener of listeners) listener.alarmsReplaced();
  };
  const alarms = createAlarmBoard(records, {
    event: () => {
      for (const listener of listeners) listener.alarmsChanged();
    },
    replaced,
    restarted: replaced,
  });
  const nothing = Object.fromEntries(plant.lines.map(({ id }) => [id, null]));

  const upstream = (): boolean =>
    link.connected && link.ingestSeen !== null && clock.monotonic() - link.ingestSeen <= healthTolerance;

  return {
    views: viewsOf(plant),
    latest: createLatest(plant),
    alarms,
    setIndicators: (line, results) => {
      indicators.set(line, results);
      link.indicatorRevision++;
    },
    indicators: () => [...indicators.values()].flat(),
    setFigures: (period, line, results) => void figures.set(`${period}/${line ?? ""}`, results),
    figures: (period) => [...figures].flatMap(([key, results]) => (key.startsWith(`${period}/`) ? results : [])),
    indicatorRevision: () => link.indicatorRevision,
    setHealth: (health, retained) => {
      parts.set(health.part, health);
      if (health.part === "ingest" && !retained) link.ingestSeen = health.state === "down" ? null : clock.monotonic();
    },
    health: () => [...parts.values()],
    newest: () => ({ ...nothing, ...parts.get("ingest")?.newest }),
    setConnected: (connected) => {
      if (connected === link.connected) return;
      link.connected = connected;
      link.since = clock.now();
      link.ingestSeen = null;
    },
    get broker() {
      return { connected: link.connected, since: link.since };
    },
    upstream,
    isWell: () => upstream() && !parts.get("ingest")?.details.unsavedAlarmEvents,
    listen: (listener) => {
      listeners.push(listener);
    },
  };
}
