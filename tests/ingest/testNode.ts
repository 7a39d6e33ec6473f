import { systemClock } from "../../shared/kit/clock.ts";
import { inRanges, noRanges, type Ranges } from "../../shared/model/ranges.ts";
import type { BatchName, Sample } from "../../shared/model/sample.ts";
import type { TagInfo } from "../../shared/model/tag.ts";
import {
  acksIn,
  asksRebirth,
  batchBirthMetric,
  batchMetric,
  deathPayload,
  nodeBirthMetrics,
} from "../../shared/wire/delivery.ts";
import { lostDataMetric } from "../../shared/wire/lostData.ts";
import { sampleMetric } from "../../shared/wire/sampleMetric.ts";
import { openSession, type Session, type SessionOptions } from "../../shared/wire/session.ts";
import { decodePayload } from "../../shared/wire/sparkplug/decode.ts";
import { encodePayload } from "../../shared/wire/sparkplug/encode.ts";
import type { Metric } from "../../shared/wire/sparkplug/types.ts";
import { birthMetric, datatypeOf } from "../../shared/wire/tagMetric.ts";
import { commandFilters, type MessageType, sparkplugTopic } from "../../shared/wire/topics.ts";
import { eventually } from "./eventually.ts";

export interface TestNodeOptions {
  readonly broker: Pick<SessionOptions, "url" | "username" | "password">;
  readonly group: string;
  readonly edge: string;
  /** Tags per device. */
  readonly devices: Readonly<Record<string, readonly TagInfo[]>>;
  readonly queueId: string;
  readonly bdSeq?: number;
}

/** An edge node that does what it is told, right or wrong: the counterpart of the host in tests. */
export class TestNode implements AsyncDisposable {
  #options: TestNodeOptions;
  #session: Session;
  #seq = 0;
  #late: (() => void)[] = [];
  #held: (() => void)[] | null = null;
  #aliases = new Map<string, number>();
  acked: Ranges = noRanges;

  get queueId(): string {
    return this.#options.queueId;
  }
  acks = 0;
  rebirthsAsked = 0;

  private constructor(options: TestNodeOptions, session: Session) {
    this.#options = options;
    this.#session = session;
  }

  static async connect(options: TestNodeOptions): Promise<TestNode> {
    const { broker, group, edge, bdSeq = 0 } = options;
    const holder: { node?: TestNode } = {};
    const session = await openSession(
      {
        ...broker,
        clientId: `test-${edge}`,
        will: {
          topic: sparkplugTopic({ group, type: "NDEATH", edge }),
          payload: encodePayload(deathPayload(bdSeq, systemClock.now())),
          qos: 1,
          retain: false,
        },
        onMessage: (_, payload) => holder.node?.command(payload),
      },
      new AbortController().signal,
    );
    await session.subscribe(commandFilters(group, edge).map((filter) => ({ filter, qos: 1 })));
    const node = new TestNode(options, session);
    holder.node = node;
    return node;
  }

  command(bytes: Uint8Array): void {
    const payload = decodePayload(bytes);
    if (asksRebirth(payload)) this.rebirthsAsked += 1;
    for (const { queueId, ranges } of acksIn(payload)) {
      this.acks += 1;
      if (queueId === this.#options.queueId) this.acked = ranges;
    }
  }

  /** NBIRTH and all DBIRTHs; `latest` are the current values in them. */
  birth(latest: readonly Sample[] = []): void {
    const { bdSeq = 0, queueId, devices } = this.#options;
    const now = systemClock.now();
    this.#seq = 0;
    this.#aliases.clear();
    this.send("NBIRTH", undefined, [...nodeBirthMetrics({ bdSeq, queueId, at: now }), lostDataMetric(null, now)]);
    for (const [device, tags] of Object.entries(devices)) this.deviceBirth(device, tags, latest);
  }

  deviceBirth(device: string, tags: readonly TagInfo[], latest: readonly Sample[] = []): void {
    const now = systemClock.now();
    const metrics = tags.map((info) => {
      const alias = this.#alias(info.tag);
      return birthMetric(info, alias, latest.find(({ tag }) => tag === info.tag) ?? null, now);
    });
    this.send("DBIRTH", device, [...metrics, batchBirthMetric(this.#alias(`batch ${device}`), now)]);
  }

  #alias(key: string): number {
    const alias = this.#aliases.get(key) ?? this.#aliases.size + 1;
    this.#aliases.set(key, alias);
    return alias;
  }

  /** One batch of one device. */
  data(device: string, number: number, samples: readonly Sample[], historical = false): void {
    const metrics = samples.map((sample) => {
      const info = this.#options.devices[device]?.find(({ tag }) => tag === sample.tag);
      if (!info) throw new Error(`${sample.tag} is not of ${device}`);
      return sampleMetric(sample, this.#aliases.get(info.tag) ?? 9_999, historical, datatypeOf(info.type));
    });
    const name: BatchName = { queueId: this.#options.queueId, number };
    const batch = batchMetric(this.#aliases.get(`batch ${device}`) ?? 9_998, name, systemClock.now());
    this.send("DDATA", device, [...metrics, batch]);
  }

  /** Any message; takes the next seq. */
  send(
    type: MessageType,
    device: string | undefined,
    metrics: readonly Metric[],
    timestamp: number = systemClock.now(),
  ): void {
    const payload = { timestamp, seq: this.#seq, metrics };
    this.#seq = (this.#seq + 1) % 256;
    this.sendRaw(type, device, encodePayload(payload));
  }

  sendRaw(type: MessageType, device: string | undefined, payload: Uint8Array): void {
    const { group, edge } = this.#options;
    const topic = { group, type, edge, ...(device === undefined ? {} : { device }) };
    const publish = () => this.#session.publish(sparkplugTopic(topic), payload);
    if (this.#held) this.#held.push(publish);
    else publish();
  }

  /** What `body` sends is on its way, and overtaken until `release`. */
  hold(body: () => void): void {
    this.#held = this.#late;
    body();
    this.#held = null;
  }

  release(): void {
    for (const publish of this.#late.splice(0)) publish();
  }

  /** A number is used up, but its message is lost. */
  loseMessage(): void {
    this.#seq = (this.#seq + 1) % 256;
  }

  death(): void {
    const { bdSeq = 0 } = this.#options;
    this.sendRaw("NDEATH", undefined, encodePayload(deathPayload(bdSeq, systemClock.now())));
  }

  hasAck(number: number): boolean {
    return inRanges(this.acked, number);
  }

  /** Resolves when the host has acknowledged the batch. */
  async ackOf(number: number): Promise<void> {
    await eventually(() => this.hasAck(number), `acknowledgement of batch ${number}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }
}
