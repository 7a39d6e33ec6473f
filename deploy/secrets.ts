import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { randomSecret, readIfThere, writeFileAtomic } from "#shared/kit/files.ts";
import type { Log } from "#shared/kit/log.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { credentialFile, ensureCredentials } from "../ingest/broker/credentials.ts";
import { wantedUsers } from "../ingest/broker/users.ts";
import { aclFile } from "./aclFile.ts";
import { withSecrets } from "./environmentFile.ts";
import { type Login, passwordFile } from "./passwordFile.ts";

/**
 * Makes a credential for each process that has none, and from all of them Mosquitto's `passwd` and `acl` in
 * `<data>/mosquitto`. Gives back the files that it wrote. Throws `CONFIG` where a credential file is damaged.
 */
export async function makeBrokerSecrets(data: string, plant: Plant, log: Log): Promise<readonly string[]> {
  const gateways = plant.gateways.map(({ id }) => id);
  await ensureCredentials(data, gateways, log);
  const users = wantedUsers(gateways);
  const logins = await Promise.all(users.map(({ username }) => readLogin(credentialFile(data, username))));
  const files = { passwd: await passwordFile(logins), acl: aclFile(users, plant.platform.id) };
  const written = Object.entries(files).map(([name, content]) => ({ file: join(data, "mosquitto", name), content }));
  for (const { file, content } of written) await writeFileAtomic(file, content);
  return [...users.map(({ username }) => credentialFile(data, username)), ...written.map(({ file }) => file)];
}

async function readLogin(file: string): Promise<Login> {
  try {
    const { username, password }: Partial<Login> = JSON.parse(await readFile(file, "utf8"));
    if (typeof username === "string" && typeof password === "string") return { username, password };
    throw new Error("username or password is missing");
  } catch (error) {
    const remedy = "Delete it together with broker-users.json in the folder above: new ones are made.";
    throw new CodedError("CONFIG", `${file} is no credential (${messageOf(error)}). ${remedy}`);
  }
}

/** Adds the missing secrets to the environment file; false where it had all of them. */
export async function completeEnvironment(file: string): Promise<boolean> {
  const text = withSecrets((await readIfThere(file)) ?? "", randomSecret);
  if (text !== null) await writeFileAtomic(file, text);
  return text !== null;
}
