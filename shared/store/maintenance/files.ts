import { join } from "node:path";
import { historyFormat } from "../embedded/historyFormat.ts";
import { recordsFormat } from "../records/schema.ts";

/** What ingest keeps in its folder: the embedded history, and the records. */
export const keptFiles = [
  { name: "history.db", format: historyFormat },
  { name: "records.db", format: recordsFormat },
] as const;

export const ingestFolder = (data: string): string => join(data, "ingest");
