import { Type } from "typebox";
import { protocolNames } from "../protocols/registry.ts";
import { closed, Id, LocalTextSchema, TagSchema } from "../tagSchema.ts";
import { AlarmTemplateSchema } from "./alarmTemplateSchema.ts";

const anyKeys = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });

/** A tag whose device is the one that uses the template. */
const TemplateTagSchema = Type.Object(Type.Omit(TagSchema, ["device"]).properties, {
  ...closed,
  description: "A tag of every device of the kind: the keys of `lines[].equipment[].tags[]` without `device`.",
});

/** A device kind, described once. */
export const TemplateSchema = Type.Object(
  {
    id: Id("Template id, unique in the file and the template files that it names."),
    name: Type.Optional(LocalTextSchema),
    source: Type.Optional(
      Type.String({ minLength: 1, description: "Where the addresses come from: maker's document, edition, page." }),
    ),
    protocol: Type.Enum(protocolNames, { description: "Protocol that devices of the kind speak." }),
    connection: Type.Optional(
      anyKeys("Keys of the device's connection where the device does not write them; held against it there."),
    ),
    polling: Type.Optional(
      anyKeys("Keys of the device's polling where the device does not write them; held against it there."),
    ),
    tags: Type.Array(TemplateTagSchema, { description: "Tags of every device of the kind." }),
  },
  { ...closed, description: "A device kind, described once and used by any number of devices." },
);

/** What a file named by `templateFiles` holds. */
export const TemplateFileSchema = Type.Object(
  {
    templates: Type.Optional(Type.Array(TemplateSchema, { description: "Kinds of devices." })),
    alarmTemplates: Type.Optional(
      Type.Array(AlarmTemplateSchema, { description: "Alarm rules of kinds of equipment." }),
    ),
  },
  { ...closed, description: "A file of templates." },
);

/** Letters that a tag id may begin with: the rest of the id follows. */
export const prefixPattern = "^[A-Za-z0-9][A-Za-z0-9_-]*$";

const { id: _id, name, scale, calibration, ...plainKeys } = TemplateTagSchema.properties;

/** What differs from the template's tag: objects need not be whole, since they are merged. */
const OverrideSchema = Type.Partial(
  Type.Object({
    name: Type.Partial(name, { ...closed, description: "Keys of the name that differ." }),
    scale,
    calibration: Type.Partial(calibration, { ...closed, description: "Keys of the calibration that differ." }),
    ...plainKeys,
  }),
  { ...closed, description: "Keys of a tag in place of the template's." },
);

export const TagsFromSchema = Type.Object(
  {
    device: Type.String({ description: "Id of a device that has a template." }),
    prefix: Type.Optional(
      Type.String({
        pattern: prefixPattern,
        description: "Put in front of the template's tag ids, where two devices serve one equipment.",
      }),
    ),
    only: Type.Optional(
      Type.Array(Type.String(), { description: "Ids of the template's tags that are wanted; all where absent." }),
    ),
    omit: Type.Optional(Type.Array(Type.String(), { description: "Ids of the template's tags that are not wanted." })),
    override: Type.Optional(
      Type.Record(Type.String(), OverrideSchema, {
        description:
          "By the template's tag id: keys that differ here. Objects (name, address, scale, calibration) are merged key by key, everything else is replaced.",
      }),
    ),
  },
  { ...closed, description: "Tags of one device, as its template describes them." },
);
