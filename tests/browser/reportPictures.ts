// Pictures of what comes of an assessment: pages of the report as a browser prints them, the workbook as LibreOffice shows it.
import { execFile } from "node:child_process";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { fileInZip } from "../../shared/kit/zip.ts";
import { sealedMonth } from "../assessment/sealedMonth.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const run = promisify(execFile);

/** Pages of the report that are worth a picture. */
const pages = { "report-cover": 1, "report-score": 2, "report-figures": 4 } as const;
/** The upper left of the workbook's first sheet, in pixels. */
const ofWorkbook = ["-r", "120", "-x", "0", "-y", "0", "-W", "1404", "-H", "640"];

/** Needs `pdftoppm` (poppler-utils) and `soffice` (LibreOffice). */
export async function reportPictures(browser: Browser, images: string, say: (line: string) => void): Promise<void> {
  await using folder = await temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  const { pack } = await sealedMonth(say);
  for (const name of ["report.html", "figures.xlsx"]) await writeFile(at(name), fileInZip(pack, name) ?? "");
  await using page = await browser.newPage();
  await page.goto(pathToFileURL(at("report.html")).href);
  await page.pdf({ path: at("report.pdf"), preferCSSPageSize: true });
  await run("soffice", ["--headless", "--convert-to", "pdf", "--outdir", folder.path, at("figures.xlsx")]);
  const wanted = [
    ...Object.entries(pages).map(([name, n]) => ({ name, file: "report.pdf", n, size: ["-r", "72"] })),
    { name: "workbook", file: "figures.pdf", n: 1, size: ofWorkbook },
  ];
  for (const { name, file, n, size } of wanted) {
    await run("pdftoppm", ["-png", "-singlefile", ...size, "-f", `${n}`, "-l", `${n}`, at(file), at(name)]);
    await copyFile(at(`${name}.png`), join(images, `${name}.png`));
    say(`docs/images/${name}.png`);
  }
}
