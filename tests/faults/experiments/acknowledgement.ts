// Group A: a person's act while processes die.
import { randomUUID } from "node:crypto";
import { systemClock } from "#shared/kit/clock.ts";
import { instant, seconds } from "#shared/model/time.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { type CommandReply, createReplyBox, sendCommand } from "#shared/wire/commands.ts";
import { openSession } from "#shared/wire/session.ts";
import { recordsFile } from "../../../ingest/core.ts";
import { type Outcome, outcomeOf, type Run, wait } from "../experiment.ts";
import { counterLine, counterPlatform } from "../rig/instrument.ts";
import { type Line, startLine } from "../rig/line.ts";

const points = ["alarm.asked", "alarm.done"];
const user = "li.wei";

/** Asks as the pages' server does. */
async function acknowledge(line: Line, id: string, alarm: string): Promise<CommandReply> {
  const replies = createReplyBox(counterPlatform, "dashboard");
  await using session = await openSession(
    {
      url: line.brokerUrl,
      ...(await line.credential("dashboard")),
      clientId: `dashboard-${id}`,
      onMessage: (topic, payload) => void replies.receive(topic, payload),
    },
    AbortSignal.timeout(20_000),
  );
  await session.subscribe([{ filter: replies.filter, qos: 1 }]);
  const at = systemClock.now();
  const command = { v: 1, id, at, user, requester: "dashboard", kind: "acknowledge", alarm, comment: null } as const;
  const path = { session, platform: counterPlatform, replies, clock: systemClock, timeout: seconds(5) };
  return await sendCommand(command, path);
}

export const F07: Run = {
  title:
    "ingest dies before an acknowledgement is in the journal, and before its answer; the same command is sent again",
  notCovered: "the pages' server dying in between, which keeps nothing of it",
  tier: 2,
  run: async ({ size }): Promise<Outcome> => {
    const rounds = size === "full" ? 5 : 1;
    await using line = await startLine({ alarms: rounds * points.length });
    await using records = await openRecordsReader(recordsFile(line.data));
    const names = Array.from({ length: rounds * points.length }, (_, n) => `${counterPlatform}/${counterLine}/a${n}`);
    const standing = () => new Set(records.alarmStatuses().map(({ alarm }) => alarm));
    for (let i = 0; i < 200 && !names.every((name) => standing().has(name)); i++) await wait(100);
    const recoveryMs: number[] = [];
    await line.ingest.kill();
    for (const [n, alarm] of names.entries()) {
      await line.ingest.start({ PILOTLINE_FAILPOINT: points[n % points.length] ?? "" });
      const id = randomUUID();
      const [reply, { signal }] = await Promise.all([
        acknowledge(line, id, alarm).catch(() => undefined),
        line.ingest.ended(),
      ]);
      if (signal !== "SIGKILL" || reply) throw new Error(`ingest did not die at ${points[n % points.length]}`);
      await line.ingest.start();
      const again = await acknowledge(line, id, alarm);
      if (again.outcome !== "done") throw new Error(`${alarm}: ${JSON.stringify(again)}`);
      await line.ingest.kill();
    }
    await line.ingest.start();
    recoveryMs.push(await line.recovered());
    const events = records
      .alarmEvents({ from: instant(0), to: instant(4e12), limit: 10_000 })
      .filter(({ transition }) => transition === "acknowledged");
    const of = (alarm: string) => events.filter(({ status }) => status.alarm === alarm);
    const missing = names.filter((alarm) => of(alarm).length === 0).length;
    const twice = names.filter((alarm) => of(alarm).length > 1).length;
    const nameless = events.filter((event) => event.user !== user).length;
    const verdict = await line.verdict();
    const acts = {
      lost: verdict.lost + missing,
      undeclared: verdict.undeclared + missing,
      duplicated: verdict.duplicated + twice,
      wrong: verdict.wrong + nameless,
    };
    const note = `${names.length} acknowledgements, each once in the journal, with its user`;
    return outcomeOf({ ...verdict, ...acts }, { runs: names.length, recoveryMs, note });
  },
};
