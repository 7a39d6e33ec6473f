import { acceptedCounts } from "./acceptedCounts.ts";
import { alarmActivity } from "./alarmActivity.ts";
import { alarmJournal } from "./alarmJournal.ts";
import { assessments } from "./assessments.ts";
import { bookings } from "./bookings.ts";
import { deadLetters } from "./deadLetters.ts";
import { declaredItems } from "./declaredItems.ts";
import { gapLedger } from "./gapLedger.ts";
import { notification } from "./notification.ts";
import { priceLists } from "./priceLists.ts";
import { projects } from "./projects.ts";
import { revisionMark } from "./revisionMark.ts";
import { runs } from "./runs.ts";
import { stateCorrections } from "./stateCorrections.ts";
import { storedBatches } from "./storedBatches.ts";
import { tenants } from "./tenants.ts";
import { usageDays } from "./usageDays.ts";

/** Every family of records. */
export const families = {
  alarmJournal,
  gapLedger,
  acceptedCounts,
  deadLetters,
  storedBatches,
  runs,
  bookings,
  tenants,
  projects,
  priceLists,
  declaredItems,
  usageDays,
  notification,
  assessments,
  stateCorrections,
  alarmActivity,
  revisionMark,
} as const;
