import { type Static, Type } from "typebox";
import { head } from "./head.ts";

/** What an operator asks on the command line. */
export const NotificationCommandSchema = Type.Object({
  ...head,
  /** Send a test message over a channel, now. */
  kind: Type.Literal("notifyTest"),
  channel: Type.String({ minLength: 1 }),
  /** Whom it is for; the first whom the channel reaches where left out. */
  person: Type.Optional(Type.String({ minLength: 1 })),
});

export type NotificationCommand = Static<typeof NotificationCommandSchema>;
