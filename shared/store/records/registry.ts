import { acceptedCounts } from "./acceptedCounts.ts";
import { alarmJournal } from "./alarmJournal.ts";
import { deadLetters } from "./deadLetters.ts";
import { gapLedger } from "./gapLedger.ts";
import { storedBatches } from "./storedBatches.ts";

/** Every family of records. */
export const families = { alarmJournal, gapLedger, acceptedCounts, deadLetters, storedBatches } as const;
