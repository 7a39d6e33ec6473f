/** What the mail channel uses of the library. It is loaded only where a plant has such a channel. */
declare module "nodemailer" {
  export interface MailServer {
    readonly host: string;
    readonly port: number;
    readonly secure: boolean;
    readonly requireTLS: boolean;
    readonly ignoreTLS: boolean;
    readonly tls?: { readonly ca: string };
    readonly auth?: { readonly user: string; readonly pass: string };
    readonly connectionTimeout: number;
    readonly greetingTimeout: number;
    readonly socketTimeout: number;
    readonly disableFileAccess: true;
    readonly disableUrlAccess: true;
  }
  export interface Mail {
    readonly from: string;
    readonly to: string;
    readonly subject: string;
    readonly text: string;
    readonly messageId: string;
    readonly date: Date;
    readonly headers: Readonly<Record<string, string>>;
    readonly priority: "high" | "normal";
  }
  export function createTransport(server: MailServer): {
    sendMail(mail: Mail): Promise<unknown>;
    close(): void;
  };
}
