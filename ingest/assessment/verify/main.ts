import { createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { runCommand } from "#shared/kit/command.ts";
import { exitCodes } from "#shared/kit/process.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { checkPack } from "./checkPack.ts";
import { command } from "./command.ts";
import { verdictText } from "./verdictText.ts";

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CodedError("CONFIG", `${file} cannot be read: ${messageOf(error)}.`);
  }
}

async function keyOf(file: string | undefined): Promise<KeyObject | null> {
  if (file === undefined) return null;
  try {
    return createPublicKey(await readFile(file));
  } catch (error) {
    throw new CodedError("CONFIG", `${file} is no public key: ${messageOf(error)}.`);
  }
}

await runCommand(command, async ({ options, positionals: [file = ""] }) => {
  const trusted = await keyOf(options["public-key"]);
  const verdict = checkPack(await bytesOf(file), trusted);
  const { problems, manifest, publicKey } = verdict;
  const text = options.json
    ? `${JSON.stringify({ intact: problems.length === 0, problems, manifest, publicKey }, null, 2)}\n`
    : verdictText(verdict, trusted !== null);
  process.stdout.write(text);
  if (problems.length > 0) process.exitCode = exitCodes.refused;
});
