import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const server = process.env.PILOTLINE_DASHBOARD ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: here,
  plugins: [vue()],
  resolve: { alias: { "#shared": fileURLToPath(new URL("../../shared", import.meta.url)) } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    target: "chrome109",
    cssTarget: "chrome109",
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": { target: server }, "/socket.io": { target: server, ws: true } } },
});
