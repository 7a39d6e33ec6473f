import { Type } from "typebox";
import { Instant, Version } from "../derivedSchemas.ts";

/** An id that may stand in a topic. */
export const TopicId = Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" });

/** What every command says. */
export const head = {
  v: Version,
  /** Names the command: sent twice, it is done once. */
  id: TopicId,
  at: Instant,
  /** The person who acts; journals name him. */
  user: Type.String({ minLength: 1 }),
  /** The broker user who waits for the reply: he alone may read it. */
  requester: TopicId,
};

type Without<Whole, Keys extends PropertyKey> = Whole extends unknown ? Omit<Whole, Keys> : never;
/** What a person asks, before it is stamped and sent. */
export type RequestOf<Command> = Without<Command, "v" | "at" | "requester">;
/** What is asked, by whomever. */
export type ActOf<Command> = Without<Command, "v" | "at" | "requester" | "id" | "user">;
