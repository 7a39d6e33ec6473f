import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addRange, noRanges, type Ranges } from "#shared/model/ranges.ts";
import { instant } from "#shared/model/time.ts";
import {
  ackPayload,
  acksIn,
  asksRebirth,
  batchBirthMetric,
  batchMetric,
  bdSeqOf,
  deathPayload,
  formatAck,
  formatBatchName,
  metricNames,
  nodeBirthMetrics,
  parseAck,
  parseBatchName,
  rebirthPayload,
} from "#shared/wire/delivery.ts";
import { encodeHostState, parseHostState } from "#shared/wire/hostState.ts";
import { decodePayload } from "#shared/wire/sparkplug/decode.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { decodeMessage } from "#shared/wire/sparkplug/message.ts";
import { datatypes, type Payload } from "#shared/wire/sparkplug/types.ts";

const malformed = expect.objectContaining({ code: "MALFORMED" });
const at = instant(1_790_000_000_000);
const queueIds = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const numbers = fc.nat(1_000_000_000);
const ranges: fc.Arbitrary<Ranges> = fc
  .array(fc.tuple(fc.nat(10_000), fc.nat(50)), { maxLength: 12 })
  .map((starts) => starts.reduce<Ranges>((all, [first, more]) => addRange(all, first, first + more), noRanges));

const sent = (payload: Payload) => decodePayload(encodePayload(payload));

describe("names of batches", () => {
  test("read back", () => {
    fc.assert(
      fc.property(queueIds, numbers, (queueId, number) => {
        expect(parseBatchName(formatBatchName({ queueId, number }))).toEqual({ queueId, number });
      }),
    );
  });

  test.each([
    "",
    "q",
    "q:",
    ":1",
    "q:1:2",
    "q:-1",
    "q:1.5",
    "q:1e3",
    "q 1:1",
    "q;1:1",
    `${"q".repeat(65)}:1`,
    "q:1234567890123456",
  ])("`%s` is none", (text) => expect(() => parseBatchName(text)).toThrow(malformed));

  test("the metric of a batch is transient and, in DATA, named by its alias alone", () => {
    const [birth] = sent({ metrics: [batchBirthMetric(9, at)] }).metrics;
    expect(birth).toMatchObject({ name: "Transport/Batch", alias: 9, datatype: datatypes.String, isTransient: true });
    const [data] = sent({ metrics: [batchMetric(9, { queueId: "q", number: 5 }, at)] }).metrics;
    expect(data).toEqual({ alias: 9, timestamp: at, isTransient: true, value: "q:5" });
  });
});

describe("acknowledgements", () => {
  test("read back, also from the command that carries them", () => {
    fc.assert(
      fc.property(queueIds, ranges, (queueId, stored) => {
        const ack = { queueId, ranges: stored };
        expect(parseAck(formatAck(ack))).toEqual(ack);
        expect(acksIn(sent(ackPayload(ack, at)))).toEqual([ack]);
      }),
    );
  });

  test("look as documented", () => {
    expect(
      formatAck({
        queueId: "01JX",
        ranges: [
          [1, 10_452],
          [10_460, 10_460],
        ],
      }),
    ).toBe("01JX;1-10452,10460");
  });

  test.each(["", "q", ";1-2", "q;1;2", "q;2-1", "q;x", "q;1-", "q q;1", "q;-1"])("`%s` is none", (text) => {
    expect(() => parseAck(text)).toThrow(malformed);
  });

  test("a command without one has none; one that cannot be read is refused", () => {
    expect(acksIn(sent(rebirthPayload(at)))).toEqual([]);
    const broken = { metrics: [{ name: metricNames.batchAck, datatype: datatypes.String, value: "q;?" }] };
    expect(() => acksIn(sent(broken))).toThrow(malformed);
  });

  test("commands have a timestamp and no seq", () => {
    for (const command of [ackPayload({ queueId: "q", ranges: [] }, at), rebirthPayload(at)]) {
      const read = decodeMessage("NCMD", encodePayload(command));
      expect(read.seq).toBeUndefined();
      expect(read.timestamp).toBe(at);
    }
  });

  test("a rebirth is asked for by true alone", () => {
    expect(asksRebirth(sent(rebirthPayload(at)))).toBe(true);
    expect(asksRebirth(sent(ackPayload({ queueId: "q", ranges: [] }, at)))).toBe(false);
    const off = { metrics: [{ name: metricNames.rebirth, datatype: datatypes.Boolean, value: false }] };
    expect(asksRebirth(sent(off))).toBe(false);
  });
});

describe("births and deaths of a node", () => {
  test("the metric of rebirth: no alias, Boolean, false", () => {
    const metrics = nodeBirthMetrics({ bdSeq: 7, queueId: "q", at });
    expect(metrics.find(({ name }) => name === "Node Control/Rebirth")).toEqual({
      name: "Node Control/Rebirth",
      timestamp: at,
      datatype: datatypes.Boolean,
      value: false,
    });
    expect(metrics.every(({ alias, timestamp }) => alias === undefined && timestamp === at)).toBe(true);
  });

  test("a death: one metric, bdSeq, and no seq", () => {
    const death = decodeMessage("NDEATH", encodePayload(deathPayload(7, at)));
    expect(death.metrics).toEqual([{ name: "bdSeq", timestamp: at, datatype: datatypes.Int64, value: 7 }]);
    expect(death.seq).toBeUndefined();
  });

  test("bdSeq is the same in birth and death, and is read as Int64 and as UInt64", () => {
    expect(bdSeqOf({ metrics: nodeBirthMetrics({ bdSeq: 255, queueId: "q", at }) })).toBe(255);
    expect(bdSeqOf(sent(deathPayload(255, at)))).toBe(255);
    expect(bdSeqOf(sent({ metrics: [{ name: "bdSeq", datatype: datatypes.UInt64, value: 255 }] }))).toBe(255);
    expect(bdSeqOf({ metrics: [] })).toBeUndefined();
  });
});

describe("STATE", () => {
  test("JSON with the keys online and timestamp, no other", () => {
    expect(encodeHostState({ online: true, timestamp: at })).toBe('{"online":true,"timestamp":1790000000000}');
    fc.assert(
      fc.property(fc.boolean(), fc.nat().map(instant), (online, timestamp) => {
        expect(parseHostState(Buffer.from(encodeHostState({ online, timestamp })))).toEqual({ online, timestamp });
      }),
    );
  });

  test.each(["", "ONLINE", "null", "[]", '{"online":1,"timestamp":5}', '{"online":true}', '{"timestamp":5}'])(
    "`%s` is none",
    (text) => expect(() => parseHostState(Buffer.from(text))).toThrow(malformed),
  );
});
