/** The shape of a snapshot's file. */

import { ConfigError } from "../../core/error.ts";

export function refuseSnapshot(where: string, what: string): never {
  throw new ConfigError(`${where} ${what}.`, {
    code: "E_SCHEMA",
    hint: "Take the file from version control again; it is written by `plinth migrate generate`, not by hand.",
  });
}

type Check = (value: unknown, path: string) => string | undefined;

const isText: Check = (value, path) =>
  typeof value === "string" ? undefined : `${path} is no text`;

const isFlag: Check = (value, path) =>
  typeof value === "boolean" ? undefined : `${path} is neither true nor false`;

function listOf(item: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path} is no list`;
    for (const [at, inner] of value.entries()) {
      const wrong = item(inner, `${path}[${at}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

/** An object with at least these members. */
function objectOf(members: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return `${path} is no object`;
    for (const [key, check] of Object.entries(members)) {
      const inner: unknown = Reflect.get(value, key);
      const wrong = check(inner, path === "" ? key : `${path}.${key}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

function optional(check: Check): Check {
  return (value, path) => (value === undefined ? undefined : check(value, path));
}

const isList: Check = listOf(() => undefined);
const isKey: Check = objectOf({ name: isText, columns: listOf(isText) });
const isType: Check = objectOf({ kind: isText });

const isSnapshot: Check = objectOf({
  prevHash: (value, path) => (value === null ? undefined : isText(value, path)),
  enums: listOf(
    objectOf({
      id: isText,
      type: objectOf({ kind: isText, name: isText, values: listOf(isText) }),
      valueIds: listOf(isText),
    }),
  ),
  tables: listOf(
    objectOf({
      id: isText,
      name: isText,
      columns: listOf(
        objectOf({
          id: isText,
          name: isText,
          type: isType,
          nullable: isFlag,
          isAutoIncrement: isFlag,
          default: optional(objectOf({ kind: isText })),
          generated: optional(objectOf({ sql: isList, isStored: isFlag })),
        }),
      ),
      primaryKey: optional(isKey),
      uniques: listOf(isKey),
      indexes: listOf(objectOf({ name: isText, isUnique: isFlag, terms: listOf(objectOf({})) })),
      checks: listOf(objectOf({ name: isText, condition: isList })),
      foreignKeys: listOf(
        objectOf({
          name: isText,
          columns: listOf(isText),
          target: isText,
          targetColumns: listOf(isText),
          onDelete: isText,
          onUpdate: isText,
        }),
      ),
    }),
  ),
});

export function checkSnapshot(data: unknown, where: string, version: number): void {
  const found: unknown =
    typeof data === "object" && data !== null ? Reflect.get(data, "version") : undefined;
  if (typeof found === "number" && found > version) {
    throw new ConfigError(
      `${where} is of version ${found}, and this Plinth knows versions up to ${version}.`,
      { code: "E_SCHEMA", hint: "Install the Plinth that wrote it, or a newer one." },
    );
  }
  if (found !== version) refuseSnapshot(where, "is no snapshot: version is missing");
  const wrong = isSnapshot(data, "");
  if (wrong !== undefined) refuseSnapshot(where, `is no snapshot: ${wrong}`);
}
