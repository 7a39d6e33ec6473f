import { createHash } from "node:crypto";
import type { TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { column } from "./column.ts";
import { family, type Row } from "./family.ts";

/** A message or sample that could not be used, whole, with the reason: nothing refused is lost. */
export interface DeadLetter {
  readonly receivedAt: EpochMs;
  readonly topic: string;
  readonly reason: string;
  readonly payload: Uint8Array;
  /** Of a sample: its tag and source time; `payload` is the sample as JSON then. */
  readonly tag?: TagId;
  readonly at?: EpochMs;
}

/** A letter as it lies there. The same again is one letter that counts. */
export interface KeptLetter extends DeadLetter {
  readonly id: number;
  readonly times: number;
  readonly lastReceivedAt: EpochMs;
}

/** Why a letter lies there no more. */
export const letterEnds = ["replayed", "dropped", "expired", "crowded_out"] as const;
export type LetterEnd = (typeof letterEnds)[number];

/** What somebody did with a letter. */
export interface LetterAct {
  readonly letter: number;
  readonly topic: string;
  readonly reason: string;
  readonly why: LetterEnd;
  readonly who: string;
  readonly at: EpochMs;
}

export interface DeadLetterTotals {
  readonly letters: number;
  /** Messages and samples that the letters stand for. */
  readonly times: number;
  readonly bytes: number;
  /** Letters that went, since the records began. */
  readonly gone: Readonly<Record<LetterEnd, number>>;
}

/** Reading the dead letters. */
export interface DeadLetterReader {
  /** Newest first. */
  deadLetters(limit: number): readonly KeptLetter[];
  deadLetter(id: number): KeptLetter | undefined;
  deadLetterTotals(): DeadLetterTotals;
  /** What people did with letters, newest first. */
  letterActs(limit: number): readonly LetterAct[];
}

export interface DeadLetterWriter {
  appendDeadLetters(letters: readonly DeadLetter[]): void;
  /** Takes them out as somebody wants it, and keeps who that was; how many of them were there. */
  removeDeadLetters(ids: readonly number[], act: Pick<LetterAct, "why" | "who" | "at">): number;
  /** Takes out what last came before `before`, then the oldest until the rest holds at most `maxBytes`; how many. */
  pruneDeadLetters(before: EpochMs, maxBytes: number): number;
}

const letterOf = (row: Row): KeptLetter => ({
  id: Number(row.id),
  receivedAt: instant(Number(row.received_at)),
  topic: String(row.topic),
  reason: String(row.reason),
  payload: row.payload as Uint8Array,
  ...(row.tag === null ? {} : { tag: row.tag as TagId, at: instant(Number(row.at_ms)) }),
  times: Number(row.times),
  lastReceivedAt: instant(Number(row.last_received_at)),
});

const actOf = (row: Row): LetterAct => ({
  letter: Number(row.letter),
  topic: String(row.topic),
  reason: String(row.reason),
  why: column(row, "why", letterEnds),
  who: String(row.who),
  at: instant(Number(row.at_ms)),
});

/** Acts that are kept. */
const mostActs = 100_000;

export const deadLetters = family({
  sql: {
    insertDeadLetter: `INSERT INTO dead_letter (received_at, topic, reason, payload, tag, at_ms, last_received_at, digest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (digest) DO UPDATE
      SET times = times + 1, last_received_at = excluded.last_received_at, reason = excluded.reason`,
    deadLetters: "SELECT * FROM dead_letter ORDER BY id DESC LIMIT ?",
    deadLetter: "SELECT * FROM dead_letter WHERE id = ?",
    deadLetterTotals: `SELECT count(*) AS letters, coalesce(sum(times), 0) AS times, coalesce(sum(length(payload)), 0) AS bytes
      FROM dead_letter`,
    deadLettersGone: "SELECT why, n FROM dead_letter_gone",
    countGone: "INSERT INTO dead_letter_gone (why, n) VALUES (?, ?) ON CONFLICT (why) DO UPDATE SET n = n + excluded.n",
    insertEnd: `INSERT INTO dead_letter_end (letter, topic, reason, why, who, at_ms)
      SELECT id, topic, reason, ?, ?, ? FROM dead_letter WHERE id = ?`,
    trimEnds: "DELETE FROM dead_letter_end WHERE seq <= (SELECT max(seq) FROM dead_letter_end) - ?",
    letterActs: "SELECT * FROM dead_letter_end ORDER BY seq DESC LIMIT ?",
    deleteDeadLetter: "DELETE FROM dead_letter WHERE id = ?",
    expireDeadLetters: "DELETE FROM dead_letter WHERE last_received_at < ?",
    crowdOutDeadLetters: `DELETE FROM dead_letter WHERE id IN (
      SELECT id FROM (SELECT id, sum(length(payload)) OVER (ORDER BY id DESC) AS held FROM dead_letter) WHERE held > ?)`,
  },
  reads: (rows): DeadLetterReader => ({
    deadLetters: (limit) => rows((sql) => sql.deadLetters.all(limit)).map(letterOf),
    deadLetter: (id) => rows((sql) => sql.deadLetter.all(id)).map(letterOf)[0],
    letterActs: (limit) => rows((sql) => sql.letterActs.all(limit)).map(actOf),
    deadLetterTotals: () => {
      const totals = rows((sql) => sql.deadLetterTotals.all())[0];
      const gone = new Map(rows((sql) => sql.deadLettersGone.all()).map(({ why, n }) => [why, Number(n)]));
      const ends = Object.fromEntries(letterEnds.map((why) => [why, gone.get(why) ?? 0]));
      return {
        letters: Number(totals?.letters ?? 0),
        times: Number(totals?.times ?? 0),
        bytes: Number(totals?.bytes ?? 0),
        gone: ends as DeadLetterTotals["gone"],
      };
    },
  }),
  writes: (durably): DeadLetterWriter => ({
    appendDeadLetters: (letters) =>
      durably((sql) => {
        for (const { receivedAt, topic, reason, payload, tag, at } of letters) {
          const digest = createHash("sha256").update(`${topic}\0`).update(payload).digest();
          sql.insertDeadLetter.run(receivedAt, topic, reason, payload, tag ?? null, at ?? null, receivedAt, digest);
        }
      }),
    removeDeadLetters: (ids, { why, who, at }) =>
      durably((sql) => {
        for (const id of ids) sql.insertEnd.run(why, who, at, id);
        sql.trimEnds.run(mostActs);
        const gone = ids.reduce((sum, id) => sum + Number(sql.deleteDeadLetter.run(id).changes), 0);
        if (gone > 0) sql.countGone.run(why, gone);
        return gone;
      }),
    pruneDeadLetters: (before, maxBytes) =>
      durably((sql) => {
        const expired = Number(sql.expireDeadLetters.run(before).changes);
        const crowdedOut = Number(sql.crowdOutDeadLetters.run(maxBytes).changes);
        if (expired > 0) sql.countGone.run("expired", expired);
        if (crowdedOut > 0) sql.countGone.run("crowded_out", crowdedOut);
        return expired + crowdedOut;
      }),
  }),
});
