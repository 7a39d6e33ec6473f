import { appendFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ranges } from "#shared/model/ranges.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { nameOf, type OpenBox, openBox, samplesOf } from "./outboxRig.ts";

type Step =
  | { readonly do: "push"; readonly count: number }
  | { readonly do: "live" }
  | { readonly do: "backlog" }
  | { readonly do: "acknowledge"; readonly queue: number; readonly ranges: Ranges }
  | { readonly do: "kill"; readonly tail: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("push" as const), count: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 6, arbitrary: fc.constantFrom({ do: "live" as const }, { do: "backlog" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("acknowledge" as const),
      queue: fc.nat(3),
      ranges: fc
        .array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.nat(30)), { maxLength: 3 })
        .map((pairs) => pairs.map(([first, more]) => [first, first + more] as const)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("kill" as const), tail: fc.nat(40) }) },
);

/** What the outbox owes the host: the rules of D3 in a few lines. */
class Model {
  queue = 0;
  readonly lastNumber = new Map<number, number>();
  readonly owed = new Set<string>();
  readonly taken = new Set<string>();
  readonly acknowledged = new Set<string>();
  /** Acknowledged before a kill, in a file that still holds others: may be given again, the host knows them. */
  readonly mayRepeat = new Set<string>();
  readonly repeated = new Set<string>();
  /** Highest number of the queue of this start that was taken. */
  sentUpTo = 0;

  push(): void {
    const number = (this.lastNumber.get(this.queue) ?? 0) + 1;
    this.lastNumber.set(this.queue, number);
    this.owed.add(`q${this.queue}:${number}`);
  }
  kill(): void {
    this.queue += 1;
    this.sentUpTo = 0;
    this.taken.clear();
    for (const name of this.acknowledged) this.mayRepeat.add(name);
  }
  take(name: string): void {
    const [id, number] = name.slice(1).split(":").map(Number) as [number, number];
    if (id === this.queue) this.sentUpTo = Math.max(this.sentUpTo, number);
    if (this.mayRepeat.delete(name)) {
      this.repeated.add(name);
      return;
    }
    expect(this.owed.has(name) && !this.taken.has(name), `${name} is given once, and only while it is owed`).toBe(true);
    this.taken.add(name);
  }
  acknowledge(queue: number, ranges: Ranges): void {
    for (const name of this.owed) {
      const [id, number] = name.slice(1).split(":").map(Number) as [number, number];
      const isSent = id !== this.queue || number <= this.sentUpTo;
      if (id === queue && isSent && ranges.some(([first, last]) => number >= first && number <= last)) {
        this.owed.delete(name);
        this.taken.delete(name);
        this.acknowledged.add(name);
      }
    }
  }
  waiting(): readonly string[] {
    return [...this.owed].filter((name) => !this.taken.has(name));
  }
}

test("whatever happens, every durable batch is given exactly once per start until it is acknowledged", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      await using folder = await temporaryFolder();
      const model = new Model();
      const abandoned: OpenBox[] = [];
      let box = await openBox(folder.path, "q0");

      const takeAll = async () => {
        for (let next = box.outbox.takeLive(); next; next = box.outbox.takeLive()) model.take(nameOf(next.out));
        for (let out = await box.outbox.takeBacklog(); out; out = await box.outbox.takeBacklog())
          model.take(nameOf(out));
        expect(model.waiting()).toEqual([]);
      };

      for (const one of steps) {
        if (one.do === "push") {
          for (let i = 0; i < one.count; i++) {
            model.push();
            box.outbox.push("d", samplesOf(i, 1));
          }
          await box.durable();
        } else if (one.do === "live") {
          const next = box.outbox.takeLive();
          if (next) model.take(nameOf(next.out));
        } else if (one.do === "backlog") {
          const out = await box.outbox.takeBacklog();
          if (out) model.take(nameOf(out));
        } else if (one.do === "acknowledge") {
          box.outbox.acknowledge(`q${one.queue}`, one.ranges);
          model.acknowledge(one.queue, one.ranges);
        } else {
          abandoned.push(box);
          await tidied(folder.path, box);
          // What a kill may leave behind the last durable record.
          const newest = (await readdir(join(folder.path, "outbox")))
            .filter((name) => name.endsWith(".seg"))
            .sort()
            .at(-1);
          if (newest) await appendFile(join(folder.path, "outbox", newest), Buffer.alloc(one.tail, 0x5a));
          model.kill();
          box = await openBox(folder.path, `q${model.queue}`);
          abandoned.push(box);
        }
        const { batches } = box.outbox.depth();
        expect(batches).toBeGreaterThanOrEqual(model.owed.size);
        expect(batches).toBeLessThanOrEqual(model.owed.size + model.mayRepeat.size + model.repeated.size);
      }
      await takeAll();
      for (const one of new Set([...abandoned, box])) await one.outbox[Symbol.asyncDispose]();
    }),
    { numRuns: 60 },
  );
}, 120_000);

/** Resolves when the outbox has put away on the disk what it has put away in its list. */
async function tidied(folder: string, { outbox }: OpenBox): Promise<void> {
  const onDisk = async () => {
    const names = (await readdir(join(folder, "outbox"))).filter((name) => name.endsWith(".seg"));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, "outbox", name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const owed = () => outbox.depth().bytes - outbox.depth().keptBytes;
  while ((await onDisk().catch(() => Number.POSITIVE_INFINITY)) > owed())
    await new Promise((resolve) => setImmediate(resolve));
}
