import type { Sample, TagId, TagValue } from "#shared/model/sample.ts";
import type { TagInfo, TagType } from "#shared/model/tag.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { batchBirthMetric, batchMetric } from "#shared/wire/delivery.ts";
import { sampleMetric } from "#shared/wire/sampleMetric.ts";
import type { Metric } from "#shared/wire/sparkplug/types.ts";
import { birthMetric, datatypeOf, metricName } from "#shared/wire/tagMetric.ts";
import type { Outgoing } from "../outbox/port.ts";
import type { BatchContent } from "../outbox/record.ts";

export type OutgoingBatch = Outgoing & BatchContent;

export interface CatalogueDevice {
  readonly id: string;
  readonly tags: readonly TagInfo[];
}

/** Everything that births declare, with its aliases; an alias is unique over the node and never used again. */
export interface Catalogue {
  readonly devices: readonly string[];
  /**
   * Declares these devices from now on; gives the ids of those that have to be born again because a tag is new or
   * described differently. What is no longer there is forgotten, until a batch that waits needs it.
   */
  replace(devices: readonly CatalogueDevice[]): readonly string[];
  /** Metrics of a DBIRTH. `last` gives the newest sample of a tag. */
  birth(device: string, last: (tag: TagId) => Sample | undefined, at: EpochMs): readonly Metric[];
  /**
   * Declares what a batch needs and no birth has said: a tag or a device that left plant.yaml while its samples were
   * waiting. True when the device has to be born again.
   */
  extend(out: OutgoingBatch): boolean;
  /** Metrics of a DDATA in the order of the samples, the batch's name last. */
  data(out: OutgoingBatch, historical: boolean, at: EpochMs): readonly Metric[];
}

interface Declared {
  readonly alias: number;
  readonly datatype: number;
  /** Missing for a tag that is no longer in plant.yaml. */
  readonly info: TagInfo | undefined;
}
interface DeclaredDevice {
  readonly batchAlias: number;
  tags: Map<TagId, Declared>;
}

export function createCatalogue(devices: readonly CatalogueDevice[]): Catalogue {
  const declared = new Map<string, DeclaredDevice>();
  let aliases = 0;
  const declareDevice = (id: string): DeclaredDevice => {
    const made: DeclaredDevice = { batchAlias: aliases++, tags: new Map() };
    declared.set(id, made);
    return made;
  };
  /** An alias stays with its tag as long as the datatype does. */
  const declare = (info: TagInfo, known: Declared | undefined): Declared => {
    const datatype = datatypeOf(info.type);
    return { alias: known?.datatype === datatype ? known.alias : aliases++, datatype, info };
  };
  const replace = (wanted: readonly CatalogueDevice[]): readonly string[] => {
    const ids = new Set(wanted.map(({ id }) => id));
    for (const id of declared.keys()) if (!ids.has(id)) declared.delete(id);
    return wanted.flatMap(({ id, tags }) => {
      const device = declared.get(id) ?? declareDevice(id);
      const before = JSON.stringify([...device.tags]);
      device.tags = new Map(tags.map((info) => [info.tag, declare(info, device.tags.get(info.tag))]));
      return JSON.stringify([...device.tags]) === before ? [] : [id];
    });
  };
  replace(devices);

  return {
    get devices() {
      return [...declared.keys()];
    },
    replace,
    birth: (id, last, at) => {
      const device = declared.get(id);
      if (!device) return [];
      const metrics = [...device.tags].map(([tag, { alias, datatype, info }]): Metric => {
        if (info) return birthMetric(info, alias, last(tag) ?? null, at);
        return { name: metricName(tag), alias, timestamp: at, datatype, value: null };
      });
      // operational-behavior-data-publish-dbirth-order
      metrics.sort((a, b) => (a.timestamp ?? at) - (b.timestamp ?? at));
      return [...metrics, batchBirthMetric(device.batchAlias, at)];
    },
    extend: ({ device: id, samples }) => {
      const known = declared.get(id);
      const device = known ?? declareDevice(id);
      const unknown = samples.filter(({ tag }) => !device.tags.has(tag));
      for (const { tag, value } of unknown) {
        if (device.tags.has(tag)) continue;
        device.tags.set(tag, { alias: aliases++, datatype: datatypeOf(typeOf(value)), info: undefined });
      }
      return !known || unknown.length > 0;
    },
    data: ({ device: id, samples, name }, historical, at) => {
      const device = declared.get(id);
      if (!device) return [];
      const metrics = samples.flatMap((sample) => {
        const tag = device.tags.get(sample.tag);
        return tag ? [sampleMetric(sample, tag.alias, historical, tag.datatype)] : [];
      });
      return [...metrics, batchMetric(device.batchAlias, name, at)];
    },
  };
}

/** The type that a value shows; what has no value could have been anything. */
function typeOf(value: TagValue | null): TagType {
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "float";
}
