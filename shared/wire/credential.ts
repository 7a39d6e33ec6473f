import { readIfThere } from "#shared/kit/files.ts";
import { CodedError } from "#shared/model/errors.ts";

/** What a process logs in with at the broker. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** Reads `{"username", "password"}`; throws `CONFIG` that says how to make the file. */
export async function readCredential(file: string): Promise<Credential> {
  const text = await readIfThere(file);
  if (text === undefined) {
    throw new CodedError(
      "CONFIG",
      `There is no broker credential ${file}. Ingest makes one per user and gateway of plant.yaml at its start: ` +
        "start it once, copy the file to this machine and name it with --credential.",
    );
  }
  try {
    const { username, password }: Record<string, unknown> = JSON.parse(text) ?? {};
    if (typeof username === "string" && username !== "" && typeof password === "string" && password !== "") {
      return { username, password };
    }
  } catch {
    // Said below; the parser's own message would quote the secret.
  }
  throw new CodedError(
    "CONFIG",
    `${file} is no broker credential: it takes {"username": "…", "password": "…"}. Copy it again from the machine of ` +
      "ingest.",
  );
}
