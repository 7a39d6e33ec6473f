import { aborted } from "#shared/kit/process.ts";
import { type ErrorCode, messageOf } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import type { ChannelConfigs } from "#shared/plant/notification/channelSchemas.ts";
import type { OpenChannel } from "../channel.ts";
import { DeliveryError } from "../tries.ts";

const ports = { tls: 465, startTls: 587, none: 25 } as const;

/** Mail over SMTP, a connection per message; the server's 250 is the receipt. */
export const openMail: OpenChannel<ChannelConfigs["mail"]> = async (config, env) => {
  // Loaded here: a plant without mail needs it not.
  const { createTransport } = await import("nodemailer");
  const { host, security, user, from } = config;
  const login =
    user !== undefined && config.password ? { auth: { user, pass: await env.secret(config.password) } } : {};
  const trust = config.ca === undefined ? {} : { tls: { ca: await env.readFile(config.ca) } };
  const server = createTransport({
    host,
    port: config.port ?? ports[security],
    secure: security === "tls",
    requireTLS: security === "startTls",
    ignoreTLS: security === "none",
    ...login,
    ...trust,
    connectionTimeout: seconds(10),
    greetingTimeout: seconds(10),
    socketTimeout: seconds(15),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.indexOf("@") + 1);
  return {
    send: async ({ id, address, title, text, at, priority, content }, signal) => {
      if (address === undefined) throw new DeliveryError("NOT_FOUND", "the person has no mail address.");
      const isUrgent = content.kind === "alarm" && (priority === "critical" || priority === "high");
      const settled = new AbortController();
      const stopped = aborted(AbortSignal.any([signal, settled.signal])).then(() => {
        if (!settled.signal.aborted) throw new DeliveryError("TIMEOUT", "stopped while sending.");
      });
      const sent = server.sendMail({
        from,
        to: address,
        subject: title,
        text,
        messageId: `<${id}@${domain}>`,
        date: new Date(at),
        headers: { "Auto-Submitted": "auto-generated" },
        priority: isUrgent ? "high" : "normal",
      });
      try {
        await Promise.race([sent, stopped]);
      } catch (error) {
        if (error instanceof DeliveryError) throw error;
        throw new DeliveryError(codeOf(error), messageOf(error), { cause: error });
      } finally {
        settled.abort();
      }
    },
    [Symbol.asyncDispose]: async () => server.close(),
  };
};

/** What went wrong, by the library's code and the server's reply (RFC 5321, 4.2.1: 4xx may go later, 5xx never). */
function codeOf(error: unknown): ErrorCode {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
  if (code === "EAUTH") return "FORBIDDEN";
  if (typeof responseCode === "number" && responseCode >= 500) return code === "EENVELOPE" ? "NOT_FOUND" : "MALFORMED";
  if (typeof responseCode === "number" && responseCode >= 400) return "BUSY";
  return code === "ETIMEDOUT" ? "TIMEOUT" : "NOT_CONNECTED";
}
