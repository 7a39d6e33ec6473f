/** Who a user is to the plant. */
export const roles = ["viewer", "engineer", "safety", "admin"] as const;
export type Role = (typeof roles)[number];

export const isRole = (text: string): text is Role => roles.some((role) => role === text);
