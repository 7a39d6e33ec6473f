import { type ShallowRef, shallowRef, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { trendApi } from "../../api/trendApi.ts";
import { useServices } from "../../services.ts";
import { queryOfView } from "./savedView.ts";

/** An address that only names a view (`?view=12`) becomes the view's own. True where there is no such view. */
export function useOpenedView(): ShallowRef<boolean> {
  const { api } = useServices();
  const route = useRoute();
  const router = useRouter();
  const lost = shallowRef(false);
  watch(
    () => (route.query.tags === undefined ? route.query.view : undefined),
    async (id) => {
      lost.value = false;
      if (typeof id !== "string") return;
      const found = await trendApi(api)
        .list()
        .then((views) => views.find((view) => String(view.id) === id))
        .catch(() => undefined);
      if (found) await router.replace({ name: "trend", params: { line: found.line }, query: queryOfView(found) });
      else lost.value = true;
    },
    { immediate: true },
  );
  return lost;
}
