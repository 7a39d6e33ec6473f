import { type Clock, ticks } from "#shared/kit/clock.ts";
import type { AlarmPart } from "#shared/model/live.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import type { AlarmBoard } from "./alarmBoard.ts";
import { lostAfter } from "./courier.ts";

/** A lone event goes out at once; then a client gets what has come meanwhile, this often. */
const rest = millis(200);
const beat = millis(50);

/** One connected page. */
export interface AlarmClient {
  /** Calls back when the page has taken it. */
  alarms(part: AlarmPart, received: () => void): void;
  /** Ends a connection that takes nothing any more. */
  cut(): void;
}

/**
 * Brings alarm events to pages without a hole: in groups, one under way per client. Who falls too far behind, or knows
 * another journal, gets the list as it stands instead of what he missed.
 */
export interface AlarmStream {
  /** Begins, or begins anew, after event `seq`. */
  follow(client: AlarmClient, seq: number): void;
  leave(client: AlarmClient): void;
  /** Something has happened: sends it where nothing is under way. */
  changed(): void;
  /** The list was replaced: everybody gets it whole. */
  replaced(): void;
  run(signal: AbortSignal): Promise<void>;
}

interface Follower {
  /** Number of the newest event that the client has, or that is under way to it; null where it needs the list. */
  seq: number | null;
  sentAt: DurationMs;
  isUnderWay: boolean;
  /** It hears the answer to its question even where nothing has happened. */
  isAnswered: boolean;
}

export function createAlarmStream(board: AlarmBoard, clock: Clock): AlarmStream {
  const followers = new Map<AlarmClient, Follower>();
  /** As many clients as have followed alike get the very same object, so that it is encoded once. */
  let shared: { from: number | null; seq: number; part: AlarmPart } | null = null;
  const partAfter = (from: number | null): AlarmPart => {
    const seq = board.seq();
    if (shared && shared.from === from && shared.seq === seq) return shared.part;
    const events = from === null ? null : board.since(from);
    const part: AlarmPart = events ? { seq, events } : { seq, alarms: board.listed() };
    shared = { from, seq, part };
    return part;
  };

  const send = (client: AlarmClient, follower: Follower): void => {
    if (follower.isUnderWay || (follower.isAnswered && follower.seq === board.seq())) return;
    if (clock.monotonic() - follower.sentAt < rest) return;
    const part = partAfter(follower.seq);
    follower.seq = part.seq;
    follower.sentAt = clock.monotonic();
    follower.isUnderWay = true;
    follower.isAnswered = true;
    client.alarms(part, () => {
      follower.isUnderWay = false;
    });
  };
  const sendAll = (): void => {
    for (const [client, follower] of followers) send(client, follower);
  };

  return {
    follow: (client, seq) => {
      const known = Number.isSafeInteger(seq) && seq > 0 ? seq : null;
      const follower: Follower = {
        seq: known,
        sentAt: millis(Number.NEGATIVE_INFINITY),
        isUnderWay: false,
        isAnswered: false,
      };
      followers.set(client, follower);
      send(client, follower);
    },
    leave: (client) => {
      followers.delete(client);
    },
    changed: sendAll,
    replaced: () => {
      shared = null;
      for (const follower of followers.values()) Object.assign(follower, { seq: null, isAnswered: false });
      sendAll();
    },
    run: async (signal) => {
      for await (const _ of ticks(clock, beat, signal)) {
        sendAll();
        for (const [client, { isUnderWay, sentAt }] of followers) {
          if (isUnderWay && clock.monotonic() - sentAt >= lostAfter) client.cut();
        }
      }
    },
  };
}
