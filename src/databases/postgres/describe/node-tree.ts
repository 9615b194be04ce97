/** PostgreSQL's analysed queries, as its catalogue keeps them: `pg_node_tree`. */

export interface TreeNode {
  /** Such as `QUERY`, `VAR` or `OPEXPR`. */
  readonly tag: string;
  readonly fields: Readonly<Record<string, TreeValue | undefined>>;
}

/** `<>` is nothing: an absent node, or an empty list. */
export type TreeValue = TreeNode | string | readonly TreeValue[];

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}()[\]]|(?:\\.|[^\s{}()[\]"\\])+/gs;

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(TOKEN) ?? [];
  }

  value(): TreeValue {
    const token = this.#tokens[this.#at++] ?? "<>";
    if (token === "{") return this.#node();
    const closing = CLOSING[token];
    if (closing !== undefined) return this.#list(closing);
    return token.startsWith('"') ? token.slice(1, -1) : token.replaceAll(/\\(.)/gs, "$1");
  }

  #list(closing: string): TreeValue[] {
    const items: TreeValue[] = [];
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== closing)
      items.push(this.value());
    this.#at++;
    return items;
  }

  #node(): TreeNode {
    const tag = this.#tokens[this.#at++] ?? "";
    const fields: Record<string, TreeValue> = {};
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== "}") {
      const name = this.#tokens[this.#at++]!.slice(1);
      // Each has one, which may look like a field itself; a constant's is its length and its bytes.
      const values: TreeValue[] = [this.value()];
      while (!this.#isNext()) values.push(this.value());
      fields[name] = values.length === 1 ? values[0]! : values;
    }
    this.#at++;
    return { tag, fields };
  }

  /** Whether the next field begins, or the node ends. */
  #isNext(): boolean {
    const token = this.#tokens[this.#at];
    return token === undefined || token === "}" || /^:[a-zA-Z_]/.test(token);
  }
}

export function parseTree(text: string): TreeValue {
  return new Reader(text).value();
}

export function isNode(value: TreeValue | undefined): value is TreeNode {
  return typeof value === "object" && !Array.isArray(value);
}

/** The field as a node, where it is one. */
export function nodeAt({ fields }: TreeNode, name: string): TreeNode | undefined {
  const value = fields[name];
  return isNode(value) ? value : undefined;
}

export function textAt({ fields }: TreeNode, name: string): string {
  const value = fields[name];
  return typeof value === "string" && value !== "<>" ? value : "";
}

export function numberAt(node: TreeNode, name: string): number {
  return Number(textAt(node, name));
}

/** The field's list; empty where there is none. */
export function listAt({ fields }: TreeNode, name: string): readonly TreeValue[] {
  const value = fields[name];
  return Array.isArray(value) ? (value as readonly TreeValue[]) : [];
}

export function nodesAt(node: TreeNode, name: string): readonly TreeNode[] {
  return listAt(node, name).filter(isNode);
}

/** A set of numbers, `(b 3 5)`, without its `b`. */
export function setAt(node: TreeNode, name: string): readonly number[] {
  return listAt(node, name).slice(1).map(Number);
}
