import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Log } from "#shared/kit/log.ts";
import { messageOf } from "#shared/model/errors.ts";

const modulus = 256;

/**
 * The birth and death sequence number of the next CONNECT (tck-id topics-nbirth-bdseq-increment): one more than the
 * last, over restarts. It is on disk before it is used, so the write does not wait for anything else.
 */
export function nextBdSeq(file: string, log: Log): number {
  let last = -1;
  try {
    last = Number.parseInt(readFileSync(file, "utf8"), 10);
  } catch {
    // No connection yet: the first one is 0.
  }
  const next = Number.isInteger(last) ? (last + 1) % modulus : 0;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.part`, `${next}\n`, { mode: 0o600, flush: true });
    renameSync(`${file}.part`, file);
  } catch (error) {
    // A host can do without the increment; the data cannot do without the connection.
    log.error({ error: messageOf(error), file }, "DISK: the birth sequence number cannot be kept");
  }
  return next;
}
