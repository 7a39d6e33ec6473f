import { messageOf } from "#shared/model/errors.ts";
import type { OpcuaAddress } from "#shared/plant/protocols/opcua.ts";
import type { DriverEnv, Point } from "../../driver.ts";
import { differencesOf, type HeldAgainst, strangeNames } from "./metadataDifferences.ts";
import { readServerWords } from "./metadataReading.ts";
import { nodeOf } from "./nodes.ts";
import type { OpenSession } from "./session.ts";

/** A list that nobody reads to its end hides what matters. */
const mostWarnings = 50;

/**
 * Holds what the server says of its nodes (EURange, EngineeringUnits, the texts of a state, names and descriptions;
 * IEC 62541-8) against the tags of the plant model. Each difference is a sentence that names the tag, the node, both
 * words and the remedy. Never rejects but with the signal's reason: a server that does not let itself be asked has no
 * words to compare.
 */
export async function compareWithServer(
  open: OpenSession,
  points: readonly Point<OpcuaAddress>[],
  env: DriverEnv,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const asked = points.flatMap(({ address, tag }) => {
    const node = nodeOf(address, open.namespaces);
    return tag && node && address.node !== undefined ? [{ tag, node, written: address.node }] : [];
  });
  try {
    const words = await readServerWords(open, asked, env.clock, signal);
    const held = asked.flatMap(({ tag, written }, i): HeldAgainst[] => {
      const server = words[i];
      return server ? [{ tag, node: written, server }] : [];
    });
    const differences = held.flatMap(differencesOf);
    const shown = differences.slice(0, mostWarnings);
    const more = differences.length - shown.length;
    return [
      ...shown,
      ...(more > 0 ? [`and ${more} more differences between the server and plant.yaml.`] : []),
      ...strangeNames(held),
    ];
  } catch (error) {
    signal.throwIfAborted();
    env.log.info({ error: messageOf(error) }, "The server's units, ranges and states cannot be read, nor compared");
    return [];
  }
}
