import type { Clock } from "#shared/kit/clock.ts";
import type { ParsedCommand, Printed } from "#shared/kit/command.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError } from "#shared/model/errors.ts";
import { openRecordsReader } from "#shared/store/records/sqlite.ts";
import { askIngest } from "../ask.ts";
import { recordsFile } from "../core.ts";
import { actsFor, noAnswer } from "./ask.ts";
import type { command } from "./command.ts";
import { idsOf, listText, showText } from "./letters.ts";

const done = (out: string): Printed => ({ out, error: "", code: exitCodes.ok });

/** What the command prints, and its exit code. Throws `CONFIG` for a wrong command line. */
export async function runDeadLetter(
  { options, positionals }: ParsedCommand<typeof command.options>,
  clock: Clock,
): Promise<Printed> {
  const [action, text] = positionals;
  const now = clock.now();
  await using records = await openRecordsReader(recordsFile(options.data));
  if (action === "list") return done(listText(records, options, now));
  if (action === "show") {
    const ids = idsOf(text, records, options, now);
    const found = ids.flatMap((id) => records.deadLetter(id) ?? []);
    const out = found.map((letter) => showText(letter, options.json)).join("\n");
    if (found.length === ids.length) return done(out);
    return { out, error: "There is no such letter; see `deadletter list`.\n", code: exitCodes.refused };
  }
  if (action !== "replay" && action !== "drop") {
    throw new CodedError("CONFIG", `\`deadletter\` takes list, show, replay or drop, got \`${action}\`.`);
  }
  const ids = idsOf(text, records, options, now);
  if (ids.length === 0) return done("No letters.\n");
  try {
    const replies = await askIngest(actsFor(action, ids), options, clock);
    const of = (outcome: string) =>
      replies.flatMap((reply) => (reply.outcome === outcome ? [`${reply.detail ?? outcome}\n`] : [])).join("");
    const error = of("refused");
    return { out: of("done"), error, code: error === "" ? exitCodes.ok : exitCodes.refused };
  } catch (error) {
    if (!(error instanceof CodedError) || error.code === "CONFIG") throw error;
    return { out: "", error: `${noAnswer(error, options.broker)}\n`, code: exitCodes.failed };
  }
}
