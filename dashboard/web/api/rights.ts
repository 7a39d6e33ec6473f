import type { SessionUser } from "./session.ts";

export const roles = ["viewer", "engineer", "safety", "admin"] as const;
export type Role = (typeof roles)[number];

/** Who may acknowledge alarms. The server decides (its gate); the pages only do not offer what it would refuse. */
export const responders: readonly Role[] = ["engineer", "safety", "admin"];

/** Who may seal assessments and decide on amendments, keep tenants and prices, and verify what others declare. */
export const mayAdminister = ({ role }: SessionUser): boolean => role === "admin";

/** Who may take an alarm out of service. */
export const permitHolders: readonly Role[] = ["safety", "admin"];

/** Who keeps runs, bookings and declared items. */
export const mayKeepRecords = ({ role }: SessionUser): boolean => responders.some((each) => each === role);

export const mayHoldPermits = ({ role }: SessionUser): boolean => permitHolders.some((each) => each === role);

export const mayAcknowledge = ({ role }: SessionUser): boolean => responders.some((each) => each === role);
