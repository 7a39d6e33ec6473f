import { basename } from "node:path";
import { Type } from "typebox";
import { plantTags } from "#shared/plant/select.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { roles } from "../roles.ts";

const Count = (description: string) => Type.Integer({ minimum: 0, description });

const SetupSchema = Type.Object({
  plant: Type.Object({
    file: Type.String(),
    lines: Count("Lines of the plant model."),
    devices: Count("Devices of the plant model."),
    tags: Count("Tags of the plant model."),
  }),
  devicesConnected: Count("Devices that answer, as their gateways say."),
  initialPasswords: Type.Array(Type.String(), {
    description: "Users whose password is still one that the system made.",
  }),
  users: Type.Object(Object.fromEntries(roles.map((role) => [role, Count(`Active users of role ${role}.`)]))),
  people: Count("Who can be told of alarms, by `notification` in the plant model."),
  isWatched: Type.Boolean({ description: "A watch elsewhere raises its alarm when this server stops asking it." }),
  isReachable: Type.Boolean({ description: "Browsers of other machines reach the pages, over TLS." }),
});

/** What a new installation has and lacks: facts, from which the page of first steps makes its list. */
export function setupRoutes(
  app: App,
  { plant, plantFile, accounts, state, isWatched, tls, publicOrigin }: Dependencies,
): void {
  app.get(
    "/api/setup",
    {
      schema: {
        tags: ["about"],
        summary: "What a new installation has and lacks",
        response: { 200: SetupSchema },
      },
    },
    async () => {
      const active = accounts.users().filter(({ disabled }) => !disabled);
      const devices = state.health().flatMap((part) => part.devices ?? []);
      return {
        plant: {
          file: basename(plantFile),
          lines: plant.lines.length,
          devices: plant.devices.length,
          tags: plantTags(plant).length,
        },
        devicesConnected: devices.filter(({ connection }) => connection === "connected").length,
        initialPasswords: active.filter(({ initialPassword }) => initialPassword).map(({ name }) => name),
        users: Object.fromEntries(roles.map((each) => [each, active.filter(({ role }) => role === each).length])),
        people: plant.notification?.people.length ?? 0,
        isWatched,
        isReachable: tls !== null || publicOrigin?.startsWith("https:") === true,
      };
    },
  );
}
