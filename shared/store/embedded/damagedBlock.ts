import type { Database } from "../sqlite/database.ts";

/** Keeps the bytes of a block that could not be decoded, for recovery. */
export function keepDamaged(database: Database, origin: string, body: Uint8Array): void {
  database.prepare("INSERT INTO damaged_block (origin, body) VALUES (?, ?)").run(origin, body);
}
