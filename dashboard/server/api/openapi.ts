import fastifySwagger from "@fastify/swagger";
import { requestMark } from "../guard.ts";
import type { App } from "../http.ts";

/** Documents every route of the API that is registered after it, and serves the document. */
export async function documentRoutes(app: App): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Pilotline dashboard",
        version: "1",
        description: [
          "Sign in with POST /api/login; the session is a cookie.",
          `Every POST carries the header \`${requestMark.header}: ${requestMark.value}\` and the server's own Origin.`,
          "Live values and alarm events come over socket.io at /socket.io.",
        ].join(" "),
      },
      components: {
        securitySchemes: {
          session: { type: "apiKey", in: "cookie", name: "pilotline" },
          portal: { type: "http", scheme: "bearer", description: "Content of secrets/portal-token." },
        },
      },
      security: [{ session: [] }],
    },
  });
  app.get("/api/openapi.json", { schema: { hide: false, tags: ["about"], summary: "This document" } }, async () =>
    app.swagger(),
  );
}
