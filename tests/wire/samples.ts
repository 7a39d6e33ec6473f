import fc from "fast-check";
import { type ErrorCode, errorCodes } from "#shared/model/errors.ts";
import { type Sample, type TagValue, tagId } from "#shared/model/sample.ts";
import { type TagInfo, type TagType, tagMeanings } from "#shared/model/tag.ts";
import { instant } from "#shared/model/time.ts";

const part = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => !text.includes("/"));
export const tagIds = fc.record({ platform: part, line: part, equipment: part, tag: part }).map(tagId);

const instants = fc.integer({ min: 0, max: 8.64e15 }).map(instant);
const codes = fc.constantFrom(...(Object.keys(errorCodes) as ErrorCode[]));
const text = fc.string({ unit: "binary", maxLength: 30 });

const values: Record<TagType, fc.Arbitrary<TagValue>> = {
  float: fc.double({ noNaN: true, noDefaultInfinity: true }),
  int: fc.maxSafeInteger(),
  bool: fc.boolean(),
  string: text,
};

/** Any sample that a tag of this type can have. */
export const samplesOf = (type: TagType): fc.Arbitrary<Sample> =>
  fc.oneof(
    fc.record(
      { tag: tagIds, at: instants, quality: fc.constant("good" as const), value: values[type] },
      { noNullPrototype: true },
    ),
    fc.record(
      { tag: tagIds, at: instants, quality: fc.constant("uncertain" as const), value: values[type], reason: codes },
      { requiredKeys: ["tag", "at", "quality", "value"], noNullPrototype: true },
    ),
    fc.record(
      {
        tag: tagIds,
        at: instants,
        quality: fc.constant("bad" as const),
        value: fc.constant(null),
        reason: codes,
      },
      { noNullPrototype: true },
    ),
  );

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const band = fc.tuple(finite, finite);

export const tagInfos: fc.Arbitrary<TagInfo> = fc.record(
  {
    tag: tagIds,
    name: fc.record(
      { zh: text.filter(Boolean), en: text.filter(Boolean) },
      { requiredKeys: ["zh"], noNullPrototype: true },
    ),
    type: fc.constantFrom<TagType>("float", "int"),
    unit: text.filter(Boolean),
    meaning: fc.constantFrom(...tagMeanings),
    range: band,
    normal: band,
    decimals: fc.nat(6),
    staleAfterMs: fc.nat(),
    gapAfterMs: fc.nat(),
    key: fc.boolean(),
  },
  {
    requiredKeys: ["tag", "name", "type", "unit", "meaning", "decimals", "staleAfterMs", "gapAfterMs", "key"],
    noNullPrototype: true,
  },
);
