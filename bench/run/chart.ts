/** The geometric means as bars, one picture for all databases, for light and dark pages. */
import { roleOf } from "./contenders.ts";
import type { Mean } from "./ratios.ts";

export interface Panel {
  readonly title: string;
  readonly means: readonly Mean[];
}

const width = 760;
const labelsTo = 222;
const ratiosTo = 266;
const barsFrom = 280;
const barsTo = 736;
const lineHeight = 22;
/** A slower contender's bar is cut here, and says so by an arrow. */
const maxRatio = 5;

const style = `
  text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .ratio { font-variant-numeric: tabular-nums; }
  .strong { font-weight: 600; }
  .legend { font-size: 12px; }
  .own { fill: #0969da; }
  .driver { fill: #6e7781; }
  .peer { fill: #c4ccd4; }
  .raw { stroke: #6e7781; stroke-dasharray: 3 3; }
  .range { stroke: #1f2328; stroke-width: 1.5; stroke-opacity: 0.7; }
  .arrow { fill: none; stroke: #1f2328; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .own { fill: #4493f8; }
    .driver { fill: #9198a1; }
    .peer { fill: #484f58; }
    .raw { stroke: #9198a1; }
    .range, .arrow { stroke: #e6edf3; }
  }`;

const legend = [
  ["own", "Plinth"],
  ["driver", "bare drivers"],
  ["peer", "other libraries"],
  ["range", "from the lowest to the highest round"],
] as const;

export function chartSvg(panels: readonly Panel[]): string {
  let top = 24;
  const parts = panels.map(({ means, title }) => {
    const from = top + 36;
    const to = from + means.length * lineHeight;
    top = to + 12;
    const rawAt = xOf(1);
    return [
      `<text class="title" x="0" y="${from - 12}">${escape(title)}</text>`,
      ...means.map((mean, index) => barSvg(mean, from + index * lineHeight)),
      `<line class="raw" x1="${rawAt}" x2="${rawAt}" y1="${from - 4}" y2="${to + 2}"/>`,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" role="img" aria-label="Time as a multiple of the bare driver's">
<style>${style}
</style>
${legendSvg()}
${parts.join("\n")}
</svg>
`;
}

function legendSvg(): string {
  let x = 0;
  const parts = legend.map(([kind, text]) => {
    const at = Math.round(x);
    x += 48 + text.length * 6.4;
    const mark =
      kind === "range"
        ? `<line class="range" x1="${at - 6}" x2="${at + 12}" y1="12" y2="12"/>`
        : `<rect class="${kind}" x="${at}" y="6" width="12" height="12" rx="2"/>`;
    return `${mark}<text class="legend" x="${at + 18}" y="16">${text}</text>`;
  });
  return parts.join("\n");
}

function xOf(ratio: number): number {
  return Math.round(barsFrom + (Math.min(ratio, maxRatio) / maxRatio) * (barsTo - barsFrom));
}

/** Its figure stands before it, and across its end a line from the lowest to the highest of single rounds. */
function barSvg({ contender, range, ratio, title }: Mean, y: number): string {
  const [end, lowest, highest] = [ratio, range.lowest, range.highest].map(xOf) as [
    number,
    number,
    number,
  ];
  const role = roleOf(contender);
  const kind = role === "prepared" ? "peer" : role;
  const strong = kind === "own" ? " strong" : "";
  const middle = y + 10.5;
  const parts = [
    `<text class="label${strong}" x="${labelsTo}" y="${y + 15}" text-anchor="end">${escape(title)}</text>`,
    `<text class="ratio${strong}" x="${ratiosTo}" y="${y + 15}" text-anchor="end">${ratio.toFixed(2)}</text>`,
    `<rect class="${kind}" x="${barsFrom}" y="${y + 3}" width="${end - barsFrom}" height="15" rx="2"/>`,
  ];
  if (ratio > maxRatio)
    parts.push(`<path class="arrow" d="M${barsTo + 6} ${middle}h12m-4 -4l4 4l-4 4"/>`);
  else if (highest - lowest > 1)
    parts.push(
      `<line class="range" x1="${lowest}" x2="${highest}" y1="${middle}" y2="${middle}"/>`,
    );
  return parts.join("\n");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
