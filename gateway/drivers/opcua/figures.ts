/** What a driver counts of its server since the start; shown on the status page. */
export interface OpcuaFigures {
  notifications: number;
  /** Values that a server's queue could not hold. */
  overflows: number;
  subscriptions: number;
  /** Breaks of the connection that the client repaired by itself. */
  repairs: number;
  backfilled: number;
  /** Items of the newest subscription whose deadband the server cannot apply. */
  unfiltered: number;
}

export const createFigures = (): OpcuaFigures => ({
  notifications: 0,
  overflows: 0,
  subscriptions: 0,
  repairs: 0,
  backfilled: 0,
  unfiltered: 0,
});

export const countersOf = (figures: OpcuaFigures): Readonly<Record<string, number>> => ({
  notifications: figures.notifications,
  overflows: figures.overflows,
  subscriptions: figures.subscriptions,
  "repaired breaks": figures.repairs,
  "values from history": figures.backfilled,
  "items without server-side filter": figures.unfiltered,
});
