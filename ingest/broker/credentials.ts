import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { randomSecret, readIfThere, secretFolder, writeFileAtomic } from "#shared/kit/files.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type BrokerUser, brokerRoles, wantedUsers } from "./users.ts";

/** One row of the broker's own table: never the password, only its scrypt hash. */
export interface StoredUser extends BrokerUser {
  readonly salt: string;
  readonly hash: string;
}

/** The broker's users, and the check of a password. */
export interface UserTable {
  /** The user with this name and password, or undefined. Takes as long for an unknown name as for a known one. */
  check(username: string, password: Uint8Array): Promise<BrokerUser | undefined>;
}

const keyBytes = 32;
/** About 16 MiB and some ten milliseconds; the secrets themselves have 192 random bits. */
const cost: ScryptOptions = { N: 2 ** 14, r: 8, p: 1 };

const derive = (password: Uint8Array | string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password, salt, keyBytes, cost, (error, key) => (error ? reject(error) : resolve(key))),
  );

async function hashSecret(user: BrokerUser, password: string): Promise<StoredUser> {
  const salt = randomBytes(16);
  return { ...user, salt: salt.toString("base64"), hash: (await derive(password, salt)).toString("base64") };
}

export function createUserTable(users: readonly StoredUser[]): UserTable {
  const byName = new Map(users.map((user) => [user.username, user]));
  const stranger = { salt: randomBytes(16).toString("base64"), hash: randomBytes(keyBytes).toString("base64") };
  return {
    check: async (username, password) => {
      const user = byName.get(username);
      const { salt, hash } = user ?? stranger;
      const matches = timingSafeEqual(await derive(password, Buffer.from(salt, "base64")), Buffer.from(hash, "base64"));
      return user && matches ? { username, role: user.role, gateway: user.gateway } : undefined;
    },
  };
}

const isStoredUser = (row: unknown): row is StoredUser => {
  const user = row as Partial<Record<keyof StoredUser, unknown>> | null;
  return (
    typeof user?.username === "string" &&
    brokerRoles.some((role) => role === user.role) &&
    (user.gateway === null || typeof user.gateway === "string") &&
    typeof user.salt === "string" &&
    typeof user.hash === "string"
  );
};

async function readTable(file: string): Promise<readonly StoredUser[]> {
  const text = await readIfThere(file);
  if (text === undefined) return [];
  try {
    const rows: unknown = JSON.parse(text);
    if (Array.isArray(rows) && rows.every(isStoredUser)) return rows;
    throw new Error("not a list of users");
  } catch (error) {
    throw new CodedError(
      "CONFIG",
      `${file} is not the broker's user table (${messageOf(error)}); delete it, and the next start makes new secrets.`,
    );
  }
}

/** Folder with one credential file per broker user. */
export const credentialFolder = (data: string): string => join(data, "secrets", "broker");
/** Credential file of one broker user. */
export const credentialFile = (data: string, username: string): string =>
  join(credentialFolder(data), `${username}.json`);

/**
 * Makes a random secret for every wanted user that has none yet: one credential file per user for the process that
 * uses it, and the hash in the broker's table. Existing secrets stay; users of removed gateways lose their row.
 * Throws `CONFIG` where the table is damaged.
 */
export async function ensureCredentials(data: string, gatewayIds: readonly string[], log: Log): Promise<UserTable> {
  await secretFolder(join(data, "secrets"));
  await secretFolder(credentialFolder(data));
  const file = join(data, "secrets", "broker-users.json");
  const known = new Map((await readTable(file)).map((user) => [user.username, user]));
  const rows: StoredUser[] = [];
  const made: string[] = [];
  for (const user of wantedUsers(gatewayIds)) {
    const row = known.get(user.username);
    if (row?.role === user.role && row.gateway === user.gateway) {
      rows.push(row);
      continue;
    }
    const password = randomSecret();
    await writeFileAtomic(
      credentialFile(data, user.username),
      `${JSON.stringify({ username: user.username, password })}\n`,
    );
    rows.push(await hashSecret(user, password));
    made.push(user.username);
  }
  if (made.length > 0 || rows.length !== known.size) {
    await writeFileAtomic(file, `${JSON.stringify(rows, null, 2)}\n`);
    log.info({ users: made, folder: credentialFolder(data) }, "Broker credentials made");
  }
  return createUserTable(rows);
}
