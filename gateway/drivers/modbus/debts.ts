import { exceptionFlag, type Read, readOfOtherLength } from "./frames/pdu.ts";

/**
 * Answers that units owe: to requests that were given up. Where frames name no transaction, a late answer looks like
 * the answer to the next request of the same function and length. Two facts keep them apart: a unit answers in order,
 * so an answer voids all debts before it; and an answer of a length that is not owed is no late one. Pure.
 */
export interface Debts {
  owes(unit: number): boolean;
  isOwed(unit: number, functionCode: number, byteCount: number): boolean;
  /** A request was given up at `now`. */
  add(unit: number, read: Read): void;
  /** An answer came that belongs to no open request. */
  strike(unit: number, pdu: Uint8Array): boolean;
  /** The unit answered a younger request: nothing older can come any more. */
  clear(unit: number): void;
  /** How to ask so that the answer cannot be taken for one that is owed. */
  plan(unit: number, read: Read): Sending;
  /** Whether an exception to `read` might be the late answer to an earlier request. */
  clouds(unit: number, read: Read): boolean;
}

/** As wanted; first a read of another length, whose answer voids the debts; or no way to tell the answers apart. */
export type Sending =
  | { readonly send: "plain" }
  | { readonly send: "probe"; readonly read: Read }
  | { readonly send: "never" };

export function createDebts(): Debts {
  const owed = new Map<number, Read[]>();

  const sameFunction = (unit: number, { functionCode }: Read) =>
    owed.get(unit)?.filter((debt) => debt.functionCode === functionCode) ?? [];

  return {
    owes: (unit) => owed.has(unit),
    isOwed: (unit, functionCode, byteCount) =>
      owed.get(unit)?.some((debt) => debt.functionCode === functionCode && debt.byteCount === byteCount) ?? false,
    add: (unit, read) => {
      const debts = owed.get(unit);
      if (debts) debts.push(read);
      else owed.set(unit, [read]);
    },
    strike: (unit, pdu) => {
      const debts = owed.get(unit) ?? [];
      const functionCode = (pdu[0] ?? 0) & ~exceptionFlag;
      const isException = pdu[0] !== functionCode;
      const at = debts.findIndex(
        (debt) => debt.functionCode === functionCode && (isException || debt.byteCount === pdu[1]),
      );
      if (at < 0) return false;
      const left = debts.slice(at + 1);
      if (left.length > 0) owed.set(unit, left);
      else owed.delete(unit);
      return true;
    },
    clear: (unit) => void owed.delete(unit),
    plan: (unit, read) => {
      const lengths = new Set(sameFunction(unit, read).map(({ byteCount }) => byteCount));
      if (!lengths.has(read.byteCount)) return { send: "plain" };
      const probe = readOfOtherLength(read, lengths);
      return probe ? { send: "probe", read: probe } : { send: "never" };
    },
    clouds: (unit, read) => sameFunction(unit, read).length > 0,
  };
}
