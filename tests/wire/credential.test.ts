import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCredential } from "#shared/wire/credential.ts";
import { temporaryFolder } from "../fakes/folder.ts";

test("a credential is read", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "ingest.json");
  await writeFile(file, JSON.stringify({ username: "ingest", password: "s3cret" }));
  expect(await readCredential(file)).toEqual({ username: "ingest", password: "s3cret" });
});

test("where there is none, the error says how to make it", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "gateway-edge-1.json");
  await expect(readCredential(file)).rejects.toMatchObject({
    code: "CONFIG",
    detail: expect.stringMatching(/gateway-edge-1\.json.*start it once/s),
  });
});

test.each([
  "",
  "{",
  "null",
  '{"username":"s3cret"}',
  '{"username":"","password":"s3cret"}',
  '{"password":"s3cret", x}',
])("`%s` is refused without showing what is in it", async (text) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "broken.json");
  await writeFile(file, text);
  const refusal: unknown = await readCredential(file).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "CONFIG", detail: expect.stringContaining("broken.json") });
  expect(String(refusal)).not.toContain("s3cret");
});
