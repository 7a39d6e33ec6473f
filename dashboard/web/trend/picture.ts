import { dashes, type Palette } from "./palette.ts";

/** What stands above the charts of a picture. */
export interface PictureHead {
  readonly title: string;
  readonly lines: readonly string[];
}
/** A chart as it was drawn, with its legend. */
export interface PicturePart {
  readonly canvas: HTMLCanvasElement;
  readonly legend: readonly { readonly text: string; readonly place: number }[];
}

const margin = 16;
const titlePx = 26;
const linePx = 19;
const legendPx = 24;
const gapPx = 10;

/** One sheet of white paper: title, range and zone, then each chart below its legend. `ratio`: pixels of the charts per CSS pixel. */
export function composePicture(
  sheet: HTMLCanvasElement,
  { title, lines }: PictureHead,
  parts: readonly PicturePart[],
  palette: Palette,
  ratio: number,
): void {
  const widest = Math.max(320, ...parts.map(({ canvas }) => canvas.width / ratio));
  const heights = parts.map(({ canvas, legend }) => canvas.height / ratio + legend.length * legendPx + gapPx);
  const headPx = margin + titlePx + lines.length * linePx + gapPx;
  sheet.width = Math.round((widest + 2 * margin) * ratio);
  sheet.height = Math.round((headPx + heights.reduce((sum, each) => sum + each, 0) + margin) * ratio);
  const context = sheet.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  context.fillStyle = "white";
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.textBaseline = "middle";
  const write = (text: string, x: number, y: number, font: string, colour: string): void => {
    context.font = palette.font.replace("12px", font);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };
  write(title, margin, margin + titlePx / 2, "bold 18px", palette.text);
  lines.forEach((line, k) => {
    write(line, margin, margin + titlePx + (k + 0.5) * linePx, "12px", palette.muted);
  });
  let top = headPx;
  for (const { canvas, legend } of parts) {
    for (const { text, place } of legend) {
      const middle = top + legendPx / 2;
      context.strokeStyle = palette.series[place % palette.series.length] ?? palette.text;
      context.lineWidth = 2;
      context.setLineDash([...(dashes[place % dashes.length] ?? [])]);
      context.beginPath();
      context.moveTo(margin, middle);
      context.lineTo(margin + 28, middle);
      context.stroke();
      context.setLineDash([]);
      write(text, margin + 36, middle, "13px", palette.text);
      top += legendPx;
    }
    context.drawImage(canvas, margin, top, canvas.width / ratio, canvas.height / ratio);
    top += canvas.height / ratio + gapPx;
  }
}

/** Runs `draw` while the page's colours are those of paper; nothing of it is seen, for the browser paints afterwards. */
export async function onPaper<Result>(root: HTMLElement, redraw: () => void, draw: () => Result): Promise<Result> {
  const { theme } = root.dataset;
  const drawn = async (name: string): Promise<void> => {
    root.dataset.theme = name;
    redraw();
    // uPlot draws in a microtask of its own.
    await Promise.resolve();
    await Promise.resolve();
  };
  await drawn("light");
  try {
    return draw();
  } finally {
    await drawn(theme ?? "light");
  }
}
