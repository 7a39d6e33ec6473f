// Holds the lock of a folder until it is killed or told to let go. Arguments: folder, file.
import { lockFolder } from "#shared/kit/folderLock.ts";

const [folder = "", file = ""] = process.argv.slice(2);
const held = lockFolder({ folder, file, inUse: () => new Error("in use") });
process.send?.("locked");
process.on("message", () => held[Symbol.dispose]());
