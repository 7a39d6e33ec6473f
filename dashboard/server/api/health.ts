import { Type } from "typebox";
import { HealthSchema as HealthMessageSchema, healthStates } from "#shared/wire/derivedSchemas.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import type { LiveSocket } from "../live/socket.ts";
import { InstantSchema } from "./schemas.ts";

const StateSchema = Type.Enum([...healthStates]);
const { v: _, ...partShape } = HealthMessageSchema.properties;
const PartSchema = Type.Object(partShape, { description: "What a part of the chain said of itself last." });
const HealthSchema = Type.Object({
  state: StateSchema,
  upstream: Type.Boolean({ description: "The broker session stands and ingest gives signs of life." }),
  broker: Type.Object({ connected: Type.Boolean(), since: Type.Union([InstantSchema, Type.Null()]) }),
  parts: Type.Array(PartSchema),
  clients: Type.Object({ connected: Type.Integer(), watching: Type.Integer(), slow: Type.Integer() }),
  serverTime: InstantSchema,
});

export function healthRoutes(app: App, { state, metrics, clock }: Dependencies, socket: LiveSocket): void {
  const connected = metrics.gauge("dashboard_clients", "Connected pages.");
  const slow = metrics.gauge("dashboard_slow_clients", "Pages that leave frames unacknowledged.");
  const upstream = metrics.gauge("dashboard_upstream", "1 while broker and ingest are there, else 0.");

  const overall = (): "ok" | "degraded" | "down" => {
    if (!state.upstream()) return "down";
    return state.health().every((part) => part.state === "ok") ? "ok" : "degraded";
  };
  app.get(
    "/api/health",
    {
      schema: {
        tags: ["about"],
        summary: "Health of the chain; without login, and on loopback only, just the overall state",
        response: { 200: Type.Union([HealthSchema, Type.Object({ state: StateSchema })]) },
      },
    },
    async (request) => {
      if (!request.session) return { state: overall() };
      return {
        state: overall(),
        upstream: state.upstream(),
        broker: state.broker,
        parts: state.health(),
        clients: { connected: socket.connected(), ...socket.hub.clients() },
        serverTime: clock.now(),
      };
    },
  );
  app.get(
    "/metrics",
    { schema: { tags: ["about"], summary: "Counters in Prometheus text format; also with the metrics token" } },
    async (_, reply) => {
      connected.set(socket.connected());
      slow.set(socket.hub.clients().slow);
      upstream.set(Number(state.upstream()));
      return reply.type("text/plain; version=0.0.4; charset=utf-8").serializer(String).send(metrics.render());
    },
  );
}
