/** Where tables and lines of a diagram stand. */

import { graphlib, layout } from "@dagrejs/dagre";
import type { Diagram, DiagramTable } from "./diagram.ts";
import { widthOf } from "./text-width.ts";

export const HEADER = 30;
export const ROW = 22;
const PADDING = 12;
/** Between a name and its type. */
const GAP = 24;
const BETWEEN_TABLES = 28;
const BETWEEN_RANKS = 84;
/** How wide the whole should be for its height: a screen. */
const WANTED_RATIO = 1.5;
/** From so many children on, they may stand in several columns; in so many at most. */
const MANY = 5;
const MAX_SPREAD = 8;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The upper left corner, and the size. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  /** In the order of the diagram's tables. */
  readonly boxes: readonly Box[];
  /** In the order of the diagram's links: where a line bends between its ends, from parent to child. */
  readonly bends: readonly (readonly Point[])[];
}

/** A part of the whole that has no lines to others; its tables and links by their places. */
interface Piece {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<number, Box>;
  readonly bends: ReadonlyMap<number, readonly Point[]>;
}

type Size = Pick<Box, "height" | "width">;

function sizeOf({ name, columns }: DiagramTable): Size {
  const widths = columns.map(
    (column) => widthOf(column.name) + GAP + widthOf(column.type, 11) + 2 * PADDING + 14,
  );
  return {
    width: Math.ceil(Math.max(130, widthOf(name, 13) * 1.08 + 2 * PADDING + 14, ...widths)),
    height: HEADER + columns.length * ROW + 6,
  };
}

/** Tables that hang together, by their places; those of one component stay in the order of the diagram. */
function componentsOf({ tables, links }: Diagram): number[][] {
  const roots = tables.map((_, at) => at);
  const rootOf = (at: number): number => (roots[at] === at ? at : rootOf(roots[at]!));
  for (const { child, parent } of links) roots[rootOf(child)] = rootOf(parent);
  return Object.values(Object.groupBy(roots.keys(), (at) => rootOf(at))).map((found) => found!);
}

/**
 * Draws one component from left to right, parents before their children.
 *
 * @param spread Over how many columns the children of a table that has many are dealt out.
 */
function drawComponent(
  diagram: Diagram,
  members: readonly number[],
  sizes: readonly Size[],
  spread: number,
): Piece {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: BETWEEN_TABLES, ranksep: BETWEEN_RANKS, edgesep: 14 });
  const isMember = new Set(members);
  const links = [...diagram.links.entries()].filter(
    ([, { child, parent }]) => isMember.has(child) && child !== parent,
  );
  const children = Map.groupBy(links, ([, { parent }]) => parent);
  // The layout writes into what it is given.
  for (const at of members) graph.setNode(String(at), { ...sizes[at]! });
  for (const [parent, own] of children) {
    for (const [order, [at, { child }]] of own.entries()) {
      const minlen = own.length >= MANY ? 1 + (order % spread) : 1;
      graph.setEdge(String(parent), String(child), { minlen }, String(at));
    }
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
  return {
    width,
    height,
    boxes: new Map(
      members.map((at) => {
        const { x, y } = graph.node(String(at)) as Point;
        const size = sizes[at]!;
        return [at, { ...size, x: x - size.width / 2, y: y - size.height / 2 }];
      }),
    ),
    bends: new Map(
      links.map(([at, { child, parent }]) => {
        const { points } = graph.edge(String(parent), String(child), String(at)) as {
          points: Point[];
        };
        // The first and the last are where it meets the boxes, which the columns decide; the next to them stand before the
        // boxes. What is left leads round others.
        return [at, points.slice(2, -2).map(({ x, y }) => ({ x, y }))];
      }),
    ),
  };
}

function badness({ width, height }: Size): number {
  return Math.abs(Math.log(width / height / WANTED_RATIO));
}

function placeComponent(
  diagram: Diagram,
  members: readonly number[],
  sizes: readonly Size[],
): Piece {
  let best = drawComponent(diagram, members, sizes, 1);
  for (let spread = 2; spread <= MAX_SPREAD && best.height > best.width; spread++) {
    const piece = drawComponent(diagram, members, sizes, spread);
    if (badness(piece) < badness(best)) best = piece;
  }
  return best;
}

/** A stretch of the lower edge of what is placed already. */
interface Stretch {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The lower edge once something stands over `[x, x + width)` and reaches down to `y`. */
function lowered(edge: readonly Stretch[], { x, y, width }: Stretch): Stretch[] {
  const end = x + width;
  const left = edge.flatMap((one) =>
    one.x < x ? [{ ...one, width: Math.min(one.width, x - one.x) }] : [],
  );
  const right = edge.flatMap((one) => {
    const start = Math.max(one.x, end);
    const rest = one.x + one.width - start;
    return rest > 0 ? [{ x: start, y: one.y, width: rest }] : [];
  });
  return [...left, { x, y, width }, ...right];
}

/** Puts each piece as high up as it fits within the width, in their order. */
function pack(pieces: readonly Piece[], maxWidth: number): { corners: Point[] } & Size {
  let edge: Stretch[] = [{ x: 0, y: 0, width: maxWidth }];
  const corners: Point[] = [];
  for (const piece of pieces) {
    const width = Math.min(piece.width + BETWEEN_TABLES, maxWidth);
    const places = edge
      .filter(({ x }) => x + width <= maxWidth)
      .map(({ x }) => {
        const above = edge.filter((one) => one.x < x + width && one.x + one.width > x);
        return { x, y: Math.max(...above.map(({ y }) => y)) };
      });
    const corner = places.reduce((one, other) => (other.y < one.y ? other : one));
    corners.push(corner);
    edge = lowered(edge, { x: corner.x, y: corner.y + piece.height + BETWEEN_TABLES, width });
  }
  const ends = pieces.map((piece, at) => corners[at]!.x + piece.width);
  const bottoms = pieces.map((piece, at) => corners[at]!.y + piece.height);
  return { corners, width: Math.max(0, ...ends), height: Math.max(0, ...bottoms) };
}

/** Places every table, so that none covers another and lines go round them. */
export function place(diagram: Diagram): Placed {
  const sizes = diagram.tables.map(sizeOf);
  const pieces = componentsOf(diagram)
    .map((members) => placeComponent(diagram, members, sizes))
    .toSorted((one, other) => other.height - one.height);
  const area = pieces.reduce((sum, { width, height }) => sum + width * height, 0);
  const widest = Math.max(0, ...pieces.map(({ width }) => width));
  const { corners, width, height } = pack(
    pieces,
    Math.max(widest + BETWEEN_TABLES, Math.sqrt(area * WANTED_RATIO) * 1.1),
  );
  const boxes: Box[] = [];
  const bends: Point[][] = diagram.links.map(() => []);
  for (const [order, piece] of pieces.entries()) {
    const { x, y } = corners[order]!;
    for (const [at, box] of piece.boxes) boxes[at] = { ...box, x: box.x + x, y: box.y + y };
    for (const [at, points] of piece.bends)
      bends[at] = points.map((point) => ({ x: point.x + x, y: point.y + y }));
  }
  return { width, height, boxes, bends };
}
