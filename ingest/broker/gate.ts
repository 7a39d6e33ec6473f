import { Aedes, type AuthErrorCode, type AuthenticateError, type Client } from "aedes";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import type { UserTable } from "./credentials.ts";
import type { BrokerLimits } from "./limits.ts";
import { mayPublish, maySubscribe } from "./rights.ts";
import type { BrokerUser } from "./users.ts";

/** Return codes of CONNACK, MQTT 3.1.1, 3.2.2.3; Aedes declares them as a const enum, which is not there at run time. */
const returnCodes = { identifierRejected: 2, badUserNameOrPassword: 4, notAuthorized: 5 } as const;

/** The newest version of MQTT that Aedes speaks: 4 is 3.1.1. */
const newestVersion = 4;

function refusal(code: (typeof returnCodes)[keyof typeof returnCodes], message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode: code as AuthErrorCode });
}

export interface GateOptions {
  readonly platform: string;
  readonly limits: BrokerLimits;
  readonly users: UserTable;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Gate {
  readonly aedes: Aedes;
  /** Who the connection belongs to; undefined before its CONNECT was accepted. */
  userOf(client: Client): BrokerUser | undefined;
}

/**
 * Aedes with in-memory persistence only (an asynchronous one loses acknowledged messages) behind one gate: a user with
 * a password, rights bound to that user and never to what the client calls itself, wills included.
 */
export async function openGate({ platform, limits, users, log, metrics }: GateOptions): Promise<Gate> {
  const refused = metrics.counter("broker_requests_refused_total", "Connects, publishes and subscribes refused.");
  const wills = new WeakMap<Client, string>();
  const owners = new WeakMap<Client, BrokerUser>();
  const holders = new Map<string, Client>();

  const aedes = await Aedes.createBroker({
    drainTimeout: limits.drainTime,
    connectTimeout: limits.connectTime,
    maxTopicLevels: limits.topicLevels,
    maxInflightInbound: limits.halfPublished,
    preConnect: (client, packet, done) => {
      // Aedes answers with return code 1 and says nothing.
      const version: number = packet.protocolVersion ?? newestVersion;
      if (version > newestVersion) {
        refused.add(1, { request: "connect" });
        const remedy = "Connect refused: this broker speaks MQTT 3.1.1; set the client to it";
        log.warn({ client: packet.clientId, username: packet.username, protocolVersion: version }, remedy);
      }
      if (packet.will) wills.set(client, packet.will.topic);
      done(null, true);
    },
    authenticate: (client, username, password, done) => {
      const refuse = (error: AuthenticateError, fields: object) => {
        refused.add(1, { request: "connect" });
        log.warn({ ...fields, client: client.id }, "Connect refused");
        done(error, null);
      };
      const admit = (user: BrokerUser | undefined) => {
        if (!user)
          return refuse(refusal(returnCodes.badUserNameOrPassword, "unknown user or wrong password"), { username });
        const will = wills.get(client);
        if (will !== undefined && !mayPublish(user, platform, will)) {
          return refuse(refusal(returnCodes.notAuthorized, "will not allowed"), { username, will });
        }
        const holder = holders.get(client.id);
        if (holder && owners.get(holder)?.username !== user.username) {
          return refuse(refusal(returnCodes.identifierRejected, "client id is another user's"), { username });
        }
        owners.set(client, user);
        done(null, true);
      };
      if (username === undefined || password === undefined) {
        return refuse(refusal(returnCodes.notAuthorized, "user name and password needed"), {});
      }
      users.check(username, password).then(admit, (error: Error) => {
        refuse(refusal(returnCodes.notAuthorized, "password could not be checked"), { username, error });
      });
    },
    authorizePublish: (client, packet, done) => {
      const user = client ? owners.get(client) : undefined;
      if (user && mayPublish(user, platform, packet.topic)) return done(null);
      refused.add(1, { request: "publish" });
      log.warn({ username: user?.username, topic: packet.topic }, "Publish refused, client dropped");
      done(new Error(`publish to ${packet.topic} not allowed`));
    },
    authorizeSubscribe: (client, subscription, done) => {
      const user = owners.get(client);
      if (user && maySubscribe(user, platform, subscription.topic)) return done(null, subscription);
      refused.add(1, { request: "subscribe" });
      log.warn({ username: user?.username, filter: subscription.topic }, "Subscription refused");
      done(null, null);
    },
  });
  aedes.on("client", (client) => holders.set(client.id, client));
  aedes.on("clientDisconnect", (client) => {
    if (holders.get(client.id) === client) holders.delete(client.id);
  });
  const onFault = (client: Client, error: Error) =>
    log.debug({ username: owners.get(client)?.username, client: client.id, error }, "Connection ended by an error");
  aedes.on("clientError", onFault);
  aedes.on("connectionError", onFault);
  return { aedes, userOf: (client) => owners.get(client) };
}
