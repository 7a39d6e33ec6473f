import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import type { NotificationCommand } from "#shared/wire/command/notification.ts";
import type { Handlers } from "../commands.ts";
import type { Notifier } from "./notifier.ts";

/** Below what a command waits for its answer. */
const testTimeout = seconds(30);

/** What people ask of notification. */
export function notificationHandlers(
  notifier: Pick<Notifier, "test"> | null,
  clock: Clock,
): Pick<Handlers, NotificationCommand["kind"]> {
  return {
    notifyTest: async ({ channel, person }) => {
      if (!notifier) return { outcome: "refused", code: "NOT_FOUND", detail: "plant.yaml has no `notification`." };
      const [late, settled] = [new AbortController(), new AbortController()];
      void clock.sleep(testTimeout, settled.signal).then(() => late.abort());
      try {
        return { outcome: "done", detail: await notifier.test(channel, person, late.signal) };
      } catch (error) {
        const code = error instanceof CodedError ? error.code : "UNKNOWN";
        return { outcome: "refused", code, detail: error instanceof CodedError ? error.detail : messageOf(error) };
      } finally {
        settled.abort();
      }
    },
  };
}
