import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { BatchName, GapCause, Sample, TagId } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, millis, seconds } from "#shared/model/time.ts";
import { type BatchAck, rebirthPayload } from "#shared/wire/delivery.ts";
import type { LostData } from "#shared/wire/lostData.ts";
import { encodePayload } from "#shared/wire/sparkplug/encode.ts";
import { decodeMessage } from "#shared/wire/sparkplug/message.ts";
import type { Payload } from "#shared/wire/sparkplug/types.ts";
import { parseSparkplugTopic, type SparkplugTopic, sparkplugTopic } from "#shared/wire/topics.ts";
import type { AlarmEngine } from "../alarms/enginePort.ts";
import type { LiveValues } from "../live/liveValues.ts";
import type { RunWatch } from "../runs/watch.ts";
import type { AcceptedTally } from "./acceptedTally.ts";
import { Acks } from "./acks.ts";
import type { DeadLetters } from "./deadLetters.ts";
import { EdgeNode, type NodeNews } from "./edgeNode.ts";
import type { GapLedger, Hole } from "./gapLedger.ts";
import type { Intake, WaitingBatch } from "./intake.ts";
import { RebirthRequests } from "./rebirths.ts";
import { ReplacedTimes } from "./replacedTimes.ts";

/** A number that stays missing for this long means a lost message (operational-behavior-host-reordering-param). */
export const defaultReorderTimeout = seconds(2);
const acknowledgeEvery = millis(100);

export interface HostParts {
  readonly intake: Intake;
  readonly alarms: AlarmEngine;
  readonly runs: Pick<RunWatch, "evaluate">;
  readonly live: LiveValues;
  readonly gaps: GapLedger;
  readonly accepted: AcceptedTally;
  /** Makes durable that these batches will never come; false where that cannot be written. */
  readonly keepGivenUp: (batches: readonly BatchAck[]) => boolean;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Sends a message to the broker, QoS 0; nothing happens while there is no session. */
export type Send = (topic: string, payload: Uint8Array) => void;

/** What the primary host does with the messages of edge nodes (Sparkplug 3.0, chapter 5). */
export class Host {
  #parts: HostParts;
  #nodes = new Map<string, EdgeNode>();
  #rebirths = new RebirthRequests();
  #acks = new Acks();
  #replaced = new ReplacedTimes();
  /** Since when the messages of all nodes come in. */
  #listeningSince: EpochMs;
  #acknowledgedAt: DurationMs = millis(Number.NEGATIVE_INFINITY);
  #count;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#listeningSince = parts.clock.now();
    const { metrics } = parts;
    this.#count = {
      messages: metrics.counter("ingest_messages_received_total", "Sparkplug messages received, by type."),
      duplicates: metrics.counter("ingest_batches_duplicate_total", "Batches that were there before."),
      dropped: metrics.counter("ingest_batches_dropped_total", "Batches dropped unacknowledged, by reason."),
      rebirths: metrics.counter("ingest_rebirths_requested_total", "Rebirth requests sent."),
      replaced: metrics.counter(
        "ingest_samples_replaced_total",
        "Values of edge nodes without batches that a second one for the same millisecond took the place of.",
      ),
      unknownTags: metrics.counter("ingest_samples_unmodelled_total", "Samples of tags outside the plant model."),
    };
  }

  /** Messages of nodes at this broker were missed: what births said may be outdated. */
  forgetBirths(broker: string): void {
    this.#listeningSince = this.#parts.clock.now();
    for (const node of this.#nodes.values()) if (node.broker === broker) node.forget();
  }

  /** Takes one message that came by this broker; returns at once. */
  receive(topicText: string, bytes: Uint8Array, broker: string): void {
    const topic = parseSparkplugTopic(topicText);
    if (!topic || topic.type === "NCMD" || topic.type === "DCMD") return;
    const now = this.#parts.clock.now();
    this.#count.messages.add(1, { type: topic.type });
    const key = `${topic.group}/${topic.edge}`;
    const node = this.#nodes.get(key) ?? new EdgeNode(topic.group, topic.edge);
    this.#nodes.set(key, node);
    try {
      const news = node.receive(topic, decodeMessage(topic.type, bytes), now, broker);
      if (news.kind === "data") {
        // Unacknowledged where the ledger cannot be written: the gateway says it again.
        if (this.#record(news.lost)) this.#useData(key, news, now, topicText, bytes);
      } else this.#act(key, node, news, now, topic);
    } catch (error) {
      this.#parts.deadLetters.put(topicText, bytes, messageOf(error), now);
    }
  }

  #act(
    key: string,
    node: EdgeNode,
    news: Exclude<NodeNews, { kind: "data" }>,
    now: EpochMs,
    topic: SparkplugTopic,
  ): void {
    switch (news.kind) {
      case "birth":
        this.#rebirths.born(key);
        if (node.wantsAcks) this.#acks.oweAll(key, news.queueId);
        this.#useBirth(key, node, news.samples, now);
        break;
      case "deviceBirth":
        this.#useBirth(key, node, news.samples, now);
        break;
      case "death":
        this.#parts.log.warn({ node: key, device: topic.device, cause: news.cause }, "Source lost");
        this.#parts.gaps.open(news.tags, news.at, () => news.cause);
        this.#parts.live.lose(news.tags, news.at);
        break;
      case "needsBirth":
        this.#count.dropped.add(1, { reason: "needs_birth" });
        this.#rebirths.want(key);
        break;
      case "ignored":
        break;
    }
  }

  /** A gateway of ours sends every sample in a batch too; of any other node the birth is the only message with it. */
  #useBirth(key: string, node: EdgeNode, samples: readonly Sample[], now: EpochMs): void {
    this.#show(samples, now, true);
    if (!node.wantsAcks && samples.length > 0) this.#offerNameless(key, samples);
  }

  #useData(key: string, news: NodeNews & { kind: "data" }, now: EpochMs, topic: string, bytes: Uint8Array): void {
    const { intake, accepted, deadLetters } = this.#parts;
    const { name } = news;
    const known = name && intake.known(name);
    if (known) {
      this.#count.duplicates.add(1);
      // A pending one is acknowledged by its commit.
      if (known === "stored") this.#owe(key, name.queueId);
    }
    let samples: readonly Sample[] = [];
    try {
      // A count is true even where its batch was there before, or has to come again.
      if (name) accepted.take(name, news.accepted());
      if (known) return;
      samples = news.samples();
    } catch (error) {
      if (!name) throw error;
      // It would come again for ever: once it lies in the dead letter, its name counts as stored.
      if (!known) deadLetters.keep([{ receivedAt: now, topic, reason: messageOf(error), payload: bytes }]);
    }
    if (known) return;
    this.#show(samples, now, false);
    if (name) this.#offer(key, name, samples);
    else if (samples.length > 0) this.#offerNameless(key, samples);
  }

  /** What a gateway gave up becomes gaps with their cause; false where they are not on disk. */
  #record(lost: readonly LostData[]): boolean {
    if (lost.length === 0) return true;
    const { gaps, intake } = this.#parts;
    const isKept = gaps.record(
      lost.flatMap(({ tags, cause }) => tags.map(({ samples, ...one }) => ({ ...one, cause, count: samples }))),
    );
    if (!isKept) return false;
    const given = lost.flatMap(({ batches }) => batches);
    if (!this.#parts.keepGivenUp(given)) return false;
    intake.giveUp(given);
    return true;
  }

  /** Alarms and live values come before storage (D4). */
  #show(samples: readonly Sample[], now: EpochMs, isBirth: boolean): void {
    const { alarms, runs, live } = this.#parts;
    alarms.evaluate(samples);
    runs.evaluate(samples);
    let unknown = 0;
    for (const sample of samples) if (!live.use(sample, now, isBirth)) unknown += 1;
    if (unknown > 0) this.#count.unknownTags.add(unknown);
  }

  #offerNameless(key: string, samples: readonly Sample[]): void {
    this.#count.replaced.add(this.#replaced.count(samples));
    this.#offer(key, null, samples);
  }

  #offer(key: string, name: BatchName | null, samples: readonly Sample[]): void {
    if (this.#parts.intake.offer(key, name, samples) === "full") this.#count.dropped.add(1, { reason: "queue_full" });
  }

  /** A gateway that delivers to another host names its batches too, and takes no acknowledgements. */
  #owe(key: string, queueId: string): void {
    if (this.#nodes.get(key)?.wantsAcks) this.#acks.owe(key, queueId);
  }

  /** The batches are durable: their gateways are owed an acknowledgement. */
  stored(batches: readonly WaitingBatch[]): void {
    const { gaps } = this.#parts;
    for (const { node, name, samples } of batches) {
      if (name) {
        this.#owe(node, name.queueId);
        this.#parts.accepted.settled(name.queueId);
      }
      const queue = name?.queueId ?? null;
      for (const sample of samples) gaps.stored(sample, queue, this.#causeOfHole);
    }
    gaps.settle((queue) => this.#parts.intake.isComplete(queue));
  }

  /** Why a tag was silent until now. */
  #causeOfHole = ({ from, before, queue, taken }: Hole): GapCause => {
    const { intake } = this.#parts;
    if (queue === null) return from < this.#listeningSince ? "host_lost" : (taken ?? "source_silent");
    const isOfOneStart = before === null ? intake.knewAtStart(queue) : before === queue;
    if (!isOfOneStart) return "gateway_lost";
    return intake.isComplete(queue) ? "source_silent" : "undelivered";
  };

  /** Why the tag of a device of ours is silent now. */
  causeOfSilence(node: { group: string; edge: string }, device: string, tag: TagId): GapCause {
    const known = this.#nodes.get(`${node.group}/${node.edge}`)?.presence(device, tag) ?? "gateway_lost";
    if (known !== "announced") return known;
    return this.#parts.gaps.isClockSuspect(tag) ? "clock_suspect" : "source_silent";
  }

  /** Sends the rebirth requests and acknowledgements that are due. */
  tick(send: Send, reorderTimeout = defaultReorderTimeout): void {
    const now = this.#parts.clock.now();
    for (const [key, { sequence }] of this.#nodes) {
      if (sequence.waitingSince !== null && now - sequence.waitingSince >= reorderTimeout) this.#rebirths.want(key);
    }
    for (const key of this.#rebirths.due(now)) {
      this.#count.rebirths.add(1);
      this.#parts.log.info({ node: key }, "Rebirth requested");
      this.#command(send, key, rebirthPayload(now));
    }
    this.acknowledge(send);
  }

  /** Sends each gateway that is owed an acknowledgement one with all of them: ten a second, more where one presses. */
  acknowledge(send: Send): void {
    const { clock, intake } = this.#parts;
    if (clock.monotonic() - this.#acknowledgedAt < acknowledgeEvery && !this.#acks.isPressing) return;
    // The count goes with its batch: once acknowledged it will not come again.
    if (!this.#parts.accepted.flush((queueId) => intake.ranges(queueId))) return;
    this.#acknowledgedAt = clock.monotonic();
    for (const [key, payload] of this.#acks.take((queueId) => intake.ranges(queueId), clock.now())) {
      this.#command(send, key, payload);
    }
  }

  #command(send: Send, key: string, payload: Payload): void {
    const node = this.#nodes.get(key);
    if (node) send(sparkplugTopic({ group: node.group, type: "NCMD", edge: node.edge }), encodePayload(payload));
  }
}
