import { watch } from "vue";
import type { ViewName } from "#shared/model/live.ts";
import { useServices } from "../services.ts";

/** The page's live view; the next page's takes its place. */
export function useView(view: () => ViewName): void {
  const { live } = useServices();
  watch(view, (name) => live.show(name), { immediate: true });
}

/** Title of the browser tab, in the chosen language. */
export function useTitle(title: () => string): void {
  const { text } = useServices();
  watch(
    () => `${title()} · ${text.messages.value.product.name}`,
    (words) => {
      document.title = words;
    },
    { immediate: true },
  );
}
