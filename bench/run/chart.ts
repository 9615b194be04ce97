/** The geometric means as bars, one picture for all databases, for light and dark pages. */
import type { Mean } from "./ratios.ts";

export interface Panel {
  readonly title: string;
  readonly means: readonly Mean[];
}

const width = 760;
const barsFrom = 250;
const barsTo = 690;
const lineHeight = 22;
/** A slower contender's bar is cut here, and says so. */
const maxRatio = 5;

const style = `
  text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .ratio { font-variant-numeric: tabular-nums; }
  .bar { fill: #afb8c1; }
  .own { fill: #0969da; }
  .raw { stroke: #8c959f; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .bar { fill: #484f58; }
    .own { fill: #4493f8; }
  }`;

export function chartSvg(panels: readonly Panel[]): string {
  let top = 0;
  const parts = panels.map(({ means, title }) => {
    const from = top + 34;
    const to = from + means.length * lineHeight;
    top = to + 16;
    const rawAt = xOf(1);
    return [
      `<text class="title" x="0" y="${from - 12}">${escape(title)}</text>`,
      `<line class="raw" x1="${rawAt}" x2="${rawAt}" y1="${from - 4}" y2="${to}"/>`,
      ...means.map((mean, index) => barSvg(mean, from + index * lineHeight)),
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" role="img" aria-label="Time as a multiple of the bare driver's">
<style>${style}
</style>
${parts.join("\n")}
</svg>
`;
}

function xOf(ratio: number): number {
  return Math.round(barsFrom + (Math.min(ratio, maxRatio) / maxRatio) * (barsTo - barsFrom));
}

function barSvg({ ratio, title }: Mean, y: number): string {
  const end = xOf(ratio);
  const kind = title.startsWith("plinth") ? "own" : "bar";
  const said = `${ratio.toFixed(2)}${ratio > maxRatio ? " →" : ""}`;
  return [
    `<text x="${barsFrom - 10}" y="${y + 14}" text-anchor="end">${escape(title)}</text>`,
    `<rect class="${kind}" x="${barsFrom}" y="${y + 3}" width="${end - barsFrom}" height="15" rx="2"/>`,
    `<text class="ratio" x="${end + 6}" y="${y + 14}">${said}</text>`,
  ].join("\n");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
