import { Type } from "typebox";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { AlarmStatusSchema } from "./schemas.ts";

export function alarmRoutes(app: App, { state }: Dependencies): void {
  app.get(
    "/api/alarms",
    {
      schema: {
        tags: ["alarms"],
        summary: "Alarms that are not normal, hidden ones among them, as of journal entry `seq`",
        response: { 200: Type.Object({ seq: Type.Integer(), alarms: Type.Array(AlarmStatusSchema) }) },
      },
    },
    async () => ({ seq: state.alarms.seq(), alarms: state.alarms.listed() }),
  );
}
