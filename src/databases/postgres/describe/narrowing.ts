/** What a condition says of columns by being met: `where age > 3` leaves no row whose age is NULL. */

import { listAt, nodeAt, nodesAt, numberAt, textAt, type TreeNode } from "./node-tree.ts";
import type { Facts } from "./facts.ts";

/** Columns, as `table.column` by their places in the query. */
export type Columns = ReadonlySet<string>;

const NONE: Columns = new Set();

export function keyOf(variable: TreeNode): string {
  return `${textAt(variable, "varno")}.${textAt(variable, "varattno")}`;
}

export function union(sets: readonly Columns[]): Columns {
  return new Set(sets.flatMap((set) => [...set]));
}

function intersection([first = NONE, ...others]: readonly Columns[]): Columns {
  return new Set([...first].filter((key) => others.every((set) => set.has(key))));
}

/** Whether it is a list that is written out, and not empty. */
function isWrittenList(node: TreeNode | undefined): boolean {
  return node?.tag === "ARRAYEXPR" && listAt(node, "elements").length > 0;
}

export class Narrowing {
  readonly #strict: ReadonlySet<string>;

  constructor({ strict }: Pick<Facts, "strict">) {
    this.#strict = strict;
  }

  /** The columns without which being NULL the expression can't be true. */
  ofTrue(node: TreeNode): Columns {
    switch (node.tag) {
      case "BOOLEXPR":
        return this.#ofLogic(
          node,
          "and",
          (arg) => this.ofTrue(arg),
          (arg) => this.#ofFalse(arg),
        );
      case "NULLTEST":
        return textAt(node, "nulltesttype") === "1" ? this.#ofTested(node) : NONE;
      case "BOOLEANTEST":
        return this.#ofBooleanTest(node);
      case "SUBLINK":
        return this.#ofSublink(node);
      case "SCALARARRAYOPEXPR":
        // `<> all` of no elements is true.
        return textAt(node, "useOr") === "true" || isWrittenList(nodesAt(node, "args")[1])
          ? this.#ofFirst(node)
          : NONE;
      default:
        return this.#ofValue(node);
    }
  }

  /** The same of being false. */
  #ofFalse(node: TreeNode): Columns {
    switch (node.tag) {
      case "BOOLEXPR":
        return this.#ofLogic(
          node,
          "or",
          (arg) => this.#ofFalse(arg),
          (arg) => this.ofTrue(arg),
        );
      case "NULLTEST":
        return textAt(node, "nulltesttype") === "0" ? this.#ofTested(node) : NONE;
      case "BOOLEANTEST":
      case "SUBLINK":
        return NONE;
      case "SCALARARRAYOPEXPR":
        return isWrittenList(nodesAt(node, "args")[1]) ? this.#ofFirst(node) : NONE;
      default:
        return this.#ofValue(node);
    }
  }

  /** @param all The operator for which all of its parts have the value that it has. */
  #ofLogic(
    node: TreeNode,
    all: "and" | "or",
    same: (arg: TreeNode) => Columns,
    opposite: (arg: TreeNode) => Columns,
  ): Columns {
    const args = nodesAt(node, "args");
    const operator = textAt(node, "boolop");
    if (operator === "not") return args[0] === undefined ? NONE : opposite(args[0]);
    return operator === all ? union(args.map(same)) : intersection(args.map(same));
  }

  /** Of a row the test is one of its fields. */
  #ofTested(node: TreeNode): Columns {
    const arg = nodeAt(node, "arg");
    return arg === undefined || textAt(node, "argisrow") === "true" ? NONE : this.#ofValue(arg);
  }

  /** `is true`, `is false`, `is not unknown`. */
  #ofBooleanTest(node: TreeNode): Columns {
    const arg = nodeAt(node, "arg");
    if (arg === undefined) return NONE;
    switch (textAt(node, "booltesttype")) {
      case "0":
        return this.ofTrue(arg);
      case "2":
        return this.#ofFalse(arg);
      case "5":
        return this.#ofValue(arg);
      default:
        return NONE;
    }
  }

  /** `x in (select …)`: of a NULL nothing is known to be among the rows. */
  #ofSublink(node: TreeNode): Columns {
    const test = nodeAt(node, "testexpr");
    return textAt(node, "subLinkType") === "2" && test !== undefined ? this.#ofValue(test) : NONE;
  }

  #ofFirst(node: TreeNode): Columns {
    const [first] = nodesAt(node, "args");
    return first !== undefined && this.#strict.has(textAt(node, "opfuncid"))
      ? this.#ofValue(first)
      : NONE;
  }

  #ofAll(nodes: readonly TreeNode[]): Columns {
    return union(nodes.map((node) => this.#ofValue(node)));
  }

  /** The columns of which any that is NULL makes the value NULL. */
  #ofValue(node: TreeNode): Columns {
    switch (node.tag) {
      case "VAR":
        return numberAt(node, "varlevelsup") === 0 ? new Set([keyOf(node)]) : NONE;
      case "RELABELTYPE":
      case "COERCEVIAIO":
      case "COLLATEEXPR":
      case "ARRAYCOERCEEXPR": {
        const arg = nodeAt(node, "arg");
        return arg === undefined ? NONE : this.#ofValue(arg);
      }
      case "OPEXPR":
        return this.#strict.has(textAt(node, "opfuncid"))
          ? this.#ofAll(nodesAt(node, "args"))
          : NONE;
      case "FUNCEXPR":
        return this.#strict.has(textAt(node, "funcid")) ? this.#ofAll(nodesAt(node, "args")) : NONE;
      case "NULLIFEXPR":
        return this.#ofAll(nodesAt(node, "args").slice(0, 1));
      case "SCALARARRAYOPEXPR":
        return isWrittenList(nodesAt(node, "args")[1]) ? this.#ofFirst(node) : NONE;
      case "BOOLEXPR": {
        const args = nodesAt(node, "args").map((arg) => this.#ofValue(arg));
        return textAt(node, "boolop") === "not" ? union(args) : intersection(args);
      }
      case "COALESCEEXPR":
      case "MINMAXEXPR":
        return intersection(nodesAt(node, "args").map((arg) => this.#ofValue(arg)));
      default:
        return NONE;
    }
  }

  /** What the conditions say of all rows that the query makes: WHERE, HAVING, and ON of joins that leave no row without a partner. */
  ofQuery(query: TreeNode): Columns {
    const found: Columns[] = [];
    const add = (node: TreeNode, name: string): void => {
      const condition = nodeAt(node, name);
      if (condition !== undefined) found.push(this.ofTrue(condition));
    };
    const visit = (node: TreeNode | undefined): void => {
      if (node?.tag === "FROMEXPR") {
        add(node, "quals");
        for (const item of nodesAt(node, "fromlist")) visit(item);
      }
      if (node?.tag !== "JOINEXPR") return;
      const kind = textAt(node, "jointype");
      if (kind === "0") add(node, "quals");
      if (kind === "0" || kind === "1") visit(nodeAt(node, "larg"));
      if (kind === "0" || kind === "3") visit(nodeAt(node, "rarg"));
    };
    visit(nodeAt(query, "jointree"));
    add(query, "havingQual");
    const known = union(found);
    // An update gives back the rows as they are then.
    const written = textAt(query, "commandType") === "2" ? textAt(query, "resultRelation") : "";
    return new Set([...known].filter((key) => !key.startsWith(`${written}.`)));
  }
}
