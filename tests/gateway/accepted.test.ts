import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createAccepting } from "../../gateway/accepted.ts";
import type { Sample, TagId, TagValue } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";
import { acceptedTag, hourOf, isAcceptedTag, readAccepted } from "../../shared/wire/accepted.ts";

const tag = (name: string): TagId => `demo/l/e/${name}` as TagId;
const good = (name: string, at: number, value: TagValue): Sample => ({
  tag: tag(name),
  at: instant(at),
  quality: "good",
  value,
});
const hour = 3_600_000;

/** What is stored and what is counted when a host takes the batches in any order, some of them twice. */
function received(batches: readonly (readonly Sample[])[]) {
  const stored = new Map<string, TagValue | null>();
  const counts = new Map<string, number>();
  for (const batch of batches) {
    const samples = batch.filter(({ tag }) => !isAcceptedTag(tag));
    for (const { tag, at, value } of samples) stored.set(`${tag} ${at}`, value);
    const text = String(batch.at(-1)?.value);
    for (const { tag, hour, count } of readAccepted(text, samples)) {
      const key = `${tag} ${hour}`;
      counts.set(key, Math.max(counts.get(key) ?? 0, count ?? 0));
    }
  }
  return { stored, counts };
}

test("the count comes with the batch: per tag and hour, from the beginning of the queue", () => {
  const accepting = createAccepting("demo");
  const first = accepting.accept("plc", [good("a", 1, 1), good("b", 1, 1), good("a", 2, 2), good("a", hour, 3)]);
  expect(first.at(-1)).toEqual({ tag: acceptedTag("demo", "plc"), at: hour, quality: "good", value: "2,1,1" });
  const many = Array.from({ length: 40 }, (_, i) => good("a", 100 + i, i));
  expect(accepting.accept("plc", many).at(-1)?.value).toBe("16");
  expect(accepting.accept("plc", [])).toEqual([]);
});

test("two values of one millisecond are both kept, in their order; a repeat changes nothing (F44)", () => {
  const accepting = createAccepting("demo");
  const at = (samples: readonly Sample[]) => samples.slice(0, -1).map(({ at, value }) => [at, value]);
  expect(at(accepting.accept("plc", [good("a", 5, "x"), good("a", 5, "y"), good("b", 5, "z")]))).toEqual([
    [5, "x"],
    [5, "z"],
    [6, "y"],
  ]);
  expect(at(accepting.accept("plc", [good("a", 6, "w")]))).toEqual([[7, "w"]]);
  const again = accepting.accept("plc", [good("a", 5, "x")]);
  expect(at(again)).toEqual([[5, "x"]]);
  expect(again.at(-1)?.value).toBe("3");
});

test("values beyond what a millisecond can hold replace the first one and are not counted twice", () => {
  const accepting = createAccepting("demo");
  const burst = accepting.accept(
    "plc",
    Array.from({ length: 20 }, (_, i) => good("a", 5, i)),
  );
  const { stored, counts } = received([burst]);
  expect([...counts.values()]).toEqual([stored.size]);
  expect(stored.size).toBe(8);
});

test("whatever comes in, in whatever order it arrives: the highest count is the number of samples stored", () => {
  const sample = fc.record({ name: fc.constantFrom("a", "b"), at: fc.integer({ min: 0, max: 12 }), value: fc.nat(2) });
  const batches = fc.array(fc.array(sample, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(batches, fc.infiniteStream(fc.nat()), (all, order) => {
      const accepting = createAccepting("demo");
      const sent = all.map((batch, i) =>
        accepting.accept(
          "plc",
          batch.map(({ name, at, value }) => good(name, i * hour + at * 20, value)),
        ),
      );
      const shuffled = [...sent, ...sent].sort(() => ((order.next().value ?? 0) % 3) - 1);
      const { stored, counts } = received(shuffled);
      const perHour = new Map<string, number>();
      for (const key of stored.keys()) {
        const [tag, at] = key.split(" ");
        const place = `${tag} ${hourOf(instant(Number(at)))}`;
        perHour.set(place, (perHour.get(place) ?? 0) + 1);
      }
      expect([...counts].sort()).toEqual([...perHour].sort());
    }),
  );
});

test("what an instrument's own history brings from long ago is not counted", () => {
  const accepting = createAccepting("demo");
  accepting.accept("plc", [good("a", 100 * hour, 1)]);
  const old = accepting.accept("plc", [good("a", hour, 1)]);
  const samples = old.slice(0, -1);
  expect(readAccepted(String(old.at(-1)?.value), samples)).toEqual([{ tag: tag("a"), hour, count: null }]);
  expect(readAccepted("1,2,3", samples)).toEqual([]);
});
