import type { AlarmPriority, AlarmStatus } from "./alarm.ts";
import type { EpochMs } from "./time.ts";

/** An alarm of which somebody is to be told, by one route of the plant. It ends when the alarm asks for no more. */
export interface AlarmCall {
  /** `<seq>/<route>`: the journal's entry that raised it. */
  readonly id: string;
  readonly route: string;
  /** The alarm as it was raised. */
  readonly status: AlarmStatus;
  /** When the first roster is told, or was; escalation counts from here. */
  readonly beginsAt: EpochMs;
  /** Rosters told so far: 1 after the first, one more with each step of escalation. */
  readonly step: number;
  /** When the next roster is told; null where none is any more. */
  readonly dueAt: EpochMs | null;
  /** Ids of people who were told. */
  readonly told: readonly string[];
  /** Whether they were told that it is back to normal. */
  readonly saidReturned: boolean;
}

export const noticeKinds = ["raised", "escalated", "returned"] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** One thing that one person is to be told of one alarm. */
export interface Notice {
  readonly person: string;
  readonly kind: NoticeKind;
  /** Id of the call. */
  readonly call: string;
  readonly status: AlarmStatus;
  /** When it was decided. */
  readonly at: EpochMs;
}

/** A notice as it waits to become part of a message. */
export interface WaitingNotice extends Notice {
  readonly id: number;
}

/** One alarm in a message. */
export interface MessageItem {
  readonly status: AlarmStatus;
  readonly isEscalated: boolean;
  readonly hasReturned: boolean;
}

/** What a message says, before it is put into words: one alarm, or the summary of many. */
export interface MessageContent {
  /** `test`: the daily proof of the way, or one that an operator asked for. */
  readonly kind: "alarm" | "test";
  /** The most urgent first; at most as many as a person reads. */
  readonly items: readonly MessageItem[];
  /** All alarms by priority, those not listed among them. */
  readonly counts: Readonly<Partial<Record<AlarmPriority, number>>>;
  /** How many of them are back to normal. */
  readonly returned: number;
}

export const messageStates = ["waiting", "delivered", "failed"] as const;
export type MessageState = (typeof messageStates)[number];

/** Where the tries of a message stand. */
export interface Tries {
  /** Times that all ways to the person were gone through. */
  readonly round: number;
  /** Index among the person's ways. */
  readonly way: number;
  /** Tries on this way in this round. */
  readonly here: number;
  /** All tries, counted before each. */
  readonly total: number;
  /** A try is under way; left over from a process that died, nobody knows its end. */
  readonly isOpen: boolean;
  /** It may have arrived already: a try had no answer. */
  readonly isInDoubt: boolean;
}

/** A message of the outbox. Its id is stable: whoever gets it twice can tell. */
export interface Message {
  readonly id: string;
  readonly person: string;
  readonly content: MessageContent;
  /** The one channel that it is for, of a test; otherwise the person's ways are tried in turn. */
  readonly channel: string | null;
  readonly createdAt: EpochMs;
  readonly state: MessageState;
  readonly tries: Tries;
  readonly nextAt: EpochMs;
  readonly endedAt: EpochMs | null;
  /** The channel that took it. */
  readonly deliveredBy: string | null;
  /** What the newest failure was. */
  readonly error: string | null;
}
