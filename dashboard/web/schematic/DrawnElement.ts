import { computed, defineComponent, h, type PropType, type VNode } from "vue";
import type { DrawingElement } from "#shared/model/drawing.ts";
import { equipmentStates } from "#shared/model/equipment.ts";
import type { TagInfo } from "#shared/model/tag.ts";
import { isUnacknowledged } from "../live/alarmBook.ts";
import { useServices } from "../services.ts";
import AlarmMark from "../widgets/AlarmMark.vue";
import { useTag } from "../widgets/useTag.ts";

/** What a drawing may ask of the line that it shows. */
export interface DrawnTag {
  readonly info: TagInfo;
  /** `<platform>/<line>/<equipment>` where the tag tells the state of its equipment. */
  readonly stateOf: string | null;
}

/** The live text of an element with `data-tag`: value, unit, and a mark where it is not simply good. */
const LiveText = defineComponent({
  props: {
    tag: { type: Object as PropType<DrawnTag>, required: true },
    element: { type: Object as PropType<DrawingElement>, required: true },
  },
  setup(props) {
    const { live, text } = useServices();
    const shown = useTag(() => props.tag.info);
    const words = computed(() => {
      const { stateOf } = props.tag;
      if (stateOf !== null) {
        const known = live.status.value.kind === "live" ? live.states.value.get(stateOf)?.state : undefined;
        return equipmentStates[known ?? "UNK"][text.locale.value === "en" ? "en" : "zh"];
      }
      const { text: value, unit, note } = shown.value;
      const figure = unit === "" ? value : `${value} ${unit}`;
      return note === "" ? figure : `${figure} (${note})`;
    });
    const alarm = computed(() => live.book.value.alarms.find(({ tag }) => tag === props.tag.info.tag));
    return (): VNode[] => {
      const { name, attributes } = props.element;
      const { state, outside } = shown.value;
      const looks = ["drawn-value", state, outside === null ? "" : "outside"];
      const own = h(name, { ...attributes, class: looks }, [words.value]);
      const [x, y] = [Number.parseFloat(attributes.x ?? ""), Number.parseFloat(attributes.y ?? "")];
      if (!alarm.value || Number.isNaN(x) || Number.isNaN(y)) return [own];
      const size = (Number.parseFloat(attributes["font-size"] ?? "") || 16) * 1.2;
      const { priority } = alarm.value;
      const place = { x: x - size * 1.15, y: y - size * 0.85, transform: attributes.transform };
      return [h(AlarmMark, { priority, size, unacknowledged: isUnacknowledged(alarm.value), ...place }), own];
    };
  },
});

/**
 * A drawing as elements of the page. The server lets through what is allowed; here each is made by its name, never by
 * reading text as a page.
 */
export const DrawnElement = defineComponent({
  name: "DrawnElement",
  props: {
    element: { type: Object as PropType<DrawingElement>, required: true },
    tags: { type: Object as PropType<ReadonlyMap<string, DrawnTag>>, required: true },
  },
  setup(props) {
    const drawn = (element: DrawingElement): VNode => {
      const tag = props.tags.get(element.attributes["data-tag"] ?? "");
      if (tag) return h(LiveText, { tag, element });
      return h(
        element.name,
        element.attributes,
        element.children.map((child) => (typeof child === "string" ? child : drawn(child))),
      );
    };
    return () => drawn(props.element);
  },
});
