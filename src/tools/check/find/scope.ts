/** What names mean in a program, as far as it takes to tell whose a `query` is. */

import { nodeAt, nodesAt, textAt, unwrapped, type SyntaxNode } from "./parser.ts";

export type Binding =
  | { readonly kind: "import"; readonly from: string; readonly name: string }
  | {
      readonly kind: "variable";
      readonly isConstant: boolean;
      readonly value: SyntaxNode | undefined;
      readonly type: SyntaxNode | undefined;
    };

/** What nothing is known of, and what hides a name further out. */
const OPAQUE: Binding = { kind: "variable", isConstant: false, value: undefined, type: undefined };

export class Scope {
  readonly names: Map<string, Binding> = new Map();
  /** The members of the class around. */
  members: ReadonlyMap<string, Binding> | undefined;
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
    this.members = outer?.members;
  }

  find(name: string): Binding | undefined {
    return this.names.get(name) ?? this.#outer?.find(name);
  }

  /** The names that a pattern gives values to. */
  bind(pattern: SyntaxNode, binding: Binding = OPAQUE): void {
    switch (pattern.type) {
      case "Identifier": {
        const type = nodeAt(pattern, "typeAnnotation");
        const own = binding.kind === "variable" && type ? { ...binding, type } : binding;
        this.names.set(textAt(pattern, "name")!, own);
        return;
      }
      case "AssignmentPattern":
        return this.bind(nodeAt(pattern, "left")!);
      case "RestElement":
        return this.bind(nodeAt(pattern, "argument")!);
      case "TSParameterProperty":
        return this.bind(nodeAt(pattern, "parameter")!);
      case "ArrayPattern":
        for (const element of nodesAt(pattern, "elements")) this.bind(element);
        return;
      case "ObjectPattern":
        for (const property of nodesAt(pattern, "properties"))
          this.bind(nodeAt(property, "value") ?? property);
    }
  }

  declare(statement: SyntaxNode): void {
    switch (statement.type) {
      case "ImportDeclaration":
        return this.#import(statement);
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration": {
        const declaration = nodeAt(statement, "declaration");
        if (declaration !== undefined) this.declare(declaration);
        return;
      }
      case "VariableDeclaration": {
        const isConstant = statement["kind"] === "const";
        for (const declarator of nodesAt(statement, "declarations")) {
          const value = nodeAt(declarator, "init");
          const id = nodeAt(declarator, "id")!;
          this.bind(id, { kind: "variable", isConstant, value, type: undefined });
        }
        return;
      }
      case "ClassDeclaration":
      case "FunctionDeclaration":
      case "TSEnumDeclaration": {
        const id = nodeAt(statement, "id");
        if (id !== undefined) this.bind(id);
      }
    }
  }

  #import(statement: SyntaxNode): void {
    const from = textAt(nodeAt(statement, "source"), "value") ?? "";
    for (const specifier of nodesAt(statement, "specifiers")) {
      const imported = nodeAt(specifier, "imported");
      const name = textAt(imported, "name") ?? textAt(imported, "value") ?? "default";
      this.names.set(textAt(nodeAt(specifier, "local"), "name")!, { kind: "import", from, name });
    }
  }
}

/** What `this.name` is, by the declared members and the parameters of the constructor that are members. */
function membersOf(body: SyntaxNode): ReadonlyMap<string, Binding> {
  const scope = new Scope();
  for (const member of nodesAt(body, "body")) {
    const key = nodeAt(member, "key");
    const id = key?.type === "PrivateName" ? nodeAt(key, "id") : key;
    const name = textAt(id, "name");
    if (member.type.endsWith("Property") && name !== undefined) {
      scope.names.set(name, {
        kind: "variable",
        isConstant: false,
        value: nodeAt(member, "value"),
        type: nodeAt(member, "typeAnnotation"),
      });
    }
    if (member["kind"] !== "constructor") continue;
    for (const parameter of nodesAt(member, "params"))
      if (parameter.type === "TSParameterProperty") scope.bind(parameter);
  }
  return scope.names;
}

/** The scope inside of a node, which is that around it for most. */
export function scopeInside(node: SyntaxNode, outer: Scope): Scope {
  const statements =
    node.type === "SwitchCase" ? nodesAt(node, "consequent") : nodesAt(node, "body");
  const parameters = nodesAt(node, "params");
  const heads = ["init", "left", "param"].flatMap((member) => nodeAt(node, member) ?? []);
  const isBody = /^(?:Program|BlockStatement|StaticBlock|SwitchCase|TSModuleBlock)$/.test(
    node.type,
  );
  const isFunction = /Function|Method/.test(node.type) && !node.type.startsWith("TS");
  const isHead = /^For|^CatchClause$/.test(node.type);
  if (node.type === "ClassBody") {
    const inner = new Scope(outer);
    inner.members = membersOf(node);
    return inner;
  }
  if (!isBody && !isFunction && !isHead) return outer;
  const inner = new Scope(outer);
  if (isBody) for (const statement of statements) inner.declare(statement);
  if (isFunction) for (const parameter of parameters) inner.bind(parameter);
  if (isHead) {
    for (const head of heads) {
      if (head.type === "VariableDeclaration") inner.declare(head);
      else if (node.type === "CatchClause") inner.bind(head);
    }
  }
  return inner;
}

/** The module that an expression's value comes from, as far as the source tells: `pg` of `new pg.Pool()`. */
export function moduleOf(node: SyntaxNode, scope: Scope, depth = 0): string | undefined {
  if (depth > 20) return undefined;
  const follow = (next: SyntaxNode | undefined): string | undefined =>
    next === undefined ? undefined : moduleOf(next, scope, depth + 1);
  const own = unwrapped(node);
  switch (own.type) {
    case "Identifier":
      return moduleOfBinding(scope.find(textAt(own, "name")!), scope, depth);
    case "MemberExpression":
    case "OptionalMemberExpression": {
      const object = nodeAt(own, "object");
      if (object?.type !== "ThisExpression") return follow(object);
      const property = nodeAt(own, "property");
      const id = property?.type === "PrivateName" ? nodeAt(property, "id") : property;
      return moduleOfBinding(scope.members?.get(textAt(id, "name") ?? ""), scope, depth);
    }
    case "CallExpression":
    case "NewExpression":
    case "OptionalCallExpression":
      return follow(nodeAt(own, "callee"));
    case "AwaitExpression":
      return follow(nodeAt(own, "argument"));
    case "TSTypeAnnotation":
      return follow(nodeAt(own, "typeAnnotation"));
    case "TSTypeReference":
      return follow(nodeAt(own, "typeName"));
    case "TSQualifiedName":
      return follow(nodeAt(own, "left"));
    case "TSImportType":
      return textAt(nodeAt(own, "argument"), "value") ?? textAt(nodeAt(own, "source"), "value");
    default:
      return undefined;
  }
}

function moduleOfBinding(
  binding: Binding | undefined,
  scope: Scope,
  depth: number,
): string | undefined {
  if (binding === undefined) return undefined;
  if (binding.kind === "import") return binding.from;
  const { type, value } = binding;
  const declared = type && moduleOf(type, scope, depth + 1);
  return declared ?? (value && moduleOf(value, scope, depth + 1));
}
