import { useServices } from "../../services.ts";
import { trendWords } from "../../text/trendWords.ts";
import { trendCsv } from "../../trend/csv.ts";
import { readPalette } from "../../trend/palette.ts";
import { composePicture, onPaper, type PicturePart } from "../../trend/picture.ts";
import type { TrendSeries } from "../../trend/series.ts";
import type { Comparison } from "./useComparison.ts";
import type { Trend } from "./useTrend.ts";

/** The drawn charts, for a picture of them. */
export interface DrawnCharts {
  redraw(): void;
  parts(): readonly PicturePart[];
}

/** What is shown as a file: the points as CSV, the charts as a picture. */
export function useExports(
  line: () => string,
  trend: Trend,
  series: () => readonly TrendSeries[],
  comparison: Comparison,
) {
  const { live, plant, session, text } = useServices();
  const words = trendWords(text);
  const lineName = (): string => {
    const view = plant.line(line());
    return view ? text.name(view.name) : line();
  };
  const full = (at: number): string => text.formats.value.full(Math.floor(at / 1_000) * 1_000);
  const save = (blob: Blob, ending: string): void => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${line()}_${full(trend.window.value.from).replace(/[ :]/g, "-")}.${ending}`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const user = (): string => (session.state.value.kind === "user" ? session.state.value.user.user : "");

  return {
    saveCsv: (): void => {
      const content = trendCsv(series(), trend.window.value, trend.now.value, {
        line: lineName(),
        zone: text.zone.value,
        createdBy: user(),
        columns: series().map(({ info }) => ({ title: text.name(info.name), unit: info.unit })),
        local: (at) => text.formats.value.full(at),
      });
      save(new Blob([content], { type: "text/csv;charset=utf-8" }), "csv");
    },
    savePicture: async (charts: DrawnCharts): Promise<void> => {
      const { from, to } = trend.window.value;
      const run = comparison.reference.value;
      const lines = [
        `${full(from)} – ${full(to)}   ${text.messages.value.trend.zone(text.zone.value)}`,
        ...(run ? [words.value.compare.since(run.batch ?? run.id)] : []),
        words.value.madeBy(user(), full(live.serverTime())),
      ];
      const sheet = document.createElement("canvas");
      await onPaper(document.documentElement, charts.redraw, () => {
        const title = text.messages.value.trend.title(lineName());
        composePicture(
          sheet,
          { title, lines },
          charts.parts(),
          readPalette(document.documentElement),
          devicePixelRatio,
        );
      });
      const blob = await new Promise<Blob | null>((resolve) => sheet.toBlob(resolve, "image/png"));
      if (blob) save(blob, "png");
    },
  };
}
