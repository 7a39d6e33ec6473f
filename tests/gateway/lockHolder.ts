// Holds the lock of a folder until it is killed.
import { lockFolder } from "../../gateway/outbox/lock.ts";

const held = await lockFolder(String(process.argv[2]));
process.send?.("locked");
process.on("message", () => held[Symbol.dispose]());
