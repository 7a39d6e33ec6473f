/** How a tenant stands to the platform's own organisation (catalogue U-17). */
export const relations = ["own", "affiliate", "external"] as const;
export type Relation = (typeof relations)[number];

/** Who uses the platform: a legal person. Its id is a short code that runs, bookings and projects name. */
export interface Tenant {
  readonly name: string;
  readonly relation: Relation;
  /** 统一社会信用代码 */
  readonly creditCode: string | null;
  readonly contact: string | null;
  /** False where it may get no new runs and bookings. */
  readonly active: boolean;
}

/** A registered project of a tenant; its id is a short code. */
export interface Project {
  readonly name: string;
  readonly tenant: string;
  readonly active: boolean;
}
