import { byteOrderMark, csvField } from "#shared/kit/csv.ts";
import type { PlantView } from "#shared/model/live.ts";
import { createLocalIso } from "#shared/model/localIso.ts";
import type { Sample } from "#shared/model/sample.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { SampleReader } from "#shared/store/port.ts";

/** Samples read and sent at once. */
const pageSize = 5_000;

export interface CsvRequest {
  readonly info: TagInfo;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly platform: PlantView["platform"];
  readonly createdBy: string;
  readonly createdAt: EpochMs;
}

/** The file in pieces: what it is, then one row per sample. Reads on only as the client takes. */
export async function* csvOf(request: CsvRequest, samples: SampleReader): AsyncGenerator<string> {
  const { info, from, to, platform, createdBy, createdAt } = request;
  const iso = createLocalIso(platform.timeZone);
  const about: readonly (readonly [string, string])[] = [
    ["tag", info.tag],
    ["name", [info.name.zh, info.name.en].filter(Boolean).join(" / ")],
    ["unit", info.unit],
    ["from", iso(from)],
    ["to", iso(to)],
    ["time zone", platform.timeZone],
    ["created", iso(createdAt)],
    ["created by", createdBy],
  ];
  yield byteOrderMark + about.map(([key, value]) => `# ${key},${csvField(value)}\r\n`).join("");
  yield "time,epoch_ms,value,quality,reason\r\n";
  const rowOf = (sample: Sample): string =>
    [iso(sample.at), sample.at, csvField(sample.value), sample.quality, sample.reason ?? ""].join(",");
  for (let next = from; next < to; ) {
    const page = await samples.range(info.tag, next, to, pageSize);
    if (page.samples.length > 0) yield `${page.samples.map(rowOf).join("\r\n")}\r\n`;
    const last = page.samples.at(-1);
    if (!page.more || !last) return;
    next = instant(last.at + 1);
  }
}
