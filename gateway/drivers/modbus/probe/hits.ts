import { CodedError } from "#shared/model/errors.ts";
import { byteOrders } from "#shared/plant/protocols/modbus.ts";
import { type Decoding, decodingsAt, type ProbedFormat, widthOf, widths } from "./decodings.ts";
import type { Cell } from "./sweep.ts";

/** A number that somebody reads off the instrument, and how far a register may be from it. */
export interface Expected {
  readonly value: number;
  readonly within: number;
}

/** A way to read registers that gives about the expected number. */
export interface Hit {
  /** Formats that give the same number, the likely one first. */
  readonly formats: readonly ProbedFormat[];
  readonly decoding: Decoding;
  /** Expected ≈ decoded × 10^exponent. */
  readonly exponent: number;
  readonly scaled: number;
}

/** Integers are often counted in tenths, hundredths …, seldom in tens; a float is scaled by a unit's prefix or percent. */
const exponents = { integer: [0, -1, -2, -3, -4, -5, -6, 1, 2, 3], float: [0, 3, -3, 2, -2] } as const;

/**
 * What `--expect` says: within `percent` of the number, and at least half a unit of its last digit, since a display
 * rounds. Throws `CONFIG` where it is none.
 */
export function expectedOf(text: string, percent: number): Expected {
  const value = Number(text);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text.trim()) || value === 0) {
    throw new CodedError(
      "CONFIG",
      `--expect takes a number other than 0, as the instrument shows it, got \`${text}\`.`,
    );
  }
  const decimals = text.trim().split(".")[1]?.length ?? 0;
  return { value, within: Math.max((Math.abs(value) * percent) / 100, 0.5 * 10 ** -decimals) };
}

/** Of one decoding: the power of ten that makes it the expected number, where one does. */
export function exponentFor({ format, value }: Decoding, { value: wanted, within }: Expected): number | undefined {
  const kind = format.startsWith("float") ? "float" : "integer";
  return exponents[kind].find((exponent) => Math.abs(scaledBy(value, exponent) - wanted) <= within);
}

/** Division by a power of ten is exact where multiplication by its inverse is not: 235 / 10 is 23.5. */
const scaledBy = (value: number | bigint, exponent: number): number =>
  exponent < 0 ? Number(value) / 10 ** -exponent : Number(value) * 10 ** exponent;

/**
 * Every way to read the registers that gives the expected number: unscaled ones first, then those an even number of
 * registers behind the start of the range, as the values of a list are, then the usual orders, then the nearest.
 */
export function hitsAmong(cells: readonly Cell[], expected: Expected): readonly Hit[] {
  const hits = cells.flatMap((_, at) =>
    widths.flatMap((width) => {
      const found = decodingsAt(cells, at, width).flatMap((decoding) => {
        const exponent = exponentFor(decoding, expected);
        return exponent === undefined ? [] : [{ decoding, exponent }];
      });
      const same = Map.groupBy(found, ({ decoding }) => `${decoding.value} ${isFloat(decoding.format)}`);
      return [...same.values()].flatMap(([first, ...others]): Hit[] => {
        if (!first) return [];
        const formats = [first, ...others].map(({ decoding }) => decoding.format);
        const { decoding, exponent } = first;
        return [{ formats: [...new Set(formats)], decoding, exponent, scaled: scaledBy(decoding.value, exponent) }];
      });
    }),
  );
  const away = ({ scaled }: Hit) => Math.abs(scaled - expected.value);
  const odd = ({ decoding }: Hit) =>
    widthOf(decoding.format) === 1 ? 0 : (decoding.address - (cells[0]?.address ?? 0)) % 2;
  const usual = ({ decoding }: Hit) => byteOrders.indexOf(decoding.order);
  const size = ({ decoding }: Hit) => widthOf(decoding.format);
  return hits.toSorted(
    (a, b) =>
      Math.abs(a.exponent) - Math.abs(b.exponent) ||
      odd(a) - odd(b) ||
      usual(a) - usual(b) ||
      size(a) - size(b) ||
      away(a) - away(b),
  );
}

/**
 * Two floats that share a register: the register with sign, exponent and first digits is the same, and one of the two
 * takes its last digits from a neighbour.
 */
export const shareRegister = (a: Hit, b: Hit): boolean =>
  a.formats[0] === "float32" &&
  b.formats[0] === "float32" &&
  a.exponent === b.exponent &&
  Math.abs(a.decoding.address - b.decoding.address) === 1;

const isFloat = (format: ProbedFormat): boolean => format.startsWith("float");
