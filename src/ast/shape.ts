/**
 * A query's shape is a path through kept nodes: each token of its tree leads from one node to the next, found by
 * identity, and the last node keeps what was made for the shape. Two queries that differ only in values end at the same
 * node, so a plan is made once and found again in a fraction of a microsecond.
 */

/** What ends a shape's path, such as a compiled plan. */
export class ShapeNode<Plan> {
  plan: Plan | undefined = undefined;
  readonly #cache: ShapeCache<Plan>;
  // Most nodes have one successor, which is found without a map.
  #onlyToken: unknown = undefined;
  #onlyNext: ShapeNode<Plan> | undefined = undefined;
  #others: Map<unknown, ShapeNode<Plan>> | undefined = undefined;

  constructor(cache: ShapeCache<Plan>) {
    this.#cache = cache;
  }

  /** The next node for a token, which is compared by identity. */
  to(token: unknown): ShapeNode<Plan> {
    if (this.#onlyToken === token && this.#onlyNext !== undefined) return this.#onlyNext;
    return this.#toOther(token);
  }

  #toOther(token: unknown): ShapeNode<Plan> {
    if (this.#onlyNext === undefined) {
      this.#onlyToken = token;
      this.#onlyNext = this.#cache.createNode();
      return this.#onlyNext;
    }
    this.#others ??= new Map();
    let next = this.#others.get(token);
    if (next === undefined) {
      next = this.#cache.createNode();
      this.#others.set(token, next);
    }
    return next;
  }
}

export interface ShapeCacheOptions {
  /** How many nodes are kept before all are dropped at once. Default 100_000, about 10 MiB. */
  readonly maxNodes?: number;
  /** How many plans are kept before all are dropped at once. Default 2_000. */
  readonly maxPlans?: number;
  /** Is called when all is dropped, so that statements can be let go. */
  readonly onClear?: () => void;
}

/**
 * The root of the kept nodes. When it has grown over its bounds it starts anew: an application has few shapes, and one
 * that makes ever new ones (a text in `sql.raw`, say) pays for compiling, not with memory.
 */
export class ShapeCache<Plan> {
  readonly #maxNodes: number;
  readonly #maxPlans: number;
  readonly #onClear: (() => void) | undefined;
  #nodeCount = 0;
  #planCount = 0;
  #root: ShapeNode<Plan>;

  constructor(options: ShapeCacheOptions = {}) {
    this.#maxNodes = options.maxNodes ?? 100_000;
    this.#maxPlans = options.maxPlans ?? 2_000;
    this.#onClear = options.onClear;
    this.#root = this.createNode();
  }

  /** Where every walk begins, also of those that end in no plan: the nodes are bounded here. */
  get root(): ShapeNode<Plan> {
    if (this.#nodeCount > this.#maxNodes) this.clear();
    return this.#root;
  }

  get planCount(): number {
    return this.#planCount;
  }

  get nodeCount(): number {
    return this.#nodeCount;
  }

  createNode(): ShapeNode<Plan> {
    this.#nodeCount++;
    return new ShapeNode(this);
  }

  /** Keeps the plan of a shape, or starts anew where there are as many as may be. */
  keep(node: ShapeNode<Plan>, plan: Plan): void {
    if (this.#planCount >= this.#maxPlans) {
      this.clear();
      return;
    }
    this.#planCount++;
    node.plan = plan;
  }

  clear(): void {
    this.#nodeCount = 0;
    this.#planCount = 0;
    this.#root = this.createNode();
    this.#onClear?.();
  }
}
