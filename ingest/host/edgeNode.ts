import { CodedError } from "#shared/model/errors.ts";
import type { BatchName, Sample, TagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import { type AcceptedCount, isAcceptedMetric, readAccepted } from "#shared/wire/accepted.ts";
import { bdSeqOf, metricNames, parseBatchName } from "#shared/wire/delivery.ts";
import { type LostData, lostDataIn } from "#shared/wire/lostData.ts";
import { carriesSample, metricSample } from "#shared/wire/sampleMetric.ts";
import type { Metric, Payload } from "#shared/wire/sparkplug/types.ts";
import { tagOfMetric } from "#shared/wire/tagMetric.ts";
import type { SparkplugTopic } from "#shared/wire/topics.ts";
import { SequenceTracker } from "./sequence.ts";

/** What a birth said of one metric. */
interface Announced {
  readonly name: string;
  readonly datatype: number;
  /** Null for metrics of the transport and of node control, which are no measurements. */
  readonly tag: TagId | null;
  /** The gateway's own count of what it accepted. */
  readonly isCount: boolean;
}

/** What a message of an edge node means to the host. */
export type NodeNews =
  | { readonly kind: "birth"; readonly samples: readonly Sample[]; readonly queueId: string | null }
  | { readonly kind: "deviceBirth"; readonly samples: readonly Sample[] }
  | {
      readonly kind: "data";
      readonly name: BatchName | null;
      readonly samples: () => readonly Sample[];
      /** The gateway's own count of what it has accepted, where it sends one. */
      readonly accepted: () => readonly AcceptedCount[];
      /** What the gateway gave up. */
      readonly lost: readonly LostData[];
    }
  | {
      readonly kind: "death";
      readonly cause: "gateway_lost" | "device_lost";
      readonly tags: readonly TagId[];
      readonly at: EpochMs;
    }
  /** Cannot be understood without a new birth; the batch stays unacknowledged. */
  | { readonly kind: "needsBirth"; readonly why: string }
  | { readonly kind: "ignored" };

/** Metrics by name and by alias, of one device or (key "") of the node itself. */
interface Announcements {
  readonly byName: Map<string, Announced>;
  readonly byAlias: Map<number | bigint, Announced>;
}

const ownPrefixes = ["Node Control/", "Device Control/", "Transport/", metricNames.statusPrefix];
export const isOwnMetric = (name: string): boolean =>
  name === metricNames.bdSeq || ownPrefixes.some((own) => name.startsWith(own));

/**
 * The tag of a metric. A metric of our naming is `<line>/<equipment>/<tag>`; any other keeps its edge node and device
 * as line and equipment, and the slashes in its name become dots.
 */
export function tagOf({ group, edge, device }: SparkplugTopic, name: string): TagId {
  return tagOfMetric(group, name) ?? (`${group}/${edge}/${device ?? "node"}/${name.replaceAll("/", ".")}` as TagId);
}

/** One edge node as the host knows it in this session: births, aliases, sequence. */
export class EdgeNode {
  readonly group: string;
  readonly edge: string;
  readonly sequence = new SequenceTracker();
  /** The node wants acknowledgements (D3); a foreign node's samples have no batch. */
  wantsAcks = false;
  #bdSeq: number | undefined;
  #isBorn = false;
  #broker: string | undefined;
  #devices = new Map<string, Announcements>();

  constructor(group: string, edge: string) {
    this.group = group;
    this.edge = edge;
  }

  /** The broker that its last birth came by; it is at one at a time. */
  get broker(): string | undefined {
    return this.#broker;
  }

  /** Everything that births said may be outdated: messages were missed. */
  forget(): void {
    this.#isBorn = false;
    this.#devices.clear();
  }

  /** Whether this session's births have the tag, and else what is missing. */
  presence(device: string, tag: TagId): "gateway_lost" | "device_lost" | "not_configured" | "announced" {
    if (!this.#isBorn) return "gateway_lost";
    const known = this.#devices.get(device);
    if (!known) return "device_lost";
    for (const announced of known.byName.values()) if (announced.tag === tag) return "announced";
    return "not_configured";
  }

  /** A message that came by this broker. Throws `MALFORMED` for one that breaks the standard. */
  receive(topic: SparkplugTopic, payload: Payload, now: EpochMs, broker: string): NodeNews {
    if (topic.type === "NBIRTH") this.#broker = broker;
    // The end of a session that the node has left says nothing of the one that it is in; all else is late, or the birth
    // by that broker was lost.
    if (this.#broker !== broker) {
      return topic.type === "NDEATH" ? { kind: "ignored" } : { kind: "needsBirth", why: "born by another broker" };
    }
    switch (topic.type) {
      case "NBIRTH":
        return this.#nodeBirth(topic, payload);
      case "DBIRTH":
        return this.#deviceBirth(topic, payload, now);
      case "NDATA":
      case "DDATA":
        return this.#data(topic, payload, now);
      case "NDEATH":
        return this.#nodeDeath(payload, now);
      case "DDEATH":
        return this.#deviceDeath(topic, payload, now);
      default:
        return { kind: "ignored" };
    }
  }

  #nodeBirth(topic: SparkplugTopic, payload: Payload): NodeNews {
    this.#devices.clear();
    this.#isBorn = true;
    this.#bdSeq = bdSeqOf(payload);
    this.sequence.restart(payload.seq ?? 0);
    this.wantsAcks = payload.metrics.some(({ name }) => name === metricNames.batchAck);
    const queueId = payload.metrics.find(({ name }) => name === metricNames.queueId)?.value;
    const samples = this.#announce(topic, payload);
    return { kind: "birth", samples, queueId: typeof queueId === "string" ? queueId : null };
  }

  #deviceBirth(topic: SparkplugTopic, payload: Payload, now: EpochMs): NodeNews {
    if (!this.#isBorn) return { kind: "needsBirth", why: "DBIRTH before NBIRTH" };
    this.#count(payload, now);
    return { kind: "deviceBirth", samples: this.#announce(topic, payload) };
  }

  #announce(topic: SparkplugTopic, payload: Payload): Sample[] {
    const announcements: Announcements = { byName: new Map(), byAlias: new Map() };
    const samples: Sample[] = [];
    for (const metric of payload.metrics) {
      const { name, alias, datatype } = metric;
      if (name === undefined || datatype === undefined) {
        throw new CodedError("MALFORMED", `${topic.type} of ${topic.edge} has a metric without name or datatype.`);
      }
      const tag = isOwnMetric(name) ? null : tagOf(topic, name);
      const announced: Announced = { name, datatype, tag, isCount: isAcceptedMetric(name) };
      announcements.byName.set(name, announced);
      if (alias !== undefined) announcements.byAlias.set(alias, announced);
      if (tag !== null && carriesSample(metric)) samples.push(sampleOf(metric, tag, datatype, payload));
    }
    this.#devices.set(topic.device ?? "", announcements);
    return samples;
  }

  #data(topic: SparkplugTopic, payload: Payload, now: EpochMs): NodeNews {
    if (!this.#isBorn) return { kind: "needsBirth", why: "data before NBIRTH" };
    this.#count(payload, now);
    const known = this.#devices.get(topic.device ?? "");
    if (!known) return { kind: "needsBirth", why: "data before DBIRTH" };
    const announced: Announced[] = [];
    let batch: string | undefined;
    let counted: string | undefined;
    for (const metric of payload.metrics) {
      const what = metric.alias !== undefined ? known.byAlias.get(metric.alias) : known.byName.get(metric.name ?? "");
      if (!what) return { kind: "needsBirth", why: `unknown metric ${metric.alias ?? metric.name}` };
      announced.push(what);
      if (typeof metric.value !== "string") continue;
      if (what.isCount) counted ??= metric.value;
      else if (what.name === metricNames.batch) batch ??= metric.value;
    }
    const name = batch === undefined ? null : parseBatchName(batch);
    // Built only when wanted: a batch that is stored already needs no samples.
    let made: Sample[] | undefined;
    const samples = (): readonly Sample[] => {
      if (made) return made;
      made = [];
      for (const [i, metric] of payload.metrics.entries()) {
        const { tag, datatype } = announced[i] as Announced;
        if (tag !== null && !metric.isTransient) made.push(sampleOf(metric, tag, datatype, payload));
      }
      return made;
    };
    const accepted = () => (counted === undefined ? [] : readAccepted(counted, samples()));
    const lost = topic.type === "NDATA" ? lostDataIn(payload) : [];
    return { kind: "data", name, samples, accepted, lost };
  }

  #nodeDeath(payload: Payload, now: EpochMs): NodeNews {
    // A will of an earlier session may arrive after the next birth (payloads-ndeath-bdseq).
    // A node whose birth has no bdSeq has no session that could be told apart.
    const isAnother = this.#bdSeq !== undefined && bdSeqOf(payload) !== this.#bdSeq;
    if (!this.#isBorn || isAnother) return { kind: "ignored" };
    const tags = [...this.#devices.keys()].flatMap((device) => this.#tagsOf(device));
    this.forget();
    return { kind: "death", cause: "gateway_lost", tags, at: now };
  }

  #deviceDeath(topic: SparkplugTopic, payload: Payload, now: EpochMs): NodeNews {
    if (!this.#isBorn) return { kind: "needsBirth", why: "DDEATH before NBIRTH" };
    this.#count(payload, now);
    const tags = this.#tagsOf(topic.device ?? "");
    this.#devices.delete(topic.device ?? "");
    return { kind: "death", cause: "device_lost", tags, at: instant(payload.timestamp ?? now) };
  }

  #tagsOf(device: string): readonly TagId[] {
    return [...(this.#devices.get(device)?.byName.values() ?? [])].flatMap(({ tag }) => (tag === null ? [] : [tag]));
  }

  #count(payload: Payload, now: EpochMs): void {
    if (payload.seq !== undefined) this.sequence.accept(payload.seq, now);
  }
}

function sampleOf(metric: Metric, tag: TagId, datatype: number, payload: Payload): Sample {
  const payloadAt = payload.timestamp === undefined ? undefined : instant(payload.timestamp);
  return metricSample(metric, tag, metric.datatype ?? datatype, payloadAt);
}
