import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { CodedError } from "#shared/model/errors.ts";

const largestBytes = 1_048_576;

/** The text of a drawing beside the plant file or below its folder; a link that leads out of there is refused. */
export async function readDrawingFile(plantFile: string, drawing: string): Promise<string> {
  const folder = await realpath(dirname(plantFile));
  const file = await realpath(join(folder, drawing)).catch((error: unknown) => {
    // The message of the system would name folders of the server to everybody who is signed in.
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new CodedError("CONFIG", `the file cannot be read${code}; it belongs beside the plant file.`, {
      cause: error,
    });
  });
  if (!file.startsWith(folder + sep))
    throw new CodedError("CONFIG", "the file lies outside of the plant file's folder.");
  const { size } = await stat(file);
  if (size > largestBytes) throw new CodedError("CONFIG", `the file has ${size} bytes, more than ${largestBytes}.`);
  return await readFile(file, "utf8");
}
