// F13 and F14 of the fault matrix: torn tails and flipped bits, on copies of a small outbox.
import { cp, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Outgoing } from "../../gateway/outbox/port.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { drain, lostIn, nameOf, numbersOf, openBox, samplesIn, samplesOf } from "./outboxRig.ts";

const small = { quotaBytes: 1 << 18 };

/** An outbox with batches 1 to `count`, all accepted, left as a kill leaves it. */
async function filled(folder: string, count: number, segmentBytes: number): Promise<string> {
  const { outbox, durable } = await openBox(folder, "q1", { ...small, segmentBytes });
  for (let i = 1; i <= count; i++) {
    outbox.push("d", samplesOf(i, 1));
    await durable();
  }
  const copy = await mkdtemp(join(folder, "killed-"));
  await cp(join(folder, "outbox"), join(copy, "outbox"), { recursive: true });
  await outbox[Symbol.asyncDispose]();
  return copy;
}

const segmentFiles = async (folder: string) =>
  (await readdir(join(folder, "outbox"))).filter((name) => name.endsWith(".seg")).sort();

/** What a gateway that starts on a mutated copy gives for sending. */
async function recovered(original: string, name: string, mutate: (content: Buffer) => Buffer) {
  const copy = await mkdtemp(join(original, "..", "copy-"));
  await cp(join(original, "outbox"), join(copy, "outbox"), { recursive: true });
  const file = join(copy, "outbox", name);
  await writeFile(file, mutate(await readFile(file)));
  const { outbox } = await openBox(copy, "q2", small);
  const given: readonly Outgoing[] = [...(await drain(outbox)), ...(await drain(outbox))];
  await outbox[Symbol.asyncDispose]();
  return { given, aside: await readdir(join(copy, "outbox", "aside")) };
}

const numbersIn = (given: readonly Outgoing[]) =>
  given.filter(({ name }) => name.queueId === "q1").map(({ name }) => name.number);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe("a torn tail", () => {
  test("cut, zeroed or overwritten from every byte on: exactly the whole records before come back", async () => {
    await using folder = await temporaryFolder();
    const original = await filled(folder.path, 3, 1 << 20);
    const [name = ""] = await segmentFiles(original);
    const content = await readFile(join(original, "outbox", name));
    const ends: number[] = [];
    for (let at = 8; at < content.length; ) {
      at += 8 + content.readUInt32LE(at);
      ends.push(at);
    }
    expect(ends.at(-1)).toBe(content.length);
    const mutations: Record<string, (at: number) => (whole: Buffer) => Buffer> = {
      cut: (at) => (whole) => whole.subarray(0, at),
      zeros: (at) => (whole) => Buffer.concat([whole.subarray(0, at), Buffer.alloc(whole.length - at)]),
      garbage: (at) => (whole) => Buffer.concat([whole.subarray(0, at), Buffer.alloc(whole.length - at, 0xa5)]),
    };
    for (const [how, mutate] of Object.entries(mutations)) {
      for (let at = 8; at < content.length; at++) {
        const { given, aside } = await recovered(original, name, mutate(at));
        const whole = ends.filter((end) => end <= at).length;
        expect(numbersIn(given), `${how} from byte ${at}`).toEqual(upTo(whole));
        expect(given.map(samplesIn), `${how} from byte ${at}`).toEqual(upTo(whole).map((i) => samplesOf(i, 1)));
        const isTorn = how !== "cut" || !ends.includes(at);
        expect(aside.length, `${how} from byte ${at}`).toBe(isTorn && at > 8 ? 1 : how === "cut" ? 0 : 1);
      }
    }
  }, 60_000);

  test("a tail longer than the file of which nothing was accepted is put aside and nothing is lost", async () => {
    await using folder = await temporaryFolder();
    const original = await filled(folder.path, 3, 1 << 20);
    const [name = ""] = await segmentFiles(original);
    const { given, aside } = await recovered(original, name, (whole) => Buffer.concat([whole, Buffer.alloc(5_000, 1)]));
    expect(given.map(nameOf)).toEqual(["q1:1", "q1:2", "q1:3"]);
    expect(aside).toEqual([`${name}.torn`]);
  });
});

describe("a flipped bit", () => {
  test("in every byte of a segment that is not the last: no wrong record, later ones given, the gap exact", async () => {
    await using folder = await temporaryFolder();
    const original = await filled(folder.path, 9, 200);
    const names = await segmentFiles(original);
    expect(names.length).toBeGreaterThan(2);
    const [name = ""] = names;
    const size = (await readFile(join(original, "outbox", name))).length;
    for (let at = 0; at < size; at++) {
      const bit = 1 << ((at * 5) % 8);
      const { given, aside } = await recovered(original, name, (whole) => {
        whole[at] = (whole[at] ?? 0) ^ bit;
        return whole;
      });
      const sent = numbersIn(given);
      const lost = lostIn(given).flatMap(({ batches }) => batches.flatMap(({ ranges }) => numbersOf(ranges)));
      const what = `bit ${bit} of byte ${at}`;
      // The magic says nothing that the records do not say themselves.
      expect(lost.length, what).toBe(at < 8 ? 0 : 1);
      expect([...sent, ...lost].toSorted(), what).toEqual(upTo(9));
      for (const out of given) {
        if (out.name.queueId === "q1") expect(samplesIn(out), what).toEqual(samplesOf(out.name.number, 1));
      }
      expect(aside, what).toEqual([]);
      expect(
        lostIn(given).every(({ cause }) => cause === "outbox_damaged"),
        what,
      ).toBe(true);
    }
  }, 60_000);
});
