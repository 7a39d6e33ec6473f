import type { AlarmEvent, AlarmPriority, AlarmStatus } from "./alarm.ts";
import type { EquipmentState } from "./equipment.ts";
import type { ErrorCode } from "./errors.ts";
import type { IndicatorResult } from "./indicator.ts";
import type { Quality, TagId, TagValue } from "./sample.ts";
import type { TagInfo } from "./tag.ts";
import type { LocalText } from "./text.ts";
import type { EpochMs } from "./time.ts";

/** What a page needs to know of the plant; changes only when plant.yaml does. */
export interface PlantView {
  readonly platform: { readonly id: string; readonly name: LocalText; readonly timeZone: string };
  readonly lines: readonly LineView[];
  /** Pilotline itself: its parts as equipment, the figures that raise its own alarms as tags. They have no history. */
  readonly system: LineView;
  /** For how many hours an alarm of a priority may be shelved at most. */
  readonly shelving: Readonly<Record<AlarmPriority, number>>;
}
export interface LineView {
  readonly id: string;
  readonly name: LocalText;
  readonly equipment: readonly EquipmentView[];
  /** Tags whose sum is the electric power of the line now. */
  readonly powerTags: readonly TagId[];
  /** True where plant.yaml names a drawing of the line. */
  readonly hasDrawing: boolean;
}
export interface EquipmentView {
  readonly id: string;
  readonly name: LocalText;
  readonly kind: string;
  /** The tag whose value decides the state, if the equipment has one. */
  readonly stateTag: TagId | null;
  /** A utility that serves the whole line. */
  readonly isShared: boolean;
  /** Ids of the equipment of the line that its product goes to. */
  readonly flowsTo: readonly string[];
  readonly tags: readonly TagInfo[];
  /** Limits that alarm rules hold its tags against; absent where there are none. */
  readonly limits?: readonly AlarmLimit[];
  /** Of those tags whose instrument has a calibration. */
  readonly calibrations: readonly CalibrationView[];
}
/** A value of a tag at which an alarm is raised. */
export interface AlarmLimit {
  /** `<platform>/<line>/<alarm>` */
  readonly alarm: string;
  readonly name: LocalText;
  readonly tag: TagId;
  /** Which side raises it: from `limit` up, or from `limit` down. */
  readonly side: "upper" | "lower";
  /** In the tag's unit. */
  readonly limit: number;
  readonly priority: AlarmPriority;
}
export interface CalibrationView {
  readonly tag: TagId;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly due: string;
  /** From here on it is overdue. */
  readonly until: EpochMs;
  readonly certificate: string | null;
}

/** The newest value of a tag. `value` is the last good one where quality is bad: shown degraded, never as current. */
export interface LiveValue {
  readonly tag: TagId;
  readonly value: TagValue | null;
  readonly quality: Quality;
  readonly reason: ErrorCode | null;
  /** Source time of the newest sample, null while nothing was ever received. */
  readonly at: EpochMs | null;
}

/** State of an equipment, from its state tag and mapping; UNK where there is no current evidence. */
export interface EquipmentStatus {
  /** `<platform>/<line>/<equipment>` */
  readonly equipment: string;
  readonly state: EquipmentState;
  readonly since: EpochMs | null;
}

/** One socket frame: the whole state of a view in columns, so that skipping one corrupts nothing (D18). */
export interface LiveFrame {
  readonly seq: number;
  readonly serverTime: EpochMs;
  /** Index into the tag list that the view's snapshot named. */
  readonly i: readonly number[];
  readonly v: readonly (TagValue | null)[];
  /** 0 good, 1 uncertain, 2 bad. */
  readonly q: readonly number[];
  /** Reason code per value, null where good. */
  readonly r: readonly (ErrorCode | null)[];
  /** Source times in ms UTC, null for never. */
  readonly t: readonly (number | null)[];
  readonly states: readonly EquipmentStatus[];
}

/** What a client gets on subscribing to a view, before any frame. */
export interface ViewSnapshot {
  readonly view: string;
  readonly tags: readonly TagId[];
  readonly frame: LiveFrame;
  readonly indicators: readonly IndicatorResult[];
}

/** What a page learns of alarms: the events since what it has, without a hole, or the whole list; as of event `seq`. */
export type AlarmPart =
  | { readonly seq: number; readonly events: readonly AlarmEvent[] }
  | { readonly seq: number; readonly alarms: readonly AlarmStatus[] };

/** Once a second: proves that the chain behind the page is alive. */
export interface Heartbeat {
  readonly serverTime: EpochMs;
  /** Newest sample per line. */
  readonly newest: Readonly<Record<string, EpochMs | null>>;
  /** False while the server itself has no connection to the broker: nothing on the page is current then. */
  readonly upstream: boolean;
}

/** socket.io events, server to client. Frames and alarms are acknowledged: at most one of each is under way per client. */
export interface ServerEvents {
  frame: (frame: LiveFrame, received: () => void) => void;
  alarms: (part: AlarmPart, received: () => void) => void;
  indicators: (results: readonly IndicatorResult[]) => void;
  heartbeat: (beat: Heartbeat) => void;
}

/** A view is `overview` or `line:<line id>`. */
export type ViewName = "overview" | `line:${string}`;

/** socket.io events, client to server. */
export interface ClientEvents {
  /** Leaves the earlier view, if any, and joins this one. */
  subscribe: (view: ViewName, reply: (answer: ViewSnapshot | { error: ErrorCode; detail: string }) => void) => void;
  /** Begins the parts of alarms after event `seq`, 0 where the page knows nothing yet. */
  follow: (seq: number) => void;
}

/** One bucket of a history answer: `n` good or uncertain samples, `bad` bad ones, in [t, t + width). */
export interface HistoryBucket {
  readonly t: EpochMs;
  readonly n: number;
  readonly bad: number;
  /**
   * How much of the bucket follows a good sample, in ms: until the tag's next sample of the asked range, where that
   * comes within 15 minutes. Absent where the store does not tell.
   */
  readonly goodMs?: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly first: number | null;
  readonly last: number | null;
}

/** Answer of the history API: raw points where they fit the asked pixels, else buckets. */
export type HistoryAnswer = {
  readonly tag: TagId;
  readonly unit: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly gaps: readonly { readonly from: EpochMs; readonly to: EpochMs | null; readonly cause: string }[];
} & (
  | {
      readonly kind: "raw";
      readonly t: readonly number[];
      readonly v: readonly (TagValue | null)[];
      readonly q: readonly number[];
    }
  | { readonly kind: "buckets"; readonly widthMs: number; readonly buckets: readonly HistoryBucket[] }
);

/** A view of the trend page that a user keeps. */
export interface TrendView {
  readonly id: number;
  readonly owner: string;
  readonly line: string;
  readonly name: string;
  /** The query of the page's address: tags, range, axes, cursors, comparison. */
  readonly query: string;
  /** Everybody sees it. */
  readonly shared: boolean;
  readonly changedAt: EpochMs;
}

/** Figures of one tag over [from, to), from its samples; each value weighs by the time for which it holds. */
export interface TagStatistics {
  readonly tag: TagId;
  readonly from: EpochMs;
  /** The asked end, or now. */
  readonly to: EpochMs;
  readonly samples: number;
  /** Time in which a good or uncertain value holds: up to the next sample, where that comes within the gap limit. */
  readonly knownMs: number;
  readonly uncertainMs: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Standard deviation, of the whole and not of a sample. */
  readonly deviation: number | null;
  /** What holds at `from`, and at `to`; null where that is unknown. */
  readonly first: number | null;
  readonly last: number | null;
  /** Retention has left only roll-ups of a part: the extremes hold, nothing else is told. */
  readonly thinned: boolean;
}
