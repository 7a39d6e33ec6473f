/** What the mail server of tests uses of the library. */
declare module "smtp-server" {
  import type { EventEmitter } from "node:events";
  import type { Server } from "node:net";
  import type { Readable } from "node:stream";

  type Done = (error?: Error | null, result?: unknown) => void;
  interface Session {
    readonly secure: boolean;
    readonly envelope: { readonly rcptTo: readonly { readonly address: string }[] };
  }
  export class SMTPServer extends EventEmitter {
    constructor(options: {
      readonly secure: boolean;
      readonly key?: Uint8Array;
      readonly cert?: Uint8Array;
      readonly hideSTARTTLS: boolean;
      readonly authOptional: boolean;
      readonly logger: false;
      readonly disableReverseLookup: true;
      onAuth(auth: { readonly username: string; readonly password: string }, session: Session, done: Done): void;
      onRcptTo(address: { readonly address: string }, session: Session, done: Done): void;
      onData(stream: Readable, session: Session, done: Done): void;
    });
    readonly server: Server;
    listen(port: number, host: string, listening: () => void): Server;
    close(closed: () => void): void;
  }
}
