import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { Type } from "typebox";
import { type App, refuse } from "../http.ts";

/** No inline script, no foreign origin, no frame: what the pages load comes from here. */
export const contentSecurityPolicy: Record<string, string[]> = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "data:", "blob:"],
  "font-src": ["'self'"],
  "connect-src": ["'self'"],
  "manifest-src": ["'self'"],
  "worker-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
  "object-src": ["'none'"],
};

/** A report is one file with its own style, and no script. */
export const contentSecurityPolicyOfReport =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const notBuilt = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>Pilotline</title>
<h1>页面尚未构建 · The pages are not built yet</h1>
<p>在项目文件夹中运行 <code>npm start</code>，或 <code>npx vite build dashboard/web</code>。</p>
<p>Run <code>npm start</code>, or <code>npx vite build dashboard/web</code>, in the project's folder. The API works already.</p>
</html>
`;

/** Where the build puts files whose name changes with their content. */
const hashedFolder = "assets/";

/** Serves the built pages; an address of a page, not of a file, gets the page that routes by itself. */
export async function pageRoutes(app: App, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false, suppressWarning: true, dotfiles: "deny" });
  const schema = { hide: true, params: Type.Object({ "*": Type.String() }) };
  app.get("/*", { schema }, async (request, reply) => {
    const path = request.params["*"];
    const first = path.split("/")[0];
    if (first === "api" || first === "socket.io") {
      return refuse(reply, 404, { error: "NOT_FOUND", detail: "There is nothing here." });
    }
    if (!existsSync(join(folder, "index.html"))) return reply.code(503).type("text/html; charset=utf-8").send(notBuilt);
    if (path.startsWith(hashedFolder)) return reply.sendFile(path, { immutable: true, maxAge: "365d" });
    const isFile = path.includes(".");
    return reply.sendFile(isFile ? path : "index.html", { cacheControl: false }).header("cache-control", "no-cache");
  });
}
