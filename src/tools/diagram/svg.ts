import type { Diagram, DiagramColumn, DiagramLink, DiagramTable } from "./diagram.ts";
import { HEADER, place, ROW, type Box, type Point } from "./place.ts";

const MARGIN = 24;
/** How far a line runs straight out of a table before it bends, so that its ends can be read. */
const STUB = 20;

/** Colours follow the reader's choice of light or dark; a diagram has no program that could ask. */
const STYLE = `
  .paper { fill: #f8fafc } .card { fill: #ffffff; stroke: #cbd5e1 } .head { fill: #1e3a5f } .view .head { fill: #475569 }
  text { font: 12px system-ui, "Segoe UI", sans-serif; fill: #1e293b }
  .title { font-size: 13px; font-weight: 600; fill: #ffffff } .type { font-size: 11px; fill: #64748b; text-anchor: end }
  .key { font-weight: 600 } .null { fill: #64748b } .rule { stroke: #e2e8f0 } .dot { fill: #d97706 } .ref { fill: #0284c7 } .both { fill: #d97706; stroke: #0284c7; stroke-width: 2 }
  .line { fill: none; stroke: #94a3b8; stroke-width: 1.4 } .ring { fill: #f8fafc; stroke: #94a3b8; stroke-width: 1.4 }
  .link:hover .line, .link:hover .ring { stroke: #0284c7; stroke-width: 2.4 }
  @media (prefers-color-scheme: dark) {
    .paper, .ring { fill: #0f172a } .card { fill: #1e293b; stroke: #334155 } .head { fill: #0c4a6e }
    text { fill: #e2e8f0 } .title { fill: #f0f9ff } .type, .null { fill: #94a3b8 } .rule { stroke: #293548 }
    .line, .ring { stroke: #64748b }
  }`;

function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // XML has no way to hold these.
      // oxlint-disable-next-line no-control-regex -- a name may hold any.
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "�")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function title(text: string | undefined): string {
  return text === undefined || text === "" ? "" : `<title>${escaped(text)}</title>`;
}

function drawColumn(column: DiagramColumn, box: Box, order: number): string {
  const top = box.y + HEADER + order * ROW;
  const middle = round(top + ROW / 2 + 4);
  const mark = column.isKey
    ? column.isReference
      ? "both"
      : "dot"
    : column.isReference
      ? "ref"
      : undefined;
  const words = [column.isKey ? "key" : "", column.nullable ? "null" : ""]
    .filter(Boolean)
    .join(" ");
  return [
    "<g>",
    title(column.comment),
    order === 0
      ? ""
      : `<path class="rule" d="M${at({ x: box.x + 1, y: top })}h${round(box.width - 2)}"/>`,
    mark === undefined
      ? ""
      : `<circle class="${mark}" cx="${round(box.x + 13)}" cy="${round(top + ROW / 2)}" r="3"/>`,
    `<text${words === "" ? "" : ` class="${words}"`} x="${round(box.x + 24)}" y="${middle}">${escaped(column.name)}</text>`,
    `<text class="type" x="${round(box.x + box.width - 12)}" y="${middle}">${escaped(column.type)}${column.nullable ? "?" : ""}</text>`,
    "</g>",
  ].join("");
}

function drawTable(table: DiagramTable, box: Box): string {
  const { x, y, width, height } = box;
  const head = `M${at({ x, y: y + HEADER })}v${8 - HEADER}q0 -8 8 -8h${round(width - 16)}q8 0 8 8v${HEADER - 8}z`;
  return [
    `<g${table.isView ? ' class="view"' : ""}>`,
    title(table.comment),
    `<rect class="card" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="8"/>`,
    `<path class="head" d="${head}"/>`,
    `<text class="title" x="${round(x + 12)}" y="${round(y + 20)}">${escaped(table.name)}</text>`,
    ...table.columns.map((column, order) => drawColumn(column, box, order)),
    "</g>",
  ].join("");
}

/** Where a line leaves a table: beside the column, on the left or on the right. */
function portOf(box: Box, column: number, side: -1 | 1): Point {
  return {
    x: side === 1 ? box.x + box.width : box.x,
    y: box.y + HEADER + Math.max(0, column) * ROW + ROW / 2,
  };
}

function sideTowards(box: Box, point: Point): -1 | 1 {
  return point.x >= box.x + box.width / 2 ? 1 : -1;
}

/** A curve through the points that leaves the first and meets the last one horizontally. */
function curve(points: readonly Point[]): string {
  const [first, ...others] = points;
  let path = `M${at(first!)}`;
  let previous = first!;
  for (const point of others) {
    const middle = (previous.x + point.x) / 2;
    path += `C${at({ x: middle, y: previous.y })} ${at({ x: middle, y: point.y })} ${at(point)}`;
    previous = point;
  }
  return path;
}

/** The marks of notation: a crow's foot for many, a bar for one, a ring where there may be none. */
function marks(link: DiagramLink, parent: Point, out: -1 | 1, child: Point, back: -1 | 1): string {
  const bar = (point: Point, side: number, distance: number): string =>
    `<path class="line" d="M${at({ x: point.x + side * distance, y: point.y - 5 })}v10"/>`;
  const ring = (point: Point, side: number): string =>
    `<circle class="ring" cx="${round(point.x + side * 14)}" cy="${round(point.y)}" r="4"/>`;
  const foot = `<path class="line" d="M${at({ x: child.x, y: child.y - 6 })}L${at({ x: child.x + back * 10, y: child.y })}L${at({ x: child.x, y: child.y + 6 })}"/>`;
  return [
    bar(parent, out, 7),
    link.isOptional ? ring(parent, out) : bar(parent, out, 11),
    link.isOne ? bar(child, back, 7) : foot,
    ring(child, back),
  ].join("");
}

function drawLink(
  { tables }: Diagram,
  link: DiagramLink,
  boxes: readonly Box[],
  bends: readonly Point[],
): string {
  const parentBox = boxes[link.parent]!;
  const childBox = boxes[link.child]!;
  const isOwn = link.parent === link.child;
  const middleOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y });
  const out = isOwn ? 1 : sideTowards(parentBox, bends[0] ?? middleOf(childBox));
  const back = isOwn ? 1 : sideTowards(childBox, bends.at(-1) ?? middleOf(parentBox));
  const parent = portOf(parentBox, link.parentColumn, out);
  const child = portOf(childBox, link.childColumn, back);
  const [start, end] = [parent, child].map(({ x, y }, order) => ({
    x: x + (order === 0 ? out : back) * STUB,
    y,
  })) as [Point, Point];
  const loop = `M${at(parent)}H${round(start.x)}C${at({ x: start.x + 26, y: start.y })} ${at({ x: end.x + 26, y: end.y })} ${at(end)}H${round(child.x)}`;
  const path = isOwn
    ? loop
    : `M${at(parent)}H${round(start.x)}${curve([start, ...bends, end]).replace(/^M[^C]*/, "")}H${round(child.x)}`;
  const from = tables[link.child]!;
  const to = tables[link.parent]!;
  const words = `${from.name}.${from.columns[link.childColumn]?.name ?? ""} → ${to.name}`;
  return `<g class="link">${title(words)}<path class="line" d="${path}"/>${marks(link, parent, out, child, back)}</g>`;
}

/** The diagram as a picture of its own, without fonts or scripts to load. */
export function svgOf(diagram: Diagram): string {
  const { width, height, boxes, bends } = place(diagram);
  const box = [-MARGIN, -MARGIN, width + 2 * MARGIN + STUB, height + 2 * MARGIN].map(round);
  const [x, y, fullWidth, fullHeight] = box;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.join(" ")}" width="${fullWidth}" height="${fullHeight}" role="img">`,
    `<title>${diagram.tables.length} tables</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" x="${x}" y="${y}" width="${fullWidth}" height="${fullHeight}"/>`,
    ...diagram.links.map((link, order) => drawLink(diagram, link, boxes, bends[order]!)),
    ...diagram.tables.map((table, order) => drawTable(table, boxes[order]!)),
    "</svg>",
    "",
  ].join("\n");
}
