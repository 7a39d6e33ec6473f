import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { secretFolder, writeFileAtomic } from "#shared/kit/files.ts";
import type { Accounts } from "./accounts.ts";

export const firstUserName = "admin";

/**
 * Where there is no user yet: makes the first one, with a random password (D14), and keeps both in `file` (mode 0600)
 * until the password is changed. Returns the password this once, null at every later start.
 */
export async function ensureFirstUser(accounts: Accounts, file: string): Promise<string | null> {
  if (accounts.users().length > 0) return null;
  await secretFolder(dirname(file));
  const password = await accounts.createUser(firstUserName, "admin");
  await writeFileAtomic(file, `${JSON.stringify({ username: firstUserName, password }, null, 2)}\n`);
  return password;
}

/** Once the first user has a password of his own, the file would only mislead. */
export async function forgetFirstPassword(file: string, user: string): Promise<void> {
  if (user === firstUserName) await rm(file, { force: true });
}
