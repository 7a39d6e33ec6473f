import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { crypto_utils as cryptoTools, type UserIdentityInfo, UserTokenType } from "node-opcua";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { OpcuaConnection } from "#shared/plant/protocols/opcua.ts";
import { certificateOf } from "./certificate.ts";

/**
 * Who the gateway is for the server. Rejects with `NOT_CONNECTED` where a file of the user cannot be used: it is read
 * anew at the next attempt. No error carries a secret.
 */
export async function identityOf({ endpoint, user, security, mode }: OpcuaConnection): Promise<UserIdentityInfo> {
  switch (user.type) {
    case "anonymous":
      return { type: UserTokenType.Anonymous };
    case "password":
      // The check of the plant model says so too; nobody may come here past it.
      if (security === "none" || mode === "Sign") {
        throw new CodedError(
          "FORBIDDEN",
          `${endpoint}: the password would travel over a channel that is not encrypted.`,
        );
      }
      return { type: UserTokenType.UserName, userName: user.name, password: user.password };
    case "certificate": {
      const where = `${endpoint}: connection.user`;
      const certificate = await use(`${where}.certificate`, user.certificate, certificateOf);
      const key = await use(`${where}.privateKey`, user.privateKey, createPrivateKey);
      if (!certificate.x509.checkPrivateKey(key)) {
        const what = `${where}: the key in ${user.privateKey} is not that of ${user.certificate}`;
        throw new CodedError("NOT_CONNECTED", `${what}: name the two files that belong together.`);
      }
      const keyOperations = cryptoTools.keyOperationsFromPrivateKey({ hidden: key });
      return { type: UserTokenType.Certificate, certificateData: certificate.x509.raw, keyOperations };
    }
  }
}

/** What `read` makes of a file's content; an error names the key of the plant model and the file. */
async function use<T>(key: string, file: string, read: (content: Buffer) => T): Promise<T> {
  try {
    return read(await readFile(file));
  } catch (error) {
    throw new CodedError("NOT_CONNECTED", `${key}: ${file} cannot be used: ${messageOf(error)}.`);
  }
}
