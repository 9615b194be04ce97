export interface PageRequest {
  /** From 1. */
  readonly page: number;
  readonly size: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

/** How many rows stand before a page. */
export function offsetOf({ page, size }: PageRequest): number {
  return (page - 1) * size;
}

export function toPage<Item>(
  items: readonly Item[],
  total: number,
  { page, size }: PageRequest,
): Page<Item> {
  return { items, total, page, pages: Math.ceil(total / size) };
}
