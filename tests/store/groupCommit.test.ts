import { expect, test } from "vitest";
import { instant, millis } from "#shared/model/time.ts";
import { GroupCommit } from "#shared/store/groupCommit.ts";
import { ManualClock } from "../fakes/clock.ts";

function grouping(commit?: (items: readonly number[]) => Promise<readonly (Error | null)[]>) {
  const clock = new ManualClock(instant(0));
  const groups: (readonly number[])[] = [];
  const group = new GroupCommit<number>({
    clock,
    maxWait: millis(100),
    maxSize: 10,
    sizeOf: (n) => n,
    commit: async (items) => {
      groups.push(items);
      return commit ? commit(items) : items.map(() => null);
    },
  });
  return { clock, groups, group };
}

test("items share a commit after the wait, and resolve with it", async () => {
  const { clock, groups, group } = grouping();
  const done: number[] = [];
  for (const n of [1, 2, 3]) void group.add(n).then(() => done.push(n));
  await clock.advance(millis(99));
  expect([groups, done]).toEqual([[], []]);
  await clock.advance(millis(1));
  expect([groups, done]).toEqual([[[1, 2, 3]], [1, 2, 3]]);
});

test("a full group does not wait", async () => {
  const { groups, group } = grouping();
  await Promise.all([group.add(4), group.add(6)]);
  expect(groups).toEqual([[4, 6]]);
});

test("what comes during a commit goes into the next one", async () => {
  const first = Promise.withResolvers<readonly null[]>();
  const { clock, groups, group } = grouping((items) => (items[0] === 10 ? first.promise : Promise.resolve([null])));
  const long = group.add(10);
  await clock.advance(millis(0));
  const next = group.add(1);
  await clock.advance(millis(1_000));
  expect(groups).toEqual([[10]]);
  first.resolve([null]);
  await long;
  await clock.advance(millis(100));
  await next;
  expect(groups).toEqual([[10], [1]]);
});

test("an item's own error is its alone; a failed commit is everybody's, and the next one works", async () => {
  const answers = [[null, new Error("mine")], "fails", [null]] as const;
  let commits = 0;
  const { clock, group } = grouping(async () => {
    const answer = answers[commits++] ?? [];
    if (answer === "fails") throw new Error("ours");
    return answer;
  });
  for (const expected of [["done", "mine"], ["ours", "ours"], ["done"]]) {
    const outcomes = expected.map(() =>
      group.add(1).then(
        () => "done",
        (error: Error) => error.message,
      ),
    );
    await clock.advance(millis(100));
    expect(await Promise.all(outcomes)).toEqual(expected);
  }
});

test("closing commits what waits, at once, and refuses what comes later", async () => {
  const { groups, group } = grouping();
  const waiting = group.add(3);
  await group[Symbol.asyncDispose]();
  await waiting;
  expect(groups).toEqual([[3]]);
  await expect(group.add(1)).rejects.toThrow("STORE_UNAVAILABLE");
});
