// What a gateway has accepted, known independently of what becomes of it: every segment of its outbox gets a second
// name in another folder, under which its records stay readable after the gateway has deleted the first one.
import { type FSWatcher, linkSync, mkdirSync, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { Sample } from "#shared/model/sample.ts";
import { isAcceptedTag } from "#shared/wire/accepted.ts";
import { realDisk } from "../../../gateway/outbox/disk.ts";
import { isGap } from "../../../gateway/outbox/record.ts";
import { parseSegmentName, recordsIn } from "../../../gateway/outbox/segment.ts";

export interface Ledger extends Disposable {
  /** Every sample in a complete record of any segment so far. */
  accepted(): Promise<readonly Sample[]>;
}

export function keepLedger(outbox: string, archive: string): Ledger {
  mkdirSync(outbox, { recursive: true, mode: 0o700 });
  mkdirSync(archive, { recursive: true });
  const keep = (name: string) => {
    if (!parseSegmentName(name)) return;
    const path = join(outbox, name);
    try {
      // By its inode: a segment that is acknowledged gets another name.
      linkSync(path, join(archive, String(statSync(path).ino)));
    } catch (error) {
      // There before, or the end of a segment that was kept at its beginning.
      if (!["EEXIST", "ENOENT"].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    }
  };
  const watcher: FSWatcher = watch(outbox, (_, name) => {
    if (name) keep(name);
  });
  return {
    accepted: async () => {
      for (const name of readdirSync(outbox)) keep(name);
      const samples: Sample[] = [];
      for (const name of readdirSync(archive)) {
        for await (const { record } of recordsIn(realDisk, join(archive, name))) {
          // Its own count of what it accepted is no sample.
          if (!isGap(record)) samples.push(...record.samples.filter(({ tag }) => !isAcceptedTag(tag)));
        }
      }
      return samples;
    },
    [Symbol.dispose]: () => watcher.close(),
  };
}
