import type { PriceList } from "#shared/model/priceList.ts";
import type { Recorded } from "#shared/model/revision.ts";
import { family } from "./family.ts";
import { type NewRevision, revisionReads, revisionSql, revisionWrites } from "./revisions.ts";

/** Reading price lists. */
export interface PriceListReader {
  /** By their ids. */
  priceLists(): readonly Recorded<PriceList>[];
  priceList(id: string): Recorded<PriceList> | undefined;
  /** Every revision, the first one first. */
  priceListHistory(id: string): readonly Recorded<PriceList>[];
  /** The revision that a command caused. */
  priceListCausedBy(origin: string): Recorded<PriceList> | undefined;
}

export interface PriceListWriter {
  /** All or none; a revision whose origin is known already is left out. */
  addPriceLists(revisions: readonly NewRevision<PriceList>[]): void;
}

export const priceLists = family({
  sql: revisionSql("price_list_revision"),
  reads: (rows): PriceListReader => {
    const { all, newest, history, causedBy } = revisionReads<PriceList>(rows);
    return { priceLists: all, priceList: newest, priceListHistory: history, priceListCausedBy: causedBy };
  },
  writes: (durably): PriceListWriter => ({ addPriceLists: revisionWrites<PriceList>(durably, () => null) }),
});
