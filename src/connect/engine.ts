import { systemClock, type Clock } from "../core/clock.ts";
import { ConstraintError } from "../core/error.ts";
import type { QueryDialect, OpenedDatabase } from "../dialect/dialect.ts";
import type { OpenLock } from "../dialect/driver.ts";
import { createNames, type Naming } from "../schema/naming.ts";
import { resolveTable, type KeyModel, type TableModel } from "../schema/model.ts";
import type { TableInfo } from "../schema/table.ts";
import type { EncryptionSettings } from "./cipher.ts";
import { EmbeddedSource } from "./embedded.ts";
import { createLog, type LogOption } from "./observe/log.ts";
import { ObservedSource, Observer } from "./observe/observed.ts";
import { createNotices } from "./notices.ts";
import type { ConnectionSource, Engine, WithLock } from "./source.ts";

/** Before Node 24 an asynchronous context, once there is one, costs every promise of the process. */
const isContextCheap = Number.parseInt(process.versions.node, 10) >= 24;

export interface EngineOptions {
  readonly naming?: Naming | undefined;
  readonly log?: LogOption | undefined;
  readonly clock?: Clock;
  readonly random?: () => number;
  /**
   * Whether transactions are found from their context. Default: where there is one writer, which may wait for itself, as
   * long as that costs nothing.
   */
  readonly isTracked?: boolean | undefined;
  readonly cursorSecrets?: readonly string[];
  readonly encryption?: EncryptionSettings | undefined;
}

export async function createEngine(
  opened: OpenedDatabase,
  options: EngineOptions = {},
): Promise<Engine> {
  const { clock = systemClock, cursorSecrets = [], random = Math.random } = options;
  const { driver, first, settings, setUp } = opened;
  const dialect = await withCipher(opened, options.encryption);
  const names = createNames(options.naming);
  const observer = new Observer(dialect, clock, createLog(options.log));
  const observed = (source: ConnectionSource): ConnectionSource =>
    new ObservedSource(source, observer);
  if (!dialect.can.isEmbedded) {
    // The pool is loaded with the first server: a program on SQLite starts without it.
    const [{ PooledSource }, { createServerLocks }] = await Promise.all([
      import("./pool/pool.ts"),
      import("./transaction/named-lock.ts"),
    ]);
    const source = new PooledSource({ dialect, driver, first, settings, clock });
    const seen = observed(source);
    return {
      dialect,
      names,
      source: seen,
      notices: createNotices(seen, driver, dialect),
      clock,
      random,
      withLock: createServerLocks(source, dialect, { clock, random }),
      isTracked: options.isTracked === true,
      cursorSecrets,
    };
  }
  const source = new EmbeddedSource({ dialect, driver, first, settings, clock, random });
  if (setUp !== undefined) {
    try {
      await source.setUp(setUp);
    } catch (error) {
      await source.close();
      throw dialect.toDbError(error);
    }
  }
  const { isTracked = isContextCheap } = options;
  const openLock = (name: string): ReturnType<OpenLock> => {
    source.refuseClosed();
    return driver.openLock!(name);
  };
  const withLock: WithLock = async (name, work, options) => {
    const { createProcessLocks } = await import("./transaction/named-lock.ts");
    return createProcessLocks(openLock, dialect, { clock, random })(name, work, options);
  };
  return {
    dialect,
    names,
    source: observed(source),
    clock,
    random,
    withLock,
    isTracked,
    cursorSecrets,
  };
}

/** The dialect of a connection that has keys for encrypted columns. One with keys that are none is ended. */
async function withCipher(
  { dialect, first }: OpenedDatabase,
  encryption: EncryptionSettings | undefined,
): Promise<QueryDialect> {
  if (encryption === undefined) return dialect;
  const { createCipher } = await import("./cipher.ts");
  try {
    return { ...dialect, types: { ...dialect.types, cipher: createCipher(encryption) } };
  } catch (error) {
    await first.close();
    throw error;
  }
}

/**
 * Our error for a driver's. Servers tell different parts of a constraint, its name or its columns; the declarations of
 * the tables that the statement writes give the rest.
 */
export function toDbError(engine: Engine, error: unknown, tables: readonly TableInfo[]): unknown {
  const known = engine.dialect.toDbError(error);
  return known instanceof ConstraintError ? completed(engine, known, tables) : known;
}

function sameColumns(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name) => right.includes(name));
}

function keysOf(model: TableModel, code: ConstraintError["code"]): readonly KeyModel[] {
  if (code === "E_NOT_NULL_VIOLATION") return [];
  if (code !== "E_UNIQUE_VIOLATION") return model.foreignKeys;
  return [
    ...(model.primaryKey === undefined ? [] : [model.primaryKey]),
    ...model.uniques,
    ...model.indexes,
  ];
}

/** A declaration without a schema may be any of that name: the server alone knows its own. */
function isTableOf(error: ConstraintError, { name, schema }: TableModel): boolean {
  if (error.table !== name) return false;
  return schema === undefined || error.schema === undefined || schema === error.schema;
}

/** A row that no query shows may be the one that holds the key. */
function heldHint(
  error: ConstraintError,
  key: KeyModel | undefined,
  tables: readonly TableInfo[],
): string | undefined {
  const isHidden = tables.some(({ softDelete }) => softDelete?.isHiding === true);
  const isOfLive = key !== undefined && "where" in key && key.where !== undefined;
  if (error.code !== "E_UNIQUE_VIOLATION" || !isHidden || isOfLive) return undefined;
  return (
    "The row that holds it may be soft-deleted: look by .withDeleted(), restore it, or declare the key " +
    '.unique({ among: "live" }).'
  );
}

function completed(
  engine: Engine,
  error: ConstraintError,
  tables: readonly TableInfo[],
): ConstraintError {
  const models = tables.map((info) => resolveTable(info, engine.names));
  const model = models.find((candidate) => isTableOf(error, candidate)) ?? models[0];
  if (model === undefined) return error;
  // Of a foreign key that the server doesn't name, the written table may be either side.
  const isNamed = error.table !== undefined || error.constraint !== undefined;
  if (error.code === "E_FOREIGN_KEY_VIOLATION" && !isNamed) return error;
  const keys = keysOf(model, error.code);
  const { columns, constraint } = error;
  const isPrimary = constraint === "PRIMARY";
  const key = keys.find((candidate) => {
    if (isPrimary) return candidate === model.primaryKey;
    if (constraint !== undefined) return candidate.name === constraint;
    return columns !== undefined && sameColumns(candidate.columns, columns);
  });
  const Violation = error.constructor as new (
    details: ConstructorParameters<typeof ConstraintError>[1],
  ) => ConstraintError;
  return new Violation({
    schema: isTableOf(error, model) ? model.schema : (error.schema ?? model.schema),
    table: error.table ?? model.name,
    columns: columns ?? key?.columns,
    constraint: key?.name ?? constraint,
    hint: error.hint ?? heldHint(error, key, tables),
    cause: error.cause instanceof Error ? error.cause : undefined,
  });
}
