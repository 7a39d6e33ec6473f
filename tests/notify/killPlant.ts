import type { Plant } from "#shared/plant/plant.ts";
import { plantWith } from "./plant.ts";

export const killPeople = ["an", "bo", "cai"] as const;

/** Three people behind one receiver; each alarm goes to all of them. */
export const killPlant = (url: string): Plant =>
  plantWith(`
channels: [{ id: hook, kind: webhook, url: "${url}/" }]
people: [${killPeople.map((id) => `{ id: ${id}, language: en, name: { zh: ${id} }, reach: [{ channel: hook }] }`).join(", ")}]
rosters: [{ id: duty, shifts: [{ people: [${killPeople.join(", ")}], from: "00:00", to: "00:00" }] }]
routes: [{ id: all, roster: duty }]
grouping: { collectSeconds: 0, burst: 100 }`);
