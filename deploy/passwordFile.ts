import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The secrets have 192 random bits: iterations only slow down a guess at something that cannot be guessed. */
const iterations = 10_000;
/** Both are fixed in Mosquitto 2. */
const saltBytes = 12;
const hashBytes = 64;

/** One line of a Mosquitto 2 password file: `user:$7$<iterations>$<salt>$<hash>`, PBKDF2 with HMAC-SHA-512. */
export async function passwordLine({ username, password }: Login): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await promisify(pbkdf2)(password, salt, iterations, hashBytes, "sha512");
  return `${username}:$7$${iterations}$${salt.toString("base64")}$${hash.toString("base64")}`;
}

/** A whole password file, as `password_file` in mosquitto.conf takes it. */
export async function passwordFile(logins: readonly Login[]): Promise<string> {
  return `${(await Promise.all(logins.map(passwordLine))).join("\n")}\n`;
}
