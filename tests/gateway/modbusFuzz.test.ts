import { describe, expect, test } from "vitest";
import { ManualClock } from "../fakes/clock.ts";
import { createMemoryLine, type MemoryLine } from "./memoryLine.ts";
import { fuzz, variants } from "./modbusFuzzSession.ts";

const exchanges = 500;
const timeoutMs = 100;
const firstSeed = Number(process.env.PILOTLINE_FUZZ_SEED ?? 1);
const sessions = Number(process.env.PILOTLINE_FUZZ_SESSIONS ?? 30);

describe("fuzzed exchanges in memory: no value that is not the answer to its request", () => {
  test.each(Object.entries(variants))("%s", async (name, variant) => {
    const total = { exchanges: 0, values: 0 };
    for (let seed = firstSeed; seed < firstSeed + sessions; seed++) {
      const clock = new ManualClock();
      const lines: MemoryLine[] = [];
      const said = `${name}, PILOTLINE_FUZZ_SEED=${seed}`;
      const outcome = await fuzz({
        ...{ variant, seed, exchanges, timeoutMs, clock },
        makeLine: (wire, asked) => {
          const line = createMemoryLine(wire, asked);
          lines.push(line);
          return line;
        },
        pass: async (isRunning) => {
          for (let steps = 0; isRunning(); steps++) {
            if (steps > exchanges * 100) throw new Error(`no end: ${said}`);
            await clock.step();
          }
        },
      });
      expect(outcome.wrong, said).toEqual([]);
      expect(lines.map(({ openNow }) => openNow)).toEqual([0]);
      total.exchanges += outcome.exchanges;
      total.values += outcome.values;
    }
    expect(total.exchanges).toBeGreaterThanOrEqual(sessions * exchanges);
    // Nothing is safe that never answers.
    expect(total.values / total.exchanges).toBeGreaterThan(0.3);
  });
});
