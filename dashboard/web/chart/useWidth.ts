import { onMounted, onUnmounted, type ShallowRef, shallowRef } from "vue";

/** Width of an element in px, followed while the component stands. */
export function useWidth(element: Readonly<ShallowRef<HTMLElement | null>>, first = 640): ShallowRef<number> {
  const width = shallowRef(first);
  const observer = new ResizeObserver(([entry]) => {
    if (entry) width.value = Math.max(200, Math.floor(entry.contentRect.width));
  });
  onMounted(() => {
    if (element.value) observer.observe(element.value);
  });
  onUnmounted(() => observer.disconnect());
  return width;
}
