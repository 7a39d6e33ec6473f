import { join } from "node:path";
import { expect, test } from "vitest";
import { instant } from "#shared/model/time.ts";
import { openRecordsWriter } from "#shared/store/records/sqlite.ts";
import { listText } from "../../ingest/notify/list.ts";
import { noTries } from "../../ingest/notify/tries.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { alarmContent } from "./channelRig.ts";

const at = instant(Date.UTC(2026, 10, 2, 1, 30));
const options = {
  ...{ channel: undefined, person: undefined, state: undefined, limit: "50", json: false, direct: false },
  ...{ data: "", plant: "", broker: "", credential: undefined },
  ...{ "broker-ca": undefined, "broker-cert": undefined, "broker-key": undefined },
};

test("`notify list` says what waits and why, what was delivered by which channel, and what was given up", async () => {
  await using folder = await temporaryFolder();
  await using records = await openRecordsWriter(join(folder.path, "records.db"));
  const message = (id: string, person: string) => ({
    ...{ id, person, content: alarmContent, channel: null, createdAt: at, state: "waiting" as const, tries: noTries },
    ...{ nextAt: at, endedAt: null, deliveredBy: null, error: null },
  });
  records.saveNotification({
    putMessages: [
      { ...message("m1", "wang"), state: "delivered", endedAt: instant(at + 900), deliveredBy: "ding" },
      { ...message("m2", "li"), error: "mail: BUSY: try later", nextAt: instant(at + 60_000) },
      { ...message("m3", "zhao"), state: "failed", endedAt: instant(at + 1_000), error: "mail: no such mailbox" },
    ],
  });
  const lines = listText(records, options).split("\n");
  expect(lines[0]).toMatch(/^made +to +says +state +tries +by +error$/);
  expect(lines[1]).toMatch(/zhao +demo\/chem\/反应釜超温 +failed .*mail: no such mailbox$/);
  expect(lines[2]).toMatch(/li .* waiting .*mail: BUSY: try later; next try 2026-11-02T01:31:00.000Z$/);
  expect(lines[3]).toMatch(/wang .* delivered .*ding 2026-11-02T01:30:00.900Z$/);
  expect(lines[5]).toMatch(/^1 messages wait for a channel/);
  expect(listText(records, { ...options, state: "waiting" })).not.toContain("wang");
  expect(listText(records, { ...options, channel: "ding" })).not.toContain("zhao");
  expect(JSON.parse(listText(records, { ...options, json: true, person: "li" })).messages).toHaveLength(1);
  expect(() => listText(records, { ...options, state: "lost" })).toThrow(/--state takes waiting, delivered, failed/);
});
