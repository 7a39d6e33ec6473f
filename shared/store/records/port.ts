import type { AcceptedReader, AcceptedWriter } from "./acceptedCounts.ts";
import type { AlarmJournalReader, AlarmJournalWriter } from "./alarmJournal.ts";
import type { DeadLetterReader, DeadLetterWriter } from "./deadLetters.ts";
import type { GapReader, GapWriter } from "./gapLedger.ts";
import type { StoredBatchReader, StoredBatchWriter } from "./storedBatches.ts";

/** Reading records, family by family (D8). */
export interface RecordsReader
  extends AsyncDisposable,
    AlarmJournalReader,
    GapReader,
    AcceptedReader,
    DeadLetterReader,
    StoredBatchReader {}

/** Writing records; ingest alone holds it (D5). Each call is one durable transaction. */
export interface RecordsWriter
  extends RecordsReader,
    AlarmJournalWriter,
    GapWriter,
    AcceptedWriter,
    DeadLetterWriter,
    StoredBatchWriter {}
