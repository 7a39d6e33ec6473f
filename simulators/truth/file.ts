import { open } from "node:fs/promises";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { Face } from "../faces/face.ts";
import type { RunningPlant } from "../plants/plant.ts";
import { bad } from "../signal.ts";
import { keepTruth, type TruthNote } from "./truth.ts";

const totalsEvery = 3_600_000;

/**
 * A face that writes what truly happens to a file, one JSON per line: states, runs and alarms as they change, and every hour and at the
 * end what each equipment has done so far.
 */
export async function openTruthFile(file: string, plants: readonly RunningPlant[]): Promise<Face> {
  const handle = await open(file, "w");
  const stream = handle.createWriteStream();
  const write = (line: string, note: TruthNote | { readonly is: "totals"; readonly at: EpochMs }) =>
    void stream.write(`${JSON.stringify({ ...note, at: new Date(note.at).toISOString(), line })}\n`);
  let first = 0;
  const keepers = plants.map(({ facts, signals }) => {
    const span = [first, first + signals.length] as const;
    first += signals.length;
    return { line: facts.id, span, keeper: keepTruth({ facts, signals }, (note) => write(facts.id, note)) };
  });
  let newest = instant(0);
  const tellTotals = (at: EpochMs) => {
    for (const { line, keeper } of keepers) write(line, { is: "totals", at, ...keeper.truth() });
  };
  return {
    show: (readings, at) => {
      const known = readings.map((reading) => reading ?? bad);
      for (const { keeper, span } of keepers) keeper.see(known.slice(...span), at);
      if (newest > 0 && Math.floor(at / totalsEvery) !== Math.floor(newest / totalsEvery)) tellTotals(at);
      newest = at;
    },
    [Symbol.asyncDispose]: async () => {
      tellTotals(newest);
      await new Promise<void>((resolve) => stream.end(resolve));
    },
  };
}
