import { type Role, roles } from "../../dashboard/server/roles.ts";

export interface ListedPage {
  readonly path: string;
  /** Who may open it; everybody where nothing is said. */
  readonly for: readonly Role[];
}

const everybody = (path: string): ListedPage => ({ path, for: roles });
const admins = (path: string): ListedPage => ({ path, for: ["admin"] });

/** Every page of a plant by the name of its route; `everyPage.test.ts` holds it against the routes. */
export const pagesOf = (
  line: string,
  equipment: string,
  tags: readonly string[],
): Readonly<Record<string, ListedPage>> => ({
  overview: everybody("/"),
  line: everybody(`/lines/${line}`),
  trend: everybody(`/lines/${line}/trend?tags=${tags.join(",")}&live=30m`),
  equipment: everybody(`/lines/${line}/equipment/${equipment}`),
  alarms: everybody("/alarms"),
  journal: everybody("/alarms/journal"),
  alarmPerformance: everybody("/alarms/performance"),
  system: everybody("/system"),
  green: everybody("/green"),
  utilisation: everybody("/utilisation"),
  assessment: everybody("/assessment"),
  runs: everybody("/runs"),
  usage: everybody("/usage"),
  tenants: everybody("/tenants"),
  declared: everybody("/declared"),
  states: everybody("/states"),
  setup: admins("/setup"),
  users: admins("/users"),
  missing: everybody("/nowhere"),
});
