import { readFile } from "node:fs/promises";
import { Type } from "typebox";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { ProblemSchema } from "./schemas.ts";

/** The plant model as it is written. Secrets are not in it: the file names variables of the environment for them. */
export function plantSourceRoutes(app: App, { plantFile }: Dependencies): void {
  app.get(
    "/api/plant/source",
    {
      schema: {
        tags: ["plant"],
        summary: "Text of plant.yaml as it is on the server's disk now",
        response: { 200: Type.Object({ file: Type.String(), text: Type.String() }), 500: ProblemSchema },
      },
    },
    async () => {
      try {
        return { file: plantFile, text: await readFile(plantFile, "utf8") };
      } catch (error) {
        throw new CodedError("CONFIG", `${plantFile} cannot be read: ${messageOf(error)}.`, { cause: error });
      }
    },
  );
}
