import { beginningOf, exceptionFlag, type Read } from "./frames/pdu.ts";

/**
 * Answers that units owe: to requests that were given up. Where frames name no transaction, a late answer looks like
 * the answer to the next request of the same function and length. Two facts keep them apart: a unit answers in order,
 * so an answer voids all debts before it; and data of a length that is not owed is not late. Pure.
 */
export interface Debts {
  owes(unit: number): boolean;
  isOwed(unit: number, functionCode: number, byteCount: number): boolean;
  add(unit: number, read: Read): void;
  /** An answer came that belongs to no open request. False where the unit owed none like it. */
  strike(unit: number, pdu: Uint8Array): boolean;
  /** The unit answered a younger request. */
  clear(unit: number): void;
  /** Data like that of `read` is not to come any more. */
  forget(unit: number, read: Read): void;
  /** How to ask so that the data cannot be taken for data that is owed. `known`: reads that the unit has answered. */
  plan(unit: number, read: Read, known: Iterable<Read>): Plan;
  /** Whether an exception to `read` might be the late answer to an earlier request: exceptions are all of one length. */
  cloud(unit: number, read: Read): boolean;
  /** The unit was silent for so long that an exception is taken for one to the newest request, until a new debt. */
  trustExceptions(unit: number): void;
  trusts(unit: number): boolean;
}

/** As wanted; first a probe, whose data is not used but voids the debts that stand against it; or no way to tell answers apart. */
export type Plan =
  | { readonly send: "plain" }
  | { readonly send: "probe"; readonly read: Read }
  | { readonly send: "never" };

const isLike = (one: Read, other: Read): boolean =>
  one.functionCode === other.functionCode && one.byteCount === other.byteCount;

export function createDebts(): Debts {
  const owed = new Map<number, { reads: readonly Read[]; trusts: boolean }>();

  const readsOf = (unit: number): readonly Read[] => owed.get(unit)?.reads ?? [];
  const keep = (unit: number, reads: readonly Read[], trusts: boolean) => {
    if (reads.length > 0) owed.set(unit, { reads, trusts });
    else owed.delete(unit);
  };
  const trusts = (unit: number): boolean => owed.get(unit)?.trusts ?? false;

  return {
    owes: (unit) => owed.has(unit),
    isOwed: (unit, functionCode, byteCount) =>
      readsOf(unit).some((debt) => debt.functionCode === functionCode && debt.byteCount === byteCount),
    add: (unit, read) => keep(unit, [...readsOf(unit), read], false),
    strike: (unit, pdu) => {
      const functionCode = (pdu[0] ?? 0) & ~exceptionFlag;
      const isException = pdu[0] !== functionCode;
      const isWhole = pdu.length === (isException ? 2 : 2 + (pdu[1] ?? 0));
      const fits = (debt: Read) => debt.functionCode === functionCode && (isException || debt.byteCount === pdu[1]);
      const at = isWhole ? readsOf(unit).findIndex(fits) : -1;
      if (at >= 0) keep(unit, readsOf(unit).slice(at + 1), trusts(unit));
      return at >= 0;
    },
    clear: (unit) => {
      if (owed.has(unit)) keep(unit, [], false);
    },
    forget: (unit, read) => {
      const others = readsOf(unit).filter((debt) => !isLike(debt, read));
      keep(unit, others, trusts(unit));
    },
    plan: (unit, read, known) => {
      const debts = readsOf(unit);
      const last = debts.findLastIndex((debt) => isLike(debt, read));
      if (last < 0) return { send: "plain" };
      /** Any answer like it is younger than all debts like `read`, be it to this probe or to an earlier one. */
      const voids = (probe: Read) => !debts.slice(0, last + 1).some((debt) => isLike(debt, probe));
      // Its own beginning, then what else the unit is asked for: nothing that was not asked for is touched.
      const unlike = (other: Read) => (voids(other) ? other : beginningOf(other, voids));
      const probe = [read, ...known].map(unlike).find((found) => found !== undefined);
      return probe ? { send: "probe", read: probe } : { send: "never" };
    },
    cloud: (unit, { functionCode }) => readsOf(unit).some((debt) => debt.functionCode === functionCode),
    trustExceptions: (unit) => keep(unit, readsOf(unit), true),
    trusts,
  };
}
