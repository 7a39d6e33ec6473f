import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { readIfThere, secretFolder, writeFileAtomic } from "#shared/kit/files.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";

/** The private key of a data folder's seals. */
export const signingKeyFile = (data: string): string => join(data, "secrets", "assessment-key.pem");
/** Its public key: to be handed to who shall check seals. */
export const publicKeyFile = (data: string): string => join(data, "secrets", "assessment-public-key.pem");

export const publicPem = (key: KeyObject): string =>
  createPublicKey(key).export({ format: "pem", type: "spki" }).toString();

/** The key that seals are signed with (Ed25519, PKCS #8); made where there is none. Throws `CONFIG` for another kind. */
export async function ensureSigningKey(data: string): Promise<KeyObject> {
  const file = signingKeyFile(data);
  const text = await readIfThere(file);
  if (text !== undefined) {
    const key = read(text, file);
    if (key.asymmetricKeyType === "ed25519") return key;
    throw new CodedError("CONFIG", `${file} holds a ${key.asymmetricKeyType} key; seals take Ed25519.`);
  }
  await secretFolder(join(data, "secrets"));
  const { privateKey } = generateKeyPairSync("ed25519");
  await writeFileAtomic(file, privateKey.export({ format: "pem", type: "pkcs8" }).toString());
  await writeFileAtomic(publicKeyFile(data), publicPem(privateKey), 0o644);
  return privateKey;
}

function read(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    const remedy = "restore it from a backup; without it old seals stay valid, and new ones need a new key";
    throw new CodedError("CONFIG", `${file} is no private key (${messageOf(error)}); ${remedy}.`);
  }
}
