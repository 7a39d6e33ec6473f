import { type Static, Type } from "typebox";
import { closed, Id } from "../tagSchema.ts";

/** Where a secret comes from; the plant file itself never holds one. Exactly one of the two keys is there. */
export const Secret = (what: string) =>
  Type.Object(
    {
      env: Type.Optional(
        Type.String({
          pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
          description: "Name of the environment variable of ingest that holds it.",
        }),
      ),
      file: Type.Optional(
        Type.String({ minLength: 1, description: "File that holds it, seen from the folder of this file." }),
      ),
    },
    { ...closed, description: `${what} Named, never written out: \`env\` or \`file\`.` },
  );
export type SecretRef = Static<ReturnType<typeof Secret>>;

const id = Id("Channel id, unique within the plant.");
const Kind = <const Name extends string>(name: Name, what: string) => Type.Literal(name, { description: what });

const Mail = Type.Object(
  {
    id,
    kind: Kind("mail", "Mail over SMTP."),
    host: Type.String({ minLength: 1, description: "SMTP server." }),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: "465 with tls, 587 with startTls, 25 with none where left out.",
      }),
    ),
    security: Type.Enum(["tls", "startTls", "none"], {
      default: "tls",
      description:
        "tls: encrypted from the first byte. startTls: encrypted before the login, or not sent at all. none: readable by everybody on the way.",
    }),
    ca: Type.Optional(
      Type.String({
        minLength: 1,
        description: "File of the server's certificate authority, PEM, where Node trusts it not.",
      }),
    ),
    user: Type.Optional(Type.String({ minLength: 1, description: "Login of the server, where it asks for one." })),
    password: Type.Optional(Secret("Password, for many Chinese providers the authorisation code.")),
    from: Type.String({ pattern: "^[^@\\s]+@[^@\\s]+$", description: "Sender's address." }),
  },
  { ...closed, description: "Mail over SMTP." },
);

const Webhook = Type.Object(
  {
    id,
    kind: Kind("webhook", "An HTTP POST to a server of one's own."),
    url: Type.String({ pattern: "^https?://", description: "Where to post. Redirects are not followed." }),
    secret: Type.Optional(Secret("Key of the signature in the header `Pilotline-Signature`.")),
    template: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "Body with {{title}}, {{text}}, {{id}}, {{to}}, {{address}}, {{kind}}, {{priority}}, {{count}}, {{link}}, {{at}}; all of it as JSON where left out.",
      }),
    ),
    contentType: Type.String({
      default: "application/json",
      minLength: 1,
      description: "Of the template's body; values are escaped as JSON asks where it is JSON.",
    }),
  },
  { ...closed, description: "An HTTP POST to a server of one's own." },
);

const DingTalk = Type.Object(
  {
    id,
    kind: Kind("dingtalk", "A robot of a DingTalk group (钉钉群机器人)."),
    url: Secret("Address of the robot's webhook; it holds the token."),
    secret: Type.Optional(Secret("Key of the signature (加签), begins with SEC.")),
  },
  { ...closed, description: "A robot of a DingTalk group (钉钉群机器人)." },
);

const WeCom = Type.Object(
  {
    id,
    kind: Kind("wecom", "A robot of a WeCom group (企业微信群机器人)."),
    url: Secret("Address of the robot's webhook; it holds the key."),
  },
  { ...closed, description: "A robot of a WeCom group (企业微信群机器人)." },
);

const Feishu = Type.Object(
  {
    id,
    kind: Kind("feishu", "A robot of a Feishu group (飞书群机器人)."),
    url: Secret("Address of the robot's webhook; it holds the token."),
    secret: Type.Optional(Secret("Key of the signature (签名校验).")),
  },
  { ...closed, description: "A robot of a Feishu group (飞书群机器人)." },
);

const Mqtt = Type.Object(
  { id, kind: Kind("mqtt", "The topic pilotline/v1/<platform>/notification/<person> of the plant's own broker.") },
  { ...closed, description: "A topic of the plant's own broker, for an MES or a siren." },
);

/** What each kind of channel says of itself. */
export const channelSchemas = {
  mail: Mail,
  webhook: Webhook,
  dingtalk: DingTalk,
  wecom: WeCom,
  feishu: Feishu,
  mqtt: Mqtt,
} as const;

export type ChannelKind = keyof typeof channelSchemas;
export type ChannelConfigs = { readonly [Name in ChannelKind]: Static<(typeof channelSchemas)[Name]> };
export type ChannelConfig = ChannelConfigs[ChannelKind];

/** What a webhook's template may name. */
export const templateWords = [
  "title",
  "text",
  "id",
  "to",
  "address",
  "kind",
  "priority",
  "count",
  "link",
  "at",
] as const;
export type TemplateWord = (typeof templateWords)[number];
