import type { AcceptedReader, AcceptedWriter } from "./acceptedCounts.ts";
import type { AlarmActivityReader } from "./alarmActivity.ts";
import type { AlarmJournalReader, AlarmJournalWriter } from "./alarmJournal.ts";
import type { AssessmentReader, AssessmentWriter } from "./assessments.ts";
import type { BookingReader, BookingWriter } from "./bookings.ts";
import type { DeadLetterReader, DeadLetterWriter } from "./deadLetters.ts";
import type { DeclaredReader, DeclaredWriter } from "./declaredItems.ts";
import type { GapReader, GapWriter } from "./gapLedger.ts";
import type { NotificationReader, NotificationWriter } from "./notification.ts";
import type { PriceListReader, PriceListWriter } from "./priceLists.ts";
import type { ProjectReader, ProjectWriter } from "./projects.ts";
import type { RevisionMarkReader } from "./revisionMark.ts";
import type { RunReader, RunWriter } from "./runs.ts";
import type { StateCorrectionReader, StateCorrectionWriter } from "./stateCorrections.ts";
import type { StoredBatchReader, StoredBatchWriter } from "./storedBatches.ts";
import type { TenantReader, TenantWriter } from "./tenants.ts";
import type { UsageReader, UsageWriter } from "./usageDays.ts";

/** Reading records, family by family (D8). */
export interface RecordsReader
  extends AsyncDisposable,
    AlarmJournalReader,
    GapReader,
    AcceptedReader,
    DeadLetterReader,
    StoredBatchReader,
    RunReader,
    BookingReader,
    TenantReader,
    ProjectReader,
    PriceListReader,
    DeclaredReader,
    NotificationReader,
    AssessmentReader,
    UsageReader,
    StateCorrectionReader,
    AlarmActivityReader,
    RevisionMarkReader {}

/** Writing records; ingest alone holds it (D5). Each call is one durable transaction. */
export interface RecordsWriter
  extends RecordsReader,
    AlarmJournalWriter,
    GapWriter,
    AcceptedWriter,
    DeadLetterWriter,
    StoredBatchWriter,
    RunWriter,
    BookingWriter,
    TenantWriter,
    ProjectWriter,
    PriceListWriter,
    DeclaredWriter,
    NotificationWriter,
    AssessmentWriter,
    UsageWriter,
    StateCorrectionWriter {}
