// Experiments of groups A to D that tests of the parts themselves show: they are not run twice.
import type { Experiment } from "../experiment.ts";

const outbox = "tests/gateway/outbox.test.ts";
const influxServer = "tests/store/influxServer.test.ts";

export const elsewhere = {
  F11: {
    title: "one device among many fails or floods",
    notCovered: "exceptions inside the protocol libraries' own threads",
    shownBy: [
      {
        file: "tests/gateway/hostileLoad.test.ts",
        title: "F59: beside a dead unit, 29 others on the connection keep their cadence",
      },
    ],
  },
  F13: {
    title: "torn tails of the outbox: cut, zeros, half records, wrong checksums",
    notCovered: "every single byte of a large file",
    shownBy: [
      {
        file: "tests/gateway/outboxDamage.test.ts",
        title: "cut, zeroed or overwritten from every byte on: exactly the whole records before come back",
      },
      { file: outbox, title: "cuts a torn tail: %s" },
      {
        file: "tests/gateway/outboxModel.test.ts",
        title: "whatever happens, every durable batch is given exactly once per start",
      },
    ],
  },
  F14: {
    title: "bits turned over in the middle of the outbox",
    notCovered: "damage that a disk hides by answering with old bytes",
    shownBy: [
      {
        file: "tests/gateway/outboxDamage.test.ts",
        title: "in every byte of a segment that is not the last: no wrong record, later ones given, the gap exact",
      },
      {
        file: outbox,
        title: "damage in the middle costs that batch only; the gap names its number, its tags and its time",
      },
    ],
  },
  F17: {
    title: "the outbox is full: the oldest routine data goes, and a gap record stands for it",
    notCovered: "a real small file system, which F17m has",
    shownBy: [
      {
        file: "tests/gateway/outboxDisk.test.ts",
        title:
          "filled by others: the oldest routine data goes, alarm-relevant data stays, the gap is exact, and it recovers",
      },
      {
        file: outbox,
        title:
          "beyond the quota the oldest goes first, counted, and recorded as a gap that is acknowledged like a batch",
      },
    ],
  },
  F18: {
    title: "writes of the outbox fail or are short",
    notCovered: "injection into the system calls of the whole process",
    also: ["F19"],
    shownBy: [
      {
        file: "tests/gateway/outboxDisk.test.ts",
        title: "%s, %s, wherever it comes: everything is given once, and the failed file is left alone",
      },
      {
        file: outbox,
        title: "a disk that cannot be written is tried again: what was pushed meanwhile is kept, in order",
      },
    ],
  },
  F31: {
    title: "a subscriber of the embedded broker stops reading its socket while data flows",
    notCovered: "brokers of other makers, which have their own limits",
    shownBy: [
      {
        file: "tests/ingest/brokerFront.test.ts",
        title: "is dropped, and nobody else waits for it longer than the drain time",
      },
    ],
  },
  F37: {
    title: "InfluxDB answers 500, 502, 503, refuses connections, or takes them and never answers",
    notCovered: "hours of it",
    also: ["F41"],
    shownBy: [
      { file: influxServer, title: "%j: kept, and stored when it is handed over again" },
      { file: influxServer, title: "a server that is away rejects reads and writes, and names what to look at" },
      {
        file: influxServer,
        title: "a server that takes the lines and never answers is given up; again is the same lines",
      },
    ],
  },
  F38: {
    title: "InfluxDB asks to wait (Retry-After), and alarms go on meanwhile",
    notCovered: "–",
    shownBy: [
      {
        file: "tests/store/influxClient.test.ts",
        title: "Retry-After in seconds: the client comes again after as many milliseconds; ours waits the seconds",
      },
      {
        file: "tests/ingest/derived.test.ts",
        title: "a store outage withholds acknowledgements, but silences neither alarms nor live values",
      },
    ],
  },
  F39: {
    title: "InfluxDB stores a part of the points and refuses the others",
    notCovered: "–",
    shownBy: [
      {
        file: influxServer,
        title: "a partial write: good points are kept, the others refused with the server's words",
      },
      { file: "tests/store/refusedKill.test.ts", title: "killed before and behind the names of batches, sent again" },
    ],
  },
  F40: {
    title: "InfluxDB refuses a whole batch: 400, 413, 401, 404",
    notCovered: "–",
    shownBy: [
      { file: influxServer, title: "a plain 400 stores nothing of a batch: it is bisected to the faulty points" },
      { file: influxServer, title: "413: the batch is halved until it fits; a line that fits nowhere is refused" },
      { file: influxServer, title: "HTTP %i: kept, and the server is left in peace until a person may have acted" },
    ],
  },
  F43: {
    title: "a tag turns from number to text",
    notCovered: "–",
    shownBy: [
      {
        file: "tests/store/influx.test.ts",
        title: "a type conflict refuses its lines alone; the other writers of the group do not notice",
      },
    ],
  },
  F44: {
    title: "two samples of one tag with the same source time",
    notCovered: "–",
    shownBy: [
      {
        file: "tests/gateway/accepted.test.ts",
        title: "two values of one millisecond are both kept, in their order; a repeat changes nothing (F44)",
      },
    ],
  },
} satisfies Record<string, Experiment>;
