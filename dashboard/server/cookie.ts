import type { CookieSerializeOptions } from "@fastify/cookie";
import { longestSession } from "./accounts/sessions.ts";

/** Name and attributes of the session cookie. With TLS the prefix binds it to this host (RFC 6265bis, 4.1.3.2). */
export interface SessionCookie {
  readonly name: string;
  readonly options: CookieSerializeOptions;
}

export const sessionCookie = (secure: boolean): SessionCookie => ({
  name: secure ? "__Host-pilotline" : "pilotline",
  options: { path: "/", httpOnly: true, sameSite: "strict", secure, maxAge: longestSession / 1_000 },
});
