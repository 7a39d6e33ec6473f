import { CodedError } from "#shared/model/errors.ts";
import { type Role, roles } from "./roles.ts";

/**
 * Strangers, who are not signed in, pass where they come from loopback, bear the metrics token (`token`) or that of the
 * portal, or whoever they are.
 */
export type Strangers = "none" | "loopback" | "token" | "portal" | "all";

export interface Access {
  readonly roles: readonly Role[];
  readonly strangers: Strangers;
}

const signedIn: Access = { roles, strangers: "none" };
/** Those who answer for what happens on a line; a viewer only looks. */
const responders: Access = { roles: ["engineer", "safety", "admin"], strangers: "none" };
/** Out of service needs a permit, which those give who answer for safety. */
const permitHolders: Access = { roles: ["safety", "admin"], strangers: "none" };
/** Who keeps the chain running: addresses and raw messages are theirs to see. */
const maintainers: Access = { roles: ["engineer", "admin"], strangers: "none" };
const administrators: Access = { roles: ["admin"], strangers: "none" };
/** What a portal of the province pulls. */
const portal: Access = { roles: ["admin"], strangers: "portal" };
const everybody: Access = { roles, strangers: "all" };

/**
 * The one table of who may do what (D14): HTTP routes as `<METHOD> <route>`, socket events as `socket <event>`.
 * What is not listed cannot be registered, and is refused. The pages themselves hold no data; of the health a
 * stranger on loopback learns only the overall state.
 */
export const gate: Readonly<Record<string, Access>> = {
  "GET /*": everybody,
  "POST /api/login": everybody,
  "GET /api/health": { roles, strangers: "loopback" },
  "GET /metrics": { roles: ["engineer", "admin"], strangers: "token" },
  "GET /api/session": signedIn,
  "POST /api/logout": signedIn,
  "POST /api/password": signedIn,
  "GET /api/openapi.json": signedIn,
  "GET /api/plant": signedIn,
  "GET /api/lines/:line/drawing": signedIn,
  "GET /api/history": signedIn,
  "GET /api/history.csv": signedIn,
  "GET /api/history/statistics": signedIn,
  "GET /api/trend-views": signedIn,
  "POST /api/trend-views": signedIn,
  "POST /api/trend-views/:view": signedIn,
  "POST /api/trend-views/:view/remove": signedIn,
  "GET /api/alarms": signedIn,
  "GET /api/alarms/frequent": signedIn,
  "GET /api/alarms/journal": signedIn,
  "GET /api/alarms/journal.csv": signedIn,
  "GET /api/alarms/journal.json": signedIn,
  "POST /api/alarms/acknowledge": responders,
  "POST /api/alarms/reset": responders,
  "POST /api/alarms/comment": responders,
  "POST /api/alarms/shelve": responders,
  "POST /api/alarms/unshelve": responders,
  "POST /api/alarms/remove-from-service": permitHolders,
  "POST /api/alarms/return-to-service": permitHolders,
  "POST /api/alarms/:line/:alarm/acknowledge": responders,
  "POST /api/alarms/:line/:alarm/reset": responders,
  "POST /api/alarms/:line/:alarm/comment": responders,
  "POST /api/alarms/:line/:alarm/shelve": responders,
  "POST /api/alarms/:line/:alarm/unshelve": responders,
  "POST /api/alarms/:line/:alarm/remove-from-service": permitHolders,
  "POST /api/alarms/:line/:alarm/return-to-service": permitHolders,
  "GET /api/runs": signedIn,
  "GET /api/runs/:run/history": signedIn,
  "POST /api/runs": responders,
  "POST /api/runs/:run/end": responders,
  "POST /api/runs/:run/correct": responders,
  "POST /api/runs/:run/void": responders,
  "GET /api/bookings": signedIn,
  "GET /api/bookings.ics": signedIn,
  "POST /api/bookings": responders,
  "POST /api/bookings/:booking/confirm": responders,
  "POST /api/bookings/:booking/cancel": responders,
  "POST /api/bookings/:booking/move": responders,
  "GET /api/tenants": signedIn,
  "POST /api/tenants/:id": administrators,
  "POST /api/projects/:id": administrators,
  "POST /api/prices/:id": administrators,
  "POST /api/evidence": responders,
  "GET /api/evidence/:sha256": signedIn,
  "GET /api/tables/runs.csv": signedIn,
  "GET /api/tables/bookings.csv": signedIn,
  "GET /api/tables/tenants.csv": signedIn,
  "GET /api/tables/declared.csv": signedIn,
  "GET /api/tables/projects.csv": signedIn,
  "GET /api/tables/prices.csv": signedIn,
  "POST /api/tables/runs.csv": responders,
  "POST /api/tables/bookings.csv": responders,
  "POST /api/tables/tenants.csv": administrators,
  "POST /api/tables/declared.csv": responders,
  "POST /api/tables/projects.csv": administrators,
  "POST /api/tables/prices.csv": administrators,
  "GET /api/usage": signedIn,
  "GET /api/usage.csv": signedIn,
  "GET /api/declared": signedIn,
  "GET /api/declared/:item/history": signedIn,
  "POST /api/declared": responders,
  "POST /api/declared/:item/correct": responders,
  "POST /api/declared/:item/submit": responders,
  "POST /api/declared/:item/verify": administrators,
  "POST /api/declared/:item/reject": administrators,
  "POST /api/declared/:item/withdraw": responders,
  "GET /api/states": signedIn,
  "POST /api/states/:line/:equipment/correct": responders,
  "POST /api/states/corrections/:correction/withdraw": responders,
  "GET /api/gaps": signedIn,
  "GET /api/energy": signedIn,
  "GET /api/utilisation": signedIn,
  "GET /api/dead-letters": maintainers,
  "GET /api/plant/source": maintainers,
  "GET /api/indicators": signedIn,
  "GET /api/assessments": signedIn,
  "GET /api/assessments/:period": signedIn,
  "GET /api/assessments/:period/evidence": signedIn,
  "GET /api/assessments/:period/file": signedIn,
  "POST /api/assessments/:period/prepare": responders,
  "POST /api/assessments/:period/seal": administrators,
  "POST /api/assessments/:period/amend": administrators,
  "POST /api/assessments/:period/versions/:version/approve": administrators,
  "POST /api/assessments/:period/versions/:version/reject": administrators,
  "GET /api/portal/assessments": portal,
  "GET /api/portal/assessments/:period": portal,
  "GET /api/portal/assessments/:period/pack.zip": portal,
  "GET /api/indicators/:period": signedIn,
  "GET /api/setup": administrators,
  "GET /api/users": administrators,
  "POST /api/users": administrators,
  "POST /api/users/:name": administrators,
  "POST /api/users/:name/password": administrators,
  "GET /api/audit": administrators,
  "socket connect": signedIn,
  "socket subscribe": signedIn,
  "socket follow": signedIn,
};

/** Who asks: `role` is null for a stranger. */
export interface Visitor {
  readonly role: Role | null;
  readonly loopback: boolean;
  /** Bears the metrics token. */
  readonly token: boolean;
  /** Bears the token of the portal. */
  readonly portal: boolean;
}

export type Verdict = "pass" | "sign in" | "forbidden";

/** Decides `what` for a visitor; denies what is not in the table. */
export function decide(what: string, visitor: Visitor): Verdict {
  const access = Object.hasOwn(gate, what) ? gate[what] : undefined;
  if (!access) return visitor.role === null ? "sign in" : "forbidden";
  if (visitor.role !== null && access.roles.includes(visitor.role)) return "pass";
  const passes =
    access.strangers === "all" ||
    (access.strangers === "loopback" && visitor.loopback) ||
    (access.strangers === "token" && visitor.token) ||
    (access.strangers === "portal" && visitor.portal);
  if (passes) return "pass";
  return visitor.role === null ? "sign in" : "forbidden";
}

/** Throws where a route or event is about to be registered that the table does not know. */
export function mustBeListed(what: string): void {
  if (!Object.hasOwn(gate, what)) throw new CodedError("CONFIG", `\`${what}\` is not in the gate's table.`);
}
