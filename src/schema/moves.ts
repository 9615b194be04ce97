/** Names that change while others have them. */

/** Where something stands: its schema, unless that is the connection's own, and its name. */
export interface Place {
  readonly schema?: string | undefined;
  readonly name: string;
}

export function keyOf({ schema, name }: Place): string {
  return schema === undefined ? name : JSON.stringify([schema, name]);
}

export interface Move {
  readonly from: Place;
  readonly to: Place;
}

/** An order in which no name is given while another thing has it; a circle goes by a name of its own. */
export function orderMoves<Step extends Move>(wanted: readonly Step[]): Step[] {
  const steps: Step[] = [];
  let left = wanted.filter(({ from, to }) => keyOf(from) !== keyOf(to));
  while (left.length > 0) {
    const taken = new Set(left.map(({ from }) => keyOf(from)));
    const free = left.filter(({ to }) => !taken.has(keyOf(to)));
    if (free.length > 0) {
      steps.push(...free);
      left = left.filter((step) => !free.includes(step));
      continue;
    }
    const [first, ...rest] = left;
    const away = { ...first!.from, name: `${first!.from.name.slice(0, 20)}__renamed` };
    steps.push({ ...first!, to: away });
    left = [...rest, { ...first!, from: away }];
  }
  return steps;
}
