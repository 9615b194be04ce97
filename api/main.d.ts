// The public face of plinth: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// ast/codec

export type StoredValue = bigint | number | string | Uint8Array;

// ast/derived

type DerivedForm = "inline" | "with" | "recursive" | "self";

interface DerivedPart {
    readonly operator: SetOperator | undefined;
    readonly statement: SelectStatement;
}

class DerivedSource implements Source {
    readonly table: string;
    readonly alias: string;
    readonly form: DerivedForm;
    readonly parts: readonly DerivedPart[];
    readonly columns: readonly OutputNode[];
    readonly record: SelectionRecord;
    constructor(name: string, form: DerivedForm, parts: readonly DerivedPart[]);
    get names(): readonly string[];
    aliased(): never;
}

type SetOperator = "union" | "union all" | "intersect" | "except";

// ast/expression

type AnyExpression = Expression<unknown, string>;

class BetweenNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "between";
    readonly operand: AnyExpression;
    readonly low: AnyExpression;
    readonly high: AnyExpression;
    constructor(operand: AnyExpression, low: AnyExpression, high: AnyExpression);
}

class CallNode<Value, From extends string = never> extends Expression<Value, From> {
    readonly kind = "call";
    readonly name: FunctionName;
    readonly arguments: readonly AnyExpression[];
    readonly type: LogicalType | undefined;
    readonly over: WindowClause | undefined;
    readonly option: string | undefined;
    constructor(name: FunctionName, parameters: readonly AnyExpression[], type: LogicalType | undefined, over?: WindowClause, option?: string);
}

interface CaseBranch {
    readonly condition: AnyExpression;
    readonly value: AnyExpression;
}

class CaseNode<Value, From extends string = never> extends Expression<Value, From> {
    readonly kind = "case";
    readonly branches: readonly CaseBranch[];
    readonly otherwise: AnyExpression | undefined;
    readonly type: LogicalType | undefined;
    constructor(branches: readonly CaseBranch[], otherwise: AnyExpression | undefined, type: LogicalType | undefined);
}

abstract class ColumnNode<Value, From extends string = never> extends Expression<Value, From> {
    readonly kind = "column";
    abstract readonly source: Source;
    abstract readonly key: string;
    abstract readonly givenName: string | undefined;
    abstract readonly type: LogicalType;
    abstract readonly nullable: boolean;
}

class CompareNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "compare";
    readonly operator: CompareOperator;
    readonly left: AnyExpression;
    readonly right: AnyExpression;
    constructor(operator: CompareOperator, left: AnyExpression, right: AnyExpression);
}

type CompareOperator = "=" | "<>" | "<" | "<=" | ">" | ">=" | "is distinct from" | "is not distinct from";

export type Condition<From extends string = string> = Expression<boolean | null, From>;

export abstract class Expression<Value, From extends string = never> {
    abstract readonly kind: ExpressionNode["kind"];
    readonly "~value": Value;
    readonly "~from": From;
}

type ExpressionNode = ColumnNode<unknown, string> | OutputNode | ValueNode<unknown> | ParameterNode | CompareNode<string> | RowCompareNode<string> | LogicNode<string> | NotNode<string> | NullTestNode<string> | InListNode<string> | ListParameterNode<string> | InQueryNode<string> | BetweenNode<string> | PatternNode<string> | CallNode<unknown, string> | CaseNode<unknown, string> | FragmentNode<unknown, string> | SourceNode | SubqueryNode<unknown, string>;

class FragmentNode<Value, From extends string = never> extends Expression<Value, From> {
    readonly kind = "fragment";
    readonly strings: readonly string[];
    readonly parts: readonly AnyExpression[];
    readonly type: LogicalType | undefined;
    constructor(strings: readonly string[], parts: readonly AnyExpression[], type?: LogicalType);
}

type GivenValue = {
    readonly constant: unknown;
} | {
    readonly scope: string;
};

class InListNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "inList";
    readonly operand: AnyExpression;
    readonly values: readonly unknown[];
    readonly type: LogicalType | undefined;
    readonly negated: boolean;
    constructor(operand: AnyExpression, values: readonly unknown[], type: LogicalType | undefined, negated: boolean);
}

class InQueryNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "inQuery";
    readonly operand: AnyExpression;
    readonly statement: SubqueryStatement;
    readonly negated: boolean;
    readonly isCollected: boolean;
    constructor(operand: AnyExpression, statement: SubqueryStatement, negated: boolean, isCollected?: boolean);
}

class ListParameterNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "inListParameter";
    readonly operand: AnyExpression;
    readonly index: number;
    readonly size: number;
    readonly type: LogicalType | undefined;
    readonly negated: boolean;
    constructor(operand: AnyExpression, index: number, size: number, type: LogicalType | undefined, negated: boolean);
}

class LogicNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "logic";
    readonly operator: "and" | "or";
    readonly operands: readonly AnyExpression[];
    constructor(operator: "and" | "or", operands: readonly AnyExpression[]);
}

class NotNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "not";
    readonly operand: AnyExpression;
    constructor(operand: AnyExpression);
}

class NullTestNode<From extends string> extends Expression<boolean, From> {
    readonly kind = "nullTest";
    readonly operand: AnyExpression;
    readonly negated: boolean;
    constructor(operand: AnyExpression, negated: boolean);
}

class OutputNode extends Expression<unknown, string> {
    readonly kind = "output";
    readonly source: Source;
    readonly key: string;
    readonly name: string;
    readonly type: LogicalType | undefined;
    readonly nullable: boolean;
    constructor(source: Source, key: string, name: string, type: LogicalType | undefined, nullable: boolean);
}

class ParameterNode extends Expression<unknown> {
    readonly kind = "parameter";
    readonly index: number;
    readonly type: LogicalType | undefined;
    readonly given: GivenValue | undefined;
    constructor(index: number, type: LogicalType | undefined, given?: GivenValue);
}

class PatternNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "pattern";
    readonly operator: "like" | "ilike";
    readonly operand: AnyExpression;
    readonly pattern: AnyExpression;
    readonly isAscii: boolean;
    readonly isEscaped: boolean;
    readonly negated: boolean;
    constructor(operator: "like" | "ilike", operand: AnyExpression, pattern: AnyExpression, isAscii: boolean, isEscaped: boolean, negated: boolean);
}

class RowCompareNode<From extends string> extends Expression<boolean | null, From> {
    readonly kind = "compareRows";
    readonly operator: "<" | ">";
    readonly left: readonly AnyExpression[];
    readonly right: readonly AnyExpression[];
    constructor(operator: "<" | ">", left: readonly AnyExpression[], right: readonly AnyExpression[]);
}

interface Source {
    readonly table: string;
    readonly alias: string | undefined;
    readonly schema?: string | undefined;
    readonly isView?: boolean;
    readonly scopes?: readonly SourceScope[];
}

class SourceNode extends Expression<never> {
    readonly kind = "source";
    readonly source: Source;
    constructor(source: Source);
}

interface SourceScope {
    readonly name: string;
    readonly condition: AnyExpression;
    readonly opposite?: AnyExpression | undefined;
    readonly isOff?: boolean;
    readonly anchor: AnyExpression | undefined;
}

class SubqueryNode<Value, From extends string = never> extends Expression<Value, From> {
    readonly kind = "subquery";
    readonly form: "exists" | "value";
    readonly statement: SubqueryStatement;
    constructor(form: "exists" | "value", statement: SubqueryStatement);
}

interface SubqueryStatement {
    readonly kind: "select";
}

class ValueNode<Value> extends Expression<Value> {
    readonly kind = "value";
    readonly value: unknown;
    readonly type: LogicalType | undefined;
    constructor(value: unknown, type: LogicalType | undefined);
}

interface WindowClause {
    readonly partitionBy: readonly AnyExpression[];
    readonly orderBy: readonly WindowTerm[];
    readonly frame: string | undefined;
}

interface WindowTerm {
    readonly expression: AnyExpression;
    readonly direction: "asc" | "desc";
    readonly nulls?: "first" | "last" | undefined;
}

// ast/function-name

type ApartFunctionName = ArrayFunctionName | FullTextFunctionName | InstantFunctionName | JsonFunctionName | NumberFunctionName | TextFunctionName;

type ArithmeticName = "add" | "bitAnd" | "bitOr" | "multiply" | "subtract";

type ArrayFunctionName = "arrayAppend" | "arrayContained" | "arrayContains" | "arrayLength" | "arrayOverlaps" | "arrayRemove";

type FullTextFunctionName = "match" | "matchRank";

type FunctionName = ApartFunctionName | PlainFunctionName;

type InstantFunctionName = "dateAdd" | "dateDiff" | "datePart" | "dateTrunc";

type JsonFunctionName = "jsonBoolean" | "jsonExists" | "jsonLength" | "jsonNumber" | "jsonParse" | "jsonPath" | "jsonPut" | "jsonRemove" | "jsonText" | "toJson";

type NumberFunctionName = "abs" | "ceil" | "divide" | "floor" | "modulo" | "negate" | "random" | "round" | "greatest" | "least";

type PlainFunctionName = ArithmeticName | "avg" | "clock" | "coalesce" | "count" | "countDistinct" | "fold" | "lower" | "max" | "min" | "now" | "sum" | "upper" | WindowFunctionName;

type TextFunctionName = "concat" | "length" | "replace" | "stringAgg" | "substring" | "trim";

type WindowFunctionName = "denseRank" | "firstValue" | "lag" | "lastValue" | "lead" | "rank" | "rowNumber";

// ast/logical-type

interface ArrayType extends Stored {
    readonly kind: "array";
    readonly element: LogicalType;
    readonly hasNulls?: true;
}

interface BigintType extends Stored {
    readonly kind: "bigint";
    readonly mode: "bigint" | "number";
    readonly flags?: Readonly<Record<string, number>>;
}

interface BooleanType extends Stored {
    readonly kind: "boolean";
}

interface BytesType extends Stored {
    readonly kind: "bytes";
    readonly length: number | undefined;
    readonly sealed?: Sealing;
}

interface CustomStorage {
    readonly type: string;
    readonly write?: string;
    readonly read?: string;
}

interface CustomType extends Stored {
    readonly kind: "custom";
    readonly name: string;
    readonly databases: {
        readonly sqlite?: CustomStorage;
        readonly postgres?: CustomStorage;
        readonly mysql?: CustomStorage;
    };
}

interface DateType extends Stored {
    readonly kind: "date";
}

interface DecimalType extends Stored {
    readonly kind: "decimal";
    readonly precision: number;
    readonly scale: number;
}

interface DoubleType extends Stored {
    readonly kind: "double";
}

interface EnumType extends Stored {
    readonly kind: "enum";
    readonly name: string;
    readonly schema?: string;
    readonly values: readonly string[];
}

interface IntegerType extends Stored {
    readonly kind: "integer";
    readonly bits: 16 | 32;
}

interface JsonType extends Stored {
    readonly kind: "json";
}

type LogicalType = ArrayType | CustomType | IntegerType | BigintType | DoubleType | RealType | DecimalType | BooleanType | TextType | UuidType | TimestampType | DateType | TimeType | BytesType | EnumType | JsonType;

interface RealType extends Stored {
    readonly kind: "real";
}

interface Sealing {
    readonly of: LogicalType;
    readonly isDeterministic: boolean;
    readonly context: string;
    readonly key?: number;
}

interface StorageSettings {
    readonly sqlite?: string;
    readonly postgres?: string;
    readonly mysql?: string;
}

interface Stored {
    readonly storage?: StorageSettings | undefined;
}

interface TextType extends Stored {
    readonly kind: "text";
    readonly length: number | undefined;
    readonly isCaseInsensitive?: true;
    readonly isFolded?: true;
    readonly collation?: StorageSettings;
}

interface TimeType extends Stored {
    readonly kind: "time";
    readonly precision: number;
}

interface TimestampType extends Stored {
    readonly kind: "timestamp";
    readonly mode: "date" | "string" | "temporal";
    readonly precision: number;
}

interface UuidType extends Stored {
    readonly kind: "uuid";
}

// ast/rows

class RowsSource implements Source {
    readonly table = "plinth_values";
    readonly alias = "plinth_values";
    readonly targets: readonly AnyColumn[];
    readonly columns: readonly OutputNode[];
    readonly rowCount: number;
    constructor(targets: readonly AnyColumn[], rowCount: number);
}

// ast/sealed

type SealedType = BytesType & {
    readonly sealed: Sealing;
};

// ast/statement

type AnyColumn = ColumnNode<unknown, string>;

interface Assignment {
    readonly column: AnyColumn;
    readonly value: unknown;
}

interface ConflictClause {
    readonly target: readonly AnyColumn[];
    readonly predicate?: AnyExpression | undefined;
    readonly update: readonly AnyColumn[];
    readonly set?: readonly Assignment[] | undefined;
    readonly where?: AnyExpression | undefined;
}

interface DeleteStatement {
    readonly kind: "delete";
    readonly from: Source;
    readonly joins: readonly JoinClause[];
    readonly where: AnyExpression | undefined;
    readonly returning: SelectionRecord | undefined;
    readonly comment?: string | undefined;
    readonly lifts?: readonly Lift[] | undefined;
}

interface Inputs {
    readonly values: readonly unknown[];
    readonly first: number;
}

interface InsertStatement {
    readonly kind: "insert";
    readonly into: Source;
    readonly columns: readonly AnyColumn[];
    readonly rows: readonly Readonly<Record<string, unknown>>[];
    readonly cells?: readonly unknown[] | undefined;
    readonly query?: SelectStatement | undefined;
    readonly conflict: ConflictClause | undefined;
    readonly returning: SelectionRecord | undefined;
    readonly comment?: string | undefined;
    readonly lifts?: readonly Lift[] | undefined;
}

interface JoinClause {
    readonly kind: JoinKind;
    readonly source: Source;
    readonly inputs: Inputs | undefined;
    readonly on: AnyExpression | undefined;
}

type JoinKind = "inner" | "left" | "right" | "full" | "cross";

interface Lift {
    readonly source: Source | undefined;
    readonly scope: string | undefined;
    readonly mode: "kept" | "only" | "with";
    readonly isOfClient?: boolean;
}

interface LockClause {
    readonly strength: "share" | "update";
    readonly busy: "fail" | "skip" | "wait";
    readonly of?: Source | undefined;
}

export interface OrderTerm {
    readonly expression: AnyExpression;
    readonly direction: "asc" | "desc";
    readonly nulls?: "first" | "last" | undefined;
}

interface RawStatement {
    readonly kind: "raw";
    readonly fragment: AnyExpression;
}

interface SelectStatement {
    readonly kind: "select";
    readonly selection: SelectionRecord;
    readonly distinct: boolean;
    readonly distinctOn: readonly AnyExpression[];
    readonly from: Source;
    readonly inputs: Inputs | undefined;
    readonly joins: readonly JoinClause[];
    readonly where: AnyExpression | undefined;
    readonly groupBy: readonly AnyExpression[];
    readonly having: AnyExpression | undefined;
    readonly orderBy: readonly OrderTerm[];
    readonly limit: AnyExpression | undefined;
    readonly offset: AnyExpression | undefined;
    readonly lock: LockClause | undefined;
    readonly comment: string | undefined;
    readonly beside?: readonly AnyExpression[] | undefined;
    readonly plan?: "custom" | undefined;
    readonly lifts?: readonly Lift[] | undefined;
}

type SelectionNode = AnyExpression | SelectionRecord;

interface SelectionRecord {
    readonly keys: readonly string[];
    readonly values: readonly SelectionNode[];
    readonly source: Source | undefined;
}

type SourceColumn = AnyColumn | OutputNode;

type Statement = RawStatement | SelectStatement | WriteStatement;

interface UpdateStatement {
    readonly kind: "update";
    readonly table: Source;
    readonly joins: readonly JoinClause[];
    readonly set: readonly Assignment[];
    readonly where: AnyExpression | undefined;
    readonly returning: SelectionRecord | undefined;
    readonly comment?: string | undefined;
    readonly lifts?: readonly Lift[] | undefined;
}

type WriteStatement = DeleteStatement | InsertStatement | UpdateStatement;

// connect/cipher

export interface EncryptionSettings {
    readonly current: string;
    readonly keys: Readonly<Record<string, Uint8Array | string>>;
}

// connect/config

interface CheckSettings {
    readonly include?: readonly string[];
    readonly exclude?: readonly string[];
    readonly statements?: readonly string[];
    readonly out?: string;
    readonly databases?: readonly ("mariadb" | "mysql" | "postgres" | "sqlite")[];
}

type FoldersByDatabase = Readonly<Record<string, string>>;

export interface MigrationSettings {
    readonly folder?: FoldersByDatabase | string;
    readonly layout?: "files" | "folders";
    readonly numbering?: "m-timestamp" | "sequence" | "timestamp";
    readonly down?: boolean;
    readonly databases?: readonly ("mariadb" | "mysql" | "postgres" | "sqlite")[];
    readonly ifExists?: boolean;
}

export interface PlinthConfig {
    readonly url?: string;
    readonly env?: readonly string[] | string;
    readonly schema?: string;
    readonly naming?: Naming;
    readonly migrations?: FoldersByDatabase | MigrationSettings | string;
    readonly check?: CheckSettings;
    readonly seeds?: string;
}

export function defineConfig(config: PlinthConfig): PlinthConfig;

// connect/environment

export interface ConnectionParts {
    readonly scheme: string;
    readonly host?: string;
    readonly port?: number;
    readonly user?: string;
    readonly password?: string;
    readonly database: string;
    readonly options?: Readonly<Record<string, boolean | number | string>>;
}

// connect/limits

export interface Limits {
    readonly signal?: AbortSignal | undefined;
    readonly timeoutMs?: number | undefined;
}

// connect/notices

interface Notices {
    send(channel: string): MaybePromise<void>;
    hear(channel: string, onNotice: () => void): () => void;
}

// connect/observe/log

export interface LogEntry extends Readonly<QueryEvent> {
    readonly durationMs: number;
    readonly isSlow: boolean;
}

export type LogOption = boolean | LogSettings | ((entry: LogEntry) => void);

export interface LogSettings {
    readonly write?: (entry: LogEntry) => void;
    readonly slowMs?: number;
    readonly onlySlow?: boolean;
    readonly parameters?: boolean;
}

// connect/observe/query-events

export interface QueryEvent {
    readonly product: string;
    readonly sql: string;
    readonly parameterCount: number;
    readonly parameters: readonly unknown[] | undefined;
    durationMs?: number;
    rowCount?: number;
    place?: string | undefined;
    error?: unknown;
}

// connect/observe/query-tags

export function withQueryTags<Result>(tags: Readonly<Record<string, string>>, work: () => Result): Result;

// connect/source

export interface CloseOptions {
    readonly timeoutMs?: number;
}

interface Connected {
    readonly "~engine": Engine;
    readonly "~runner": Runner;
}

interface ConnectionSource extends Runner {
    readonly behind?: ConnectionSource;
    begin(text: string, isReadOnly: boolean, signal?: AbortSignal): MaybePromise<Lease>;
    together?<Result>(ask: () => Result): Result;
    forget(): void;
    stats(): SourceStats;
    close(options?: CloseOptions): Promise<void>;
}

interface Engine {
    readonly dialect: QueryDialect;
    readonly names: Names;
    readonly source: ConnectionSource;
    readonly clock: Clock;
    readonly random: () => number;
    readonly isTracked: boolean;
    readonly withLock: WithLock;
    readonly notices?: Notices | undefined;
    readonly cursorSecrets: readonly string[];
}

interface Lease {
    readonly connection: Connection;
    readonly begun: MaybePromise<void>;
    release(isBroken: boolean): void;
}

export interface NamedLockOptions extends StopOptions {
    readonly timeoutMs?: number | undefined;
}

interface OpenStream {
    readonly cursor: RowCursor;
    readonly connection: Connection;
    readonly isShared: boolean;
    end(isFailed: boolean): MaybePromise<void>;
}

interface Runner extends Pick<Connection, "named" | "row" | "rows" | "script" | "write"> {
    readonly beneath?: Runner;
    alone<Result>(isWrite: boolean, work: (connection: Connection) => MaybePromise<Result>): Promise<Result>;
    stream(request: StreamRequest): Promise<OpenStream>;
}

export interface SourceStats {
    readonly open: number;
    readonly leased: number;
    readonly idle: number;
    readonly waiting: number;
}

interface StreamRequest {
    readonly statement: DriverStatement;
    readonly parameters: readonly unknown[];
    readonly isRaw: boolean;
}

type WithLock = <Result>(name: string, work: () => Promise<Result>, options: NamedLockOptions) => Promise<Result>;

// connect/transaction/open-transaction

class OpenTransaction {
    #private;
    readonly runner: TransactionRunner;
    deadlockStatements: readonly string[];
    constructor(lease: Lease, dialect: QueryDialect, facts: TransactionFacts);
    get isEnding(): boolean;
    isConflict(error: unknown): boolean;
    commit(signal?: AbortSignal): Promise<void> | undefined;
    rollBack(isStopped?: boolean, isLast?: boolean): Promise<void>;
}

// connect/transaction/run-transaction

export interface TransactionOptions extends BeginOptions, StopOptions {
    readonly retries?: number | undefined;
}

// connect/transaction/transaction

type Follower = () => unknown;

interface Gatherer<Item> {
    beforeCommit(runner: TransactionRunner, items: readonly Item[]): Promise<void>;
}

type Settler = (isCommitted: boolean) => Promise<void>;

interface TransactionFacts {
    readonly attempt: number;
    readonly options: BeginOptions;
    readonly source?: ConnectionSource;
    readonly around?: TransactionRunner | undefined;
    readonly dialect?: Pick<QueryDialect, "toDbError">;
}

class TransactionRunner implements Runner {
    #private;
    readonly facts: TransactionFacts;
    constructor(lease: Pick<Lease, "begun" | "connection">, facts: TransactionFacts, outer?: TransactionRunner);
    get begun(): MaybePromise<void>;
    get usable(): TransactionRunner | undefined;
    isOn(connection: Connection): boolean;
    rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]>;
    row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined>;
    write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult>;
    named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult>;
    script(text: string): MaybePromise<void>;
    alone<Result>(_isWrite: boolean, work: (connection: Connection) => MaybePromise<Result>): Promise<Result>;
    stream({ statement, parameters, isRaw }: StreamRequest): Promise<OpenStream>;
    get followers(): readonly Follower[] | undefined;
    get hasNested(): boolean;
    afterCommit(follower: Follower): void;
    get settlers(): readonly Settler[] | undefined;
    whenSettled(settle: Settler): void;
    get hasMoreToDo(): boolean;
    get hasGathered(): boolean;
    gather<Item>(gatherer: Gatherer<Item>, ...items: readonly Item[]): void;
    endGathering(): Promise<void>;
    close(): void;
    settle(): Promise<void>;
    nest<Result>(work: (inner: TransactionRunner) => Promise<Result>): Promise<Result>;
}

// core/clock

interface Clock {
    monotonicMs(): number;
    nowMs(): number;
    sleep(durationMs: number): Promise<void>;
}

// core/error

export class AfterCommitError extends DbError {
    readonly code = "E_AFTER_COMMIT";
    readonly errors: readonly unknown[];
    constructor(errors: readonly unknown[]);
}

export class BuildError extends DbError {
    readonly code: "E_EMPTY_WRITE" | "E_NO_CONDITION" | "E_NO_SCOPE" | "E_UNCHECKED" | "E_UNFINISHED" | "E_UNGROUPED" | "E_UNKNOWN_COLUMN" | "E_UNKNOWN_RELATION" | "E_UNKNOWN_SOURCE" | "E_WRITE_TWICE";
    constructor(code: BuildError["code"], message: string, details?: ErrorDetails);
}

export class CancelledError extends DbError {
    readonly code = "E_CANCELLED";
    constructor(message: string, details?: ErrorDetails);
}

export class CheckViolationError extends ConstraintError {
    readonly code = "E_CHECK_VIOLATION";
    constructor(details: ConstraintDetails);
}

export class CommitUnknownError extends DbError {
    readonly code = "E_COMMIT_UNKNOWN";
    constructor(details: ErrorDetails);
}

export class ConfigError extends DbError {
    readonly code: "E_CONFIG" | "E_SCHEMA";
    constructor(message: string, details?: ErrorDetails & {
        code?: "E_CONFIG" | "E_SCHEMA";
    });
}

export class ConflictError extends DbError {
    readonly code: "E_DEADLOCK" | "E_SERIALIZATION";
    readonly statements: readonly string[];
    constructor(code: ConflictError["code"], details?: ErrorDetails & {
        readonly statements?: readonly string[];
    });
}

export class ConnectionError extends DbError {
    readonly mayHaveRun: boolean;
    readonly code: "E_CLOSED" | "E_CONNECTION_LOST" | "E_CONNECTION_REFUSED" | "E_MISSING_DATABASE" | "E_SERVER_TOO_OLD" | "E_TLS" | "E_WRONG_PASSWORD";
    constructor(code: ConnectionError["code"], message: string, details?: ErrorDetails & {
        readonly mayHaveRun?: boolean;
    });
}

interface ConstraintDetails extends ErrorDetails {
    readonly schema?: string | undefined;
    readonly table?: string | undefined;
    readonly columns?: readonly string[] | undefined;
    readonly constraint?: string | undefined;
}

export abstract class ConstraintError extends DbError {
    readonly schema: string | undefined;
    readonly table: string | undefined;
    readonly columns: readonly string[] | undefined;
    readonly constraint: string | undefined;
    constructor(message: string, details: ConstraintDetails);
}

export class CursorError extends DbError {
    readonly code = "E_CURSOR";
    readonly reason: CursorFault;
    constructor(reason: CursorFault);
}

export type CursorFault = "another query" | "damaged" | "forged" | "signed" | "unsigned";

export abstract class DbError extends Error {
    abstract readonly code: ErrorCode;
    readonly hint: string | undefined;
    constructor(message: string, details?: ErrorDetails);
    get name(): string;
}

export class EncryptionError extends DbError {
    readonly code = "E_ENCRYPTION";
    readonly reason: EncryptionFault;
    constructor(reason: EncryptionFault);
}

export type EncryptionFault = "no keys" | "not encrypted" | "tampered" | "unknown key";

export type ErrorCode = "E_AFTER_COMMIT" | "E_CANCELLED" | "E_CHECK_VIOLATION" | "E_CLOSED" | "E_COMMIT_UNKNOWN" | "E_CONFIG" | "E_CONNECT_TIMEOUT" | "E_CONNECTION_LOST" | "E_CONNECTION_REFUSED" | "E_CURSOR" | "E_DATABASE_FULL" | "E_DATABASE_IN_USE" | "E_DEADLOCK" | "E_EMPTY_WRITE" | "E_ENCRYPTION" | "E_EVENTS_LOST" | "E_FOREIGN_KEY_VIOLATION" | "E_HOOK_LOOP" | "E_INVALID_VALUE" | "E_LEASE_LOST" | "E_MIGRATION_CONFLICT" | "E_MIGRATION_DIRTY" | "E_MIGRATION_EDITED" | "E_MIGRATION_FAILED" | "E_MIGRATION_INVALID" | "E_MIGRATION_IRREVERSIBLE" | "E_MIGRATION_LOCKED" | "E_MIGRATION_LOSSY" | "E_MIGRATION_MISSING" | "E_MIGRATION_ORDER" | "E_MISSING_COLUMN" | "E_MISSING_DATABASE" | "E_MISSING_PACKAGE" | "E_MISSING_TABLE" | "E_NO_CONDITION" | "E_NO_SCOPE" | "E_NOT_FOUND" | "E_NOT_NULL_VIOLATION" | "E_OUT_OF_RANGE" | "E_PERMISSION" | "E_POOL_TIMEOUT" | "E_QUERY" | "E_READ_ONLY" | "E_SCHEMA" | "E_SELF_WAIT" | "E_SERIALIZATION" | "E_SERVER_TOO_OLD" | "E_SEVERAL_ROWS" | "E_STALE" | "E_SYNTAX" | "E_TIMEOUT" | "E_TLS" | "E_TRANSACTION_CLOSED" | "E_UNCHECKED" | "E_UNIQUE_VIOLATION" | "E_UNFINISHED" | "E_UNGROUPED" | "E_UNKNOWN_COLUMN" | "E_UNKNOWN_RELATION" | "E_UNKNOWN_SOURCE" | "E_UNSUPPORTED" | "E_VALUE_TOO_LONG" | "E_WRITE_TWICE" | "E_WRONG_PASSWORD";

interface ErrorDetails {
    readonly hint?: string | undefined;
    readonly cause?: unknown;
}

export class EventsLostError extends DbError {
    readonly code = "E_EVENTS_LOST";
    readonly reason: LossReason;
    constructor(reason: LossReason);
}

export class ForeignKeyViolationError extends ConstraintError {
    readonly code = "E_FOREIGN_KEY_VIOLATION";
    constructor(details: ConstraintDetails);
}

export interface Holder {
    readonly heldMs: number;
    readonly stack: readonly string[];
    readonly statement: string | undefined;
}

export class HookLoopError extends DbError {
    readonly code = "E_HOOK_LOOP";
    readonly table: string;
    constructor(table: string, maxDepth: number);
}

export class InvalidValueError extends DbError {
    readonly code: "E_INVALID_VALUE" | "E_OUT_OF_RANGE" | "E_VALUE_TOO_LONG";
    constructor(message: string, details?: ErrorDetails & {
        code?: InvalidValueError["code"];
    });
}

export class LeaseLostError extends DbError {
    readonly code = "E_LEASE_LOST";
    readonly job: string;
    constructor(job: string);
}

type LossReason = "expired" | "rewound" | "slow" | "unreadable";

export class MigrationError extends DbError {
    readonly code: "E_MIGRATION_CONFLICT" | "E_MIGRATION_DIRTY" | "E_MIGRATION_EDITED" | "E_MIGRATION_FAILED" | "E_MIGRATION_INVALID" | "E_MIGRATION_IRREVERSIBLE" | "E_MIGRATION_LOCKED" | "E_MIGRATION_LOSSY" | "E_MIGRATION_MISSING" | "E_MIGRATION_ORDER";
    constructor(code: MigrationError["code"], message: string, details?: ErrorDetails);
}

export class MissingPackageError extends DbError {
    readonly code = "E_MISSING_PACKAGE";
    readonly packageName: string;
    constructor(packageName: string, purpose: string, cause: unknown);
}

export class NotFoundError extends DbError {
    readonly code = "E_NOT_FOUND";
    readonly table: string | undefined;
    constructor(table: string | undefined, hint?: string);
}

export class NotNullViolationError extends ConstraintError {
    readonly code = "E_NOT_NULL_VIOLATION";
    constructor(details: ConstraintDetails);
}

export class QueryError extends DbError {
    readonly code: "E_DATABASE_FULL" | "E_DATABASE_IN_USE" | "E_MISSING_COLUMN" | "E_MISSING_TABLE" | "E_OUT_OF_RANGE" | "E_PERMISSION" | "E_QUERY" | "E_READ_ONLY" | "E_SYNTAX";
    readonly serverCode: string | undefined;
    constructor(code: QueryError["code"], message: string, details?: ErrorDetails & {
        serverCode?: string | undefined;
    });
}

export class SelfWaitError extends DbError {
    readonly code = "E_SELF_WAIT";
    constructor();
}

export class SeveralRowsError extends DbError {
    readonly code = "E_SEVERAL_ROWS";
}

export class StaleRowError extends DbError {
    readonly code = "E_STALE";
    readonly table: string;
    constructor(table: string);
}

export class TimeoutError extends DbError {
    readonly code: "E_CONNECT_TIMEOUT" | "E_POOL_TIMEOUT" | "E_TIMEOUT";
    readonly holders: readonly Holder[];
    constructor(code: TimeoutError["code"], message: string, details?: ErrorDetails & {
        readonly holders?: readonly Holder[];
    });
}

export class TransactionClosedError extends DbError {
    readonly code = "E_TRANSACTION_CLOSED";
    constructor();
}

export class UniqueViolationError extends ConstraintError {
    readonly code = "E_UNIQUE_VIOLATION";
    constructor(details: ConstraintDetails);
}

export class UnsupportedError extends DbError {
    readonly code = "E_UNSUPPORTED";
    readonly feature: string;
    constructor(details: {
        dialect: string;
        feature: string;
        instead: string;
    });
}

// core/maybe-promise

type MaybePromise<Value> = Value | Promise<Value>;

// core/stop

interface Stop {
    readonly signal: AbortSignal;
    end(): void;
}

interface StopOptions {
    readonly timeoutMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
}

// core/temporal

interface TemporalInstant {
    readonly epochNanoseconds: bigint;
    toString(options?: {
        readonly fractionalSecondDigits?: 6;
        readonly roundingMode?: "floor";
    }): string;
}

// core/uuid

export function uuidv7(): string;

// dialect/capabilities

export interface Capabilities {
    readonly insertReturning: boolean;
    readonly insertTellsKey: boolean;
    readonly upsertMeetsTwice: boolean;
    readonly updateReturning: boolean;
    readonly deleteReturning: boolean;
    readonly joinedDeleteReturning: boolean;
    readonly fullJoin: boolean;
    readonly joinsByHash: boolean;
    readonly plannedListLength: number;
    readonly rowLocks: boolean;
    readonly localSettings: boolean;
    readonly distinctOn: boolean;
    readonly addForeignKey: boolean;
    readonly schemas: boolean;
    readonly schemasAreDatabases: boolean;
    readonly materializedViews: boolean;
    readonly identityOptions: boolean;
    readonly renameDependents: boolean;
    readonly concurrentIndexes: boolean;
    readonly commentStatements: boolean;
    readonly transactionalDdl: boolean;
    readonly concurrentWriters: boolean;
    readonly isEmbedded: boolean;
    readonly interleavedStreams: boolean;
    readonly sharedNames: SharedNames;
    readonly partialIndexes: boolean;
    readonly indexMethods: boolean;
    readonly fullTextLanguages: boolean;
    readonly expressionIndexes: boolean;
    readonly maxParameters: number;
    readonly maxDecimalPrecision: number;
}

export interface ServerInfo {
    readonly product: string;
    readonly version: readonly [
        number,
        number,
        number
    ];
}

// dialect/dialect

export interface BeginOptions {
    readonly isolation?: IsolationLevel | undefined;
    readonly readOnly?: boolean | undefined;
}

interface Dialect extends QueryDialect {
    readonly ddl: DdlRules;
    readonly migration: MigrationRules;
}

export type IsolationLevel = "read committed" | "read uncommitted" | "repeatable read" | "serializable";

interface NamedLockTexts {
    readonly take: string;
    readonly release: string;
}

type OpenDatabase = (options: OpenOptions) => MaybePromise<OpenedDatabase>;

interface OpenOptions {
    readonly url: string;
    readonly module?: unknown;
    readonly password?: (() => MaybePromise<string>) | undefined;
    readonly createDatabase?: boolean | undefined;
}

interface OpenedDatabase {
    readonly dialect: QueryDialect;
    readonly driver: Driver;
    readonly first: Connection;
    readonly settings: PoolSettings;
    readonly setUp: string | undefined;
}

interface PoolSettings {
    readonly maxConnections: number;
    readonly sharedConnections: number;
    readonly acquireTimeoutMs: number;
    readonly idleTimeoutMs: number;
    readonly maxLifetimeMs: number;
    readonly reconnectTimeoutMs: number;
    readonly probeAfterMs: number;
}

interface QueryDialect {
    readonly name: string;
    readonly server: ServerInfo;
    readonly can: Capabilities;
    readonly spelling: Spelling;
    readonly lexis: Lexis;
    readonly migrations: MigrationFacts;
    readonly query: QueryRules;
    readonly types: TypeMap;
    readonly explain: ExplainRules;
    readonly introspect: Introspect;
    readonly findFoundations?: (introspection: Pick<Introspection, "ask">) => Promise<string[]>;
    readonly describe?: OpenDescribe;
    begin(options: BeginOptions): string;
    readonly readOnlySwitch?: {
        readonly on: string;
        readonly off: string;
    };
    toDbError(error: unknown): unknown;
    isBusy(error: unknown): boolean;
    isInterrupted(error: unknown): boolean;
    readonly lockSession?: string;
    readonly namedLock?: (name: string) => NamedLockTexts;
    readonly localSettings?: string;
    readonly ownSchema?: string;
    readonly namesIgnoreCase?: boolean;
    readonly notice?: string;
    isConflict(error: unknown): boolean;
    isConnectionLost(error: DbError): boolean;
    withChanges(): MaybePromise<Dialect>;
}

// dialect/driver

type Cells = readonly unknown[];

interface Connection {
    rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]>;
    row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined>;
    write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult>;
    named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult>;
    cursor(statement: DriverStatement, parameters: readonly unknown[], isNamed: boolean): MaybePromise<RowCursor>;
    script(text: string): MaybePromise<void>;
    cancel(): MaybePromise<void>;
    alone<Result>(work: () => MaybePromise<Result>): MaybePromise<Result>;
    deadlockStatements?(): MaybePromise<readonly string[]>;
    forget(): void;
    readonly doom?: unknown;
    image?(): Promise<Uint8Array>;
    readonly behind?: Connection;
    readonly isAlive: boolean;
    last?: DriverStatement | undefined;
    readonly waitingFor: number | undefined;
    readonly hasRefusedWrite: boolean;
    cut(): void;
    close(): MaybePromise<void>;
}

interface Driver {
    readonly canReadBeside: boolean;
    readonly openLock?: OpenLock;
    open(purpose: Purpose): MaybePromise<Connection>;
    isAtWork?(connections: readonly Connection[]): Promise<readonly boolean[] | "unreachable">;
    listen?(channel: string, heard: NoticeListener): Promise<(() => void) | undefined>;
}

interface DriverStatement {
    readonly id: number;
    readonly text: string;
    readonly isWrite: boolean;
    readonly isKept: boolean;
    readonly isWide: boolean;
    readonly untyped: readonly number[];
    readonly reads?: Reads | undefined;
}

interface NamedResult {
    readonly names: readonly string[];
    readonly rows: readonly Cells[];
    readonly affectedRows: number;
}

interface NoticeListener {
    readonly onNotice: () => void;
    readonly onLost: () => void;
}

type OpenLock = (name: string) => ProcessLock;

interface ProcessLock {
    tryTake(): boolean;
    release(): void;
}

type Purpose = "read" | "write";

interface Reads {
    readonly tables: readonly string[];
    readonly unknown: string | undefined;
    readonly isOfOneTable: boolean;
    readonly types: readonly (LogicalType | undefined)[];
}

interface RowCursor {
    readonly names: readonly string[];
    next(rowCount: number): MaybePromise<readonly Cells[]>;
    close(): MaybePromise<void>;
}

interface WriteResult {
    readonly affectedRows: number;
    readonly insertId: number | bigint | undefined;
    readonly keptRows?: number;
}

// dialect/server/description

interface ColumnOrigin extends TableOrigin {
    readonly column: string;
}

type Describe = (text: string) => Promise<Description>;

interface DescribeContext {
    readonly model: Model;
    readonly connection: Connection;
    ask(text: string): Promise<readonly CatalogueRow[]>;
}

interface DescribedColumn {
    readonly name: string;
    readonly type: LogicalType | undefined;
    readonly isNullable: boolean;
    readonly origin: ColumnOrigin | undefined;
}

interface DescribedParameter {
    readonly name: string;
    readonly type: LogicalType | undefined;
}

interface Description {
    readonly parameters: readonly DescribedParameter[];
    readonly columns: readonly DescribedColumn[];
    readonly reads?: readonly TableOrigin[] | undefined;
    readonly writes?: readonly TableOrigin[] | undefined;
}

type OpenDescribe = (context: DescribeContext) => Promise<Describe>;

interface TableOrigin {
    readonly schema: string | undefined;
    readonly table: string;
}

// dialect/server/explain

interface ExplainRules {
    readonly measures: "all" | "nothing" | "reads";
    prefix(isMeasured: boolean): string;
    read(rows: readonly Cells[], isMeasured: boolean): PlanNode;
}

export interface PlanDetails {
    readonly operation: string;
    readonly table?: string | undefined;
    readonly index?: string | undefined;
    readonly rows?: number | undefined;
    readonly cost?: number | undefined;
    readonly actualRows?: number | undefined;
    readonly timeMs?: number | undefined;
    readonly detail: string;
    readonly children: readonly PlanNode[];
}

export class PlanNode implements PlanDetails {
    readonly operation: string;
    readonly table: string | undefined;
    readonly index: string | undefined;
    readonly rows: number | undefined;
    readonly cost: number | undefined;
    readonly actualRows: number | undefined;
    readonly timeMs: number | undefined;
    readonly detail: string;
    readonly children: readonly PlanNode[];
    constructor(details: PlanDetails);
    measured(actualRows: number, timeMs: number): PlanNode;
    toString(): string;
}

// dialect/server/introspector

type CatalogueRow = Readonly<Record<string, unknown>>;

type ForeignKind = "cast" | "clause" | "collation" | "composite type" | "domain" | "engine" | "enum" | "event" | "exclusion constraint" | "extension" | "foreign key" | "foreign data wrapper" | "foreign server" | "foreign table" | "function" | "index" | "inheritance" | "operator" | "operator class" | "partitioning" | "policy" | "procedure" | "publication" | "range type" | "row security" | "rule" | "sequence" | "statistics" | "subscription" | "table" | "text search" | "trigger" | "view";

interface ForeignObject {
    readonly kind: ForeignKind;
    readonly name: string;
    readonly schema?: string;
    readonly table?: string;
    readonly detail?: string;
}

interface InspectOptions {
    readonly tables?: readonly string[];
    readonly ignore?: readonly string[];
    readonly schemas?: readonly string[];
    readonly hasHistories?: boolean;
}

interface Inspection {
    readonly model: Model;
    readonly others: readonly ForeignObject[];
}

type Introspect = (introspection: Introspection) => Promise<Inspection>;

interface Introspection {
    ask(text: string): Promise<readonly CatalogueRow[]>;
    readonly server: ServerInfo;
    readonly types: TypeMap;
    literal(text: string): string;
    readonly options: InspectOptions;
}

// dialect/server/migration

interface ChangedColumn {
    readonly before: ColumnModel;
    readonly after: ColumnModel;
}

interface ChangedTable {
    readonly original: TableModel;
    readonly before: TableModel;
    readonly after: TableModel;
    readonly columns: readonly ChangedColumn[];
}

interface Hazard {
    readonly id: string;
    readonly kind: "breaking" | "failing" | "locking" | "lossy";
    readonly message: string;
}

interface MigrationRules {
    storedTable(table: TableModel): TableModel;
    rewrite(changes: readonly Change[], context: RewriteContext): Change[];
    partsOf?(text: string, renamed?: Renamed): readonly TablePart[];
    locksOf(change: Change): Hazard[];
}

interface RewriteContext {
    readonly tables: readonly ChangedTable[];
}

// dialect/server/migration-facts

interface MigrationFacts {
    readonly families: readonly string[];
    readonly lintFamily: "LT" | "MY" | "PG";
    readonly hasRelatives?: boolean;
    inProcess?(texts: readonly string[]): string;
    fromImage?(url: string, file: string): string;
    readonly lock?: {
        readonly take: string;
        readonly release: string;
        readonly takeInTransaction?: string;
    };
    limitLocks?(timeoutMs: number): string;
    readonly unlimitLocks?: string;
    readonly rebuild?: {
        readonly before: string;
        readonly after: string;
        readonly violations: string;
        readonly views: string;
        readonly tables: string;
        readonly references: string;
        readonly dependents: string;
        readonly texts: string;
    };
    readonly columnClauses?: string;
    readonly viewDependents?: string;
    isDoneBefore(error: DbError): boolean;
    readonly tables: string;
    readonly dropAll: string;
}

interface Renamed {
    readonly table?: (name: string) => string;
    readonly column?: (name: string) => string;
}

interface TablePart {
    readonly keys: readonly string[];
    readonly text: string;
    readonly of?: string;
    readonly isDeclarable: boolean;
}

// dialect/server/scratch

export interface ScratchDatabase {
    readonly url: string;
    readonly hasSchemas: boolean;
    namesOriginal(text: string): boolean;
    drop(): Promise<void>;
}

// dialect/sql/rules

interface AgreedQueryRules {
    column: Rule<ColumnNode<unknown, string>>;
    output: Rule<OutputNode>;
    value: Rule<ValueNode<unknown>>;
    parameter: Rule<ParameterNode>;
    compare: Rule<CompareNode<string>>;
    logic: Rule<LogicNode<string>>;
    not: Rule<NotNode<string>>;
    nullTest: Rule<NullTestNode<string>>;
    inList: Rule<InListNode<string>>;
    inQuery: Rule<InQueryNode<string>>;
    between: Rule<BetweenNode<string>>;
    fragment: Rule<FragmentNode<unknown, string>>;
    source: Rule<SourceNode>;
    subquery: Rule<SubqueryNode<unknown, string>>;
    table: Rule<Source>;
    select: Rule<SelectStatement>;
    insert: Rule<InsertStatement>;
    update: Rule<UpdateStatement>;
    delete: Rule<DeleteStatement>;
    raw: Rule<RawStatement>;
}

interface ContestedQueryRules {
    inListParameter: Rule<ListParameterNode<string>>;
    listByHand: Rule<ListByHand>;
    valueByHand: Rule<ValueByHand>;
    pattern: Rule<PatternNode<string>>;
    call: Rule<CallNode<unknown, string>>;
    case: Rule<CaseNode<unknown, string>>;
    compareRows: Rule<RowCompareNode<string>>;
    join: Rule<JoinClause>;
    rowsOf: (source: DerivedSource, write: () => void, out: Writer) => void;
    recursiveStart: (source: DerivedSource, write: () => void, out: Writer) => void;
    rows: (source: RowsSource, inputs: Inputs, out: Writer) => void;
    joinedDelete: Rule<DeleteStatement>;
    orderTerm: (term: OrderTerm, out: Writer, canBeNull: boolean, whole: AnyExpression) => void;
    range: (limit: AnyExpression | undefined, offset: AnyExpression | undefined, out: Writer) => void;
    lockRows: Rule<LockClause>;
    distinctOn: (terms: readonly AnyExpression[], out: Writer) => void;
    emptyRow: (out: Writer) => void;
    defaultCell: Rule<AnyColumn>;
    conflict: (conflict: ConflictClause, into: InsertStatement, out: Writer) => void;
    returning: (record: SelectionRecord, out: Writer) => void;
}

type DdlRules = {
    [Kind in Change["kind"]]: Rule<Extract<Change, {
        readonly kind: Kind;
    }>>;
};

type ListByHand = Pick<ListParameterNode<string>, "index" | "negated" | "size" | "type">;

type QueryRules = AgreedQueryRules & ContestedQueryRules;

type Rule<Node> = (node: Node, out: Writer) => void;

type ValueByHand = Pick<ParameterNode, "index" | "type">;

// dialect/sql/writer

interface Binding {
    readonly index: number;
    readonly item: number;
    readonly encode: Encode;
    readonly column: string | undefined;
    readonly given?: GivenValue;
}

type ExpressionRules = Readonly<Record<ExpressionNode["kind"], (node: never, out: Writer) => void>>;

interface Spelling {
    readonly quote: '"' | "`";
    placeholder(position: number): string;
    textLiteral(text: string): string;
    queryLiteral?(text: string): string;
    schemaPrefix(schema: string): string;
    bytesLiteral(hex: string): string;
}

class Writer {
    #private;
    readonly context: WriterContext;
    readonly bindings: Binding[];
    readonly outputs: (LogicalType | undefined)[];
    readonly sources: Set<Source>;
    constructor(context: WriterContext);
    get text(): string;
    get isBinding(): boolean;
    get statements(): readonly string[];
    next(): this;
    sql(text: string): this;
    comment(text: string): this;
    id(name: string): this;
    tolerant(words: "if exists " | "if not exists "): this;
    idList(names: readonly string[]): this;
    list<Item>(items: readonly Item[], write: (item: Item, index: number) => void, separator?: string): this;
    parameter(node: ParameterNode, encode?: Encode): this;
    inner(write: () => void): this;
    bind(index: number, item: number, encode: Encode): this;
    literal(stored: unknown): this;
    expression(expression: AnyExpression): this;
    valuesFor(column: AnyExpression, write: () => void): this;
    qualified(schema: string | undefined, name: string): this;
    source(source: Source): this;
    sourceName(source: Source): this;
    column(column: AnyColumn, spell?: (name: string) => string): this;
    output(node: OutputNode): this;
    requireScope(column: SourceColumn): void;
    columnName(column: AnyColumn, spell?: (name: string) => string): this;
    scope(sources: readonly Source[], write: () => void, isQualified?: boolean): this;
    apart(first: number, write: () => void): this;
    literally(literals: readonly unknown[], write: () => void): this;
    openScope(write: () => void): this;
    selection(record: SelectionRecord, columnsOf: (source: Source) => readonly SourceColumn[], names?: readonly string[]): this;
}

interface WriterContext {
    readonly rules: ExpressionRules;
    readonly spelling: Spelling;
    readonly types: TypeMap;
    readonly names: Names;
    readonly literals?: readonly unknown[] | undefined;
    readonly isTolerant?: boolean;
    readonly hasConcurrentIndexes?: boolean;
}

// dialect/text/split-script

interface Lexis {
    readonly hasBackslashEscapes: boolean;
    readonly hasHashComments: boolean;
    readonly hasDollarQuotes: boolean;
    readonly hasBrackets: boolean;
    readonly hasNestedComments: boolean;
    readonly needsSpaceInComments: boolean;
    readonly hasQuestionOperators?: boolean;
}

// dialect/values/type-map

interface Cipher {
    readonly keyCount: number;
    seal(type: SealedType): (value: unknown) => Uint8Array;
    open(type: SealedType): (bytes: Uint8Array) => unknown;
    isCurrent(stored: Uint8Array): boolean;
}

type CustomForm = "any" | "bigint" | "bytes" | "json" | "number" | "text";

type Decode = (cell: unknown) => unknown;

type Encode = (value: unknown) => unknown;

interface TypeMap {
    sqlType(type: LogicalType): string;
    isDeclared(type: LogicalType): boolean;
    store(type: LogicalType): Encode | undefined;
    read(type: LogicalType, isWide: boolean): Decode | undefined;
    formOf?(type: LogicalType): string | undefined;
    isWide(type: LogicalType): boolean;
    storeUntyped: Encode;
    readUntyped: Decode | undefined;
    readonly cipher?: Cipher;
    customStorage(type: CustomType): CustomStorage;
    customForm?(type: string): CustomForm;
}

// entry/main

export interface ConnectOptions<S extends AnySchema = AnySchema> {
    readonly schema?: S;
    readonly audit?: AuditOptions;
    readonly hooks?: readonly TableHooks[];
    readonly naming?: Naming;
    readonly env?: readonly string[] | string;
    readonly password?: () => Promise<string> | string;
    readonly createDatabase?: boolean;
    readonly closeOn?: readonly NodeJS.Signals[] | true;
    readonly ambientTransactions?: boolean;
    readonly log?: LogOption | undefined;
    readonly warnOfRepeats?: boolean;
    readonly queries?: Pick<CheckedQueries, "~checked"> | undefined;
    readonly encryption?: EncryptionSettings | undefined;
    readonly cursorSecret?: CursorSecret | undefined;
    readonly driver?: unknown;
}

export interface ScratchSettings extends Pick<ConnectOptions, "driver" | "password"> {
    readonly hasData?: boolean;
}

type Target = string | ConnectionParts | PlinthConfig | undefined;

export function connect<S extends AnySchema = AnySchema>(target?: Target, options?: ConnectOptions<S>): Promise<Database<S>>;

export function createScratch(url: string, { hasData, driver, password }?: ScratchSettings): Promise<ScratchDatabase>;

export function dialectOf(product: string): Promise<Dialect>;

export function registerDialect(scheme: string, open: OpenDatabase): void;

// migrate/create-tables

export function createTables(db: Connected, schema: DeclaredTables): Promise<void>;

// query/actor

export interface Actor {
    readonly id?: string | number | bigint | null | undefined;
    readonly ip?: string | null | undefined;
    readonly userAgent?: string | null | undefined;
    readonly [key: string]: unknown;
}

export interface AsOptions {
    readonly settings?: Readonly<Record<string, bigint | boolean | number | string>>;
}

interface Context {
    readonly actor: Actor | undefined;
    readonly depth?: number;
    readonly scopes: ReadonlyMap<string, unknown>;
    readonly lifts: readonly Lift[] | undefined;
}

export type ScopeValues = Readonly<Record<string, unknown>>;

// query/audit/audited

export interface AuditedOptions<Key extends string> {
    readonly except?: readonly Key[];
    readonly mask?: readonly Key[];
    readonly reveal?: readonly Key[];
}

export class AuditedTable {
    #private;
    readonly table: TableInfo;
    constructor(table: TableInfo, { except, mask, reveal }: AuditedOptions<string>);
    wholeRow(row: AnyRow): AnyRow;
    changesOf(before: AnyRow, after: AnyRow): readonly [
        before: AnyRow,
        after: AnyRow
    ] | undefined;
}

export function audited<T extends WritableTable>(table: T, options?: AuditedOptions<keyof RowOf<T> & string>): AuditedTable;

// query/audit/history

export function historyOf<T extends AnyTable>(log: AuditTable, table: T, key?: KeyOf<T>): Condition;

// query/audit/trail

export interface AuditEvent<T extends AnyTable = AnyTable> {
    readonly action: string;
    readonly table?: T | undefined;
    readonly key?: KeyOf<T> | undefined;
    readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export interface AuditOptions {
    readonly table: AuditTable;
    readonly tables: readonly (AuditedTable | WritableTable)[];
}

// query/begun

type BeginTransactionOptions = Omit<TransactionOptions, "retries">;

export class BegunTransaction<S extends AnySchema = AnySchema> extends Transaction<S> {
    #private;
    constructor(scope: Scope, open: OpenTransaction, stop: Stop | undefined);
    commit(): Promise<void>;
    rollback(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

// query/checked/format

const CHECKED_FORMAT = 1;

export type CheckedColumn = readonly [
    key: string,
    type: TypeName
];

export interface CheckedData {
    readonly format: typeof CHECKED_FORMAT;
    readonly databases: readonly string[];
    readonly types: Readonly<Record<TypeName, CheckedType>>;
    readonly texts: Readonly<Record<string, FactsByDatabase>>;
    readonly named: Readonly<Record<string, NamedStatement>>;
    readonly files: Readonly<Record<string, NamedStatement>>;
}

export interface CheckedFacts {
    readonly parameters?: readonly CheckedParameter[];
    readonly columns?: readonly CheckedColumn[];
    readonly writes?: readonly string[];
    readonly reads?: readonly string[];
}

export type CheckedParameter = readonly [
    name: string,
    type: TypeName,
    null?: "nullable"
];

export type CheckedType = ColumnReference | WrittenType;

export interface ColumnReference {
    readonly kind: "column";
    readonly schema?: string;
    readonly table: string;
    readonly column: string;
}

export type FactsByDatabase = Readonly<Record<string, CheckedFacts>>;

export interface NamedStatement {
    readonly text: string;
    readonly databases: FactsByDatabase;
}

type TypeName = string;

type Written<Type> = Type extends ArrayType ? WrittenArray : Type extends {
    readonly length: number | undefined;
} ? Omit<Type, "length"> & {
    readonly length?: number;
} : Type;

interface WrittenArray extends Omit<ArrayType, "element"> {
    readonly element: WrittenType;
}

export type WrittenType = Written<Exclude<LogicalType, {
    kind: "custom";
}>>;

// query/checked/kind

type StatementKind = "other" | "read" | "write";

// query/checked/known

interface KnownQuery {
    readonly params?: object;
    readonly row: unknown;
}

type NamedQueries = Plinth.NamedQueries;

type Queries = Plinth.Queries;

// query/checked/module

export type CheckedQueries<Files = unknown> = {
    readonly [Name in keyof Files]: FileStatement<Files[Name] & KnownQuery>;
} & {
    readonly "~checked": CheckedData;
};

export class FileStatement<Known extends KnownQuery = KnownQuery> {
    readonly "~known": Known;
    readonly name: string;
    constructor(name: string);
}

export function checkedQueries<Files = unknown>(data: CheckedData): CheckedQueries<Files>;

// query/checked/named

export function named<const Name extends string>(name: CheckedName<Name>): (strings: TemplateStringsArray, ...values: NamedValues<Name>) => NamedQuery<NamedRow<Name>>;

// query/checked/named-query

export class NamedQuery<Row = unknown> {
    #private;
    readonly "~row": Row;
    readonly name: string;
    readonly values: readonly unknown[];
    constructor(name: string, strings: readonly string[], values: readonly unknown[]);
    get text(): string;
}

// query/checked/parameters

interface Parameter extends TextParameter {
    readonly isNullable: boolean;
}

// query/checked/plan

class CheckedPlan {
    #private;
    readonly statement: DriverStatement;
    constructor(engine: Engine, source: CheckedSource, shape: CheckedShape);
    get asWrite(): DriverStatement;
    bind(values: readonly unknown[]): unknown[];
    decodeRow(cells: Cells): unknown;
    decodeRows(rows: readonly Cells[]): unknown[];
    toDbError(error: unknown): unknown;
}

interface CheckedShape {
    readonly mask: number;
    readonly sizes: readonly number[];
}

// query/checked/query

export class CheckedQuery<Row> extends Runnable<CheckedResult<Row>> {
    #private;
    constructor(scope: Scope, query: CheckedSql, params: unknown, once?: {
        isStarted: boolean;
    });
    signal(signal: AbortSignal): CheckedQuery<Row>;
    timeout(timeoutMs: number): CheckedQuery<Row>;
    "~on"(place: (scope: Scope) => Scope): this;
    first(): Promise<Row | undefined>;
    one(): Promise<Row>;
    run(): Promise<WriteSummary>;
    stream(options?: StreamOptions): AsyncIterable<Row>;
    explain(options?: ExplainOptions): Promise<PlanNode>;
    toSql(): SqlText;
    protected answer(): MaybePromise<CheckedResult<Row>>;
}

export type CheckedResult<Row> = [
    Row
] extends [
    never
] ? WriteSummary : Row[];

// query/checked/source

interface CheckedSource {
    readonly text: CheckedText;
    readonly kind: StatementKind;
    readonly types: readonly (LogicalType | undefined)[];
    readonly columns: readonly (readonly [
        key: string,
        type: LogicalType | undefined
    ])[];
    readonly tables: readonly TableInfo[];
    readonly reads: readonly string[] | undefined;
    readonly writes: readonly string[] | undefined;
}

// query/checked/statements

class CheckedStatement {
    #private;
    readonly source: CheckedSource;
    constructor(registry: CheckedStatements, source: CheckedSource, parameters: readonly Parameter[]);
    get title(): string;
    get keyPlaces(): () => readonly number[];
    prepare(params: unknown): Prepared;
}

class CheckedStatements {
    #private;
    constructor(data: CheckedData, engine: Engine, schema: AnySchema | undefined);
    get size(): number;
    plan(source: CheckedSource, shape: {
        mask: number;
        sizes: readonly number[];
    }): CheckedPlan;
    shaped(source: CheckedSource, shape: {
        mask: number;
        sizes: readonly number[];
    }): CheckedPlan;
    find(query: CheckedSql): CheckedStatement;
}

interface Prepared {
    readonly plan: CheckedPlan;
    readonly values: readonly unknown[];
}

// query/checked/text

interface CheckedText {
    readonly text: string;
    readonly style: "list" | "names" | "none";
    readonly places: readonly Place[];
    readonly fragments: readonly Fragment[];
    readonly conditions: readonly string[];
    readonly parameters: readonly TextParameter[];
}

interface Fragment {
    readonly condition: string;
    readonly start: number;
    readonly end: number;
}

interface ListPlace {
    readonly isNegated: boolean;
    readonly start: number;
    readonly end: number;
}

interface Place {
    readonly name: string;
    readonly start: number;
    readonly end: number;
    readonly fragment: Fragment | undefined;
    readonly list: ListPlace | undefined;
}

interface TextParameter {
    readonly name: string;
    readonly isList: boolean;
    readonly isOptional: boolean;
    readonly isSwitch: boolean;
}

// query/checked/types

type Advice<Text extends string> = Record<never, 1> extends Record<Text, 1> ? MadeAtRunTime : Unchecked;

type Arguments<Params> = object extends Params ? [
    params?: Params
] : [
    params: Params
];

type Checked<Input> = Input extends string ? Input extends keyof Queries ? Input : Advice<Input> : Input;

type CheckedName<Name> = Name extends keyof NamedQueries ? Name : string extends Name ? "named() takes a name that is written in the call" : "No SQL of this name is checked yet. Run: npx plinth check";

type CheckedRow<Input> = KnownOf<Input> extends {
    readonly row: infer Row;
} ? Row : never;

export type CheckedSql = FileStatement | NamedQuery | string;

type KnownOf<Input> = Input extends keyof Queries ? Queries[Input] : Input extends FileStatement<infer Known> ? Known : Input extends NamedQuery<infer Row> ? {
    readonly row: Row;
} : never;

type MadeAtRunTime = "query() takes SQL that is written in the call, as one literal text. For SQL made at run time: execute(sql`…`)";

type NamedRow<Name> = Name extends keyof NamedQueries ? NamedQueries[Name] extends KnownQuery ? NamedQueries[Name]["row"] : never : never;

type NamedValues<Name> = Name extends keyof NamedQueries ? NamedQueries[Name] extends {
    readonly params: infer Values extends readonly unknown[];
} ? Values : [
] : never;

type ParamsOf<Input> = KnownOf<Input> extends {
    readonly params: infer Params;
} ? Arguments<Params> : [
];

type Unchecked = "This SQL is not checked yet. Run: npx plinth check";

// query/client

export abstract class Executor<S extends AnySchema = AnySchema> implements Connected {
    readonly "~engine": Engine;
    readonly "~runner": Runner;
    protected readonly scope: Scope;
    constructor(scope: Scope);
    get actor(): Actor | undefined;
    abstract as(actor: Actor, options?: AsOptions): Executor<S>;
    abstract scoped(values: ScopeValues): Executor<S>;
    abstract without(...scopes: readonly [
        string,
        ...string[]
    ]): Executor<S>;
    protected acting(actor: Actor, { settings }: AsOptions): Scope;
    from<T extends AnyTable>(table: T): TableQuery<T, S>;
    select<S extends Selection>(selection: S): SelectBuilder<S>;
    with<const Name extends string, S extends Selection, Nullable extends string>(name: Name, query: SelectQuery<S, string, Nullable>): QueryTable<Name, S, Nullable>;
    withRecursive<const Name extends string, S extends Selection, Nullable extends string, Other extends object>(name: Name, first: SelectQuery<S, string, Nullable>, makeNext: (self: QueryTable<Name, S, Nullable>) => Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>, options?: {
        readonly distinct?: boolean;
    }): QueryTable<Name, S, Nullable>;
    load<Row extends Partial<RowOf<Owner>>, Owner extends AnyTable, Target extends AnyTable, Kind extends RelationKind, Name extends string, const Options extends LoadInput<S, Target, Kind> = LoadInput<S, Target, Kind>>(rows: readonly Row[], relation: Relation<Owner, Target, Kind, Name>, options?: CheckedInput<S, Target, Kind, Options>): Promise<WithLoaded<S, Row, Owner, Target, Kind, Name, Options>[]>;
    insert<T extends WritableTable>(table: T): InsertBuilder<T, S>;
    update<T extends WritableTable>(table: T): UpdateBuilder<T>;
    updateMany<T extends WritableTable, const Key extends keyof ColumnsOf<T> & string = UpdateManyKey<T>>(table: T, rows: readonly UpdateManyRow<T, NoInfer<Key>>[], options?: UpdateManyOptions<Key>): ManyUpdate;
    relate<T extends WritableTable>(table: T, key: KeyOf<T>, related: RelatedChanges<S, T>): Promise<void>;
    delete<T extends WritableTable>(table: T): DeleteBuilder<T>;
    restore<T extends WritableTable>(table: IfSoft<T>): RestoreBuilder<T>;
    audit<T extends AnyTable>(event: AuditEvent<T>): Promise<void>;
    purge<T extends WritableTable>(table: IfSoft<T>, options: PurgeOptions): Promise<WriteSummary>;
    archive<T extends WritableTable>(table: IfSoft<T>, options: ArchiveOptions): Promise<WriteSummary>;
    refresh(view: AnyMaterializedView, options?: {
        readonly concurrently?: boolean;
    }): Promise<void>;
    query<const Input extends CheckedSql>(query: Checked<Input>, ...params: ParamsOf<Input>): CheckedQuery<CheckedRow<Input>>;
    execute<Row>(statement: Sql<Row>, limits?: Limits): Promise<ExecuteResult<Row>>;
    stream<Row>(statement: Sql<Row>, options?: Limits & StreamOptions): AsyncIterable<Row>;
    abstract transaction<Result>(work: (tx: Transaction<S>) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
}

export class Transaction<S extends AnySchema = AnySchema> extends Executor<S> {
    #private;
    constructor(scope: Scope, runner: TransactionRunner);
    as(actor: Actor, options?: AsOptions): Transaction<S>;
    scoped(values: ScopeValues): Transaction<S>;
    without(...scopes: readonly [
        string,
        ...string[]
    ]): Transaction<S>;
    get attempt(): number;
    afterCommit(work: () => unknown): void;
    afterCommit(work: DurableWork): string;
    transaction<Result>(work: (tx: Transaction<S>) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
}

// query/database

export class Database<S extends AnySchema = AnySchema> extends Executor<S> {
    #private;
    readonly schema: S | undefined;
    constructor(scope: Scope, schema: S | undefined);
    static of<S extends AnySchema>(engine: Engine, schema: S | undefined, kind?: DatabaseKind, repeats?: RepeatWatch, checked?: CheckedStatements): Database<S>;
    as(actor: Actor, options?: AsOptions): Database<S>;
    scoped(values: ScopeValues): Database<S>;
    without(...scopes: readonly [
        string,
        ...string[]
    ]): Database<S>;
    transaction<Result>(work: (tx: Transaction<S>) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
    begin(options?: BeginTransactionOptions): Promise<BegunTransaction<S>>;
    "~audit"(options: AuditOptions): void;
    "~watch"(table: TableInfo, watcher: Watcher): void;
    get "~plans"(): PlanCache;
    "~transaction"(runner: TransactionRunner): Transaction<S>;
    withLock<Result>(name: string, work: () => Promise<Result>, options?: NamedLockOptions): Promise<Result>;
    get server(): Engine["dialect"]["server"];
    get can(): Engine["dialect"]["can"];
    stats(): DatabaseStats;
    close(options?: CloseOptions): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

type DatabaseKind = "ambient" | "plain" | "watching";

export interface DatabaseStats extends SourceStats {
    readonly plans: number;
}

// query/database-schema

export interface DatabaseSchema<Schema extends string> {
    readonly name: Schema;
    table<const Name extends string, Columns extends ColumnMap>(name: Name, columns: Columns, extras?: (table: Table<`${Schema}.${Name}`, Columns>) => readonly TableExtra[]): Table<`${Schema}.${Name}`, Columns>;
    enumType<const Value extends string>(name: string, values: readonly [
        Value,
        ...Value[]
    ], options?: EnumOptions): EnumDeclaration<Value>;
    view<const Name extends string>(name: Name): ViewBuilder<`${Schema}.${Name}`>;
    view<const Name extends string, Columns extends ColumnMap>(name: Name, columns: Columns): ColumnsViewBuilder<`${Schema}.${Name}`, Columns>;
    materializedView<const Name extends string>(name: Name): MaterializedViewBuilder<`${Schema}.${Name}`>;
    materializedView<const Name extends string, Columns extends ColumnMap>(name: Name, columns: Columns): ColumnsMaterializedViewBuilder<`${Schema}.${Name}`, Columns>;
}

export function databaseSchema<const Schema extends string>(name: Schema): DatabaseSchema<Schema>;

// query/durable

interface DurableRecorder {
    record(runner: TransactionRunner, topic: string, payload: unknown): string;
}

interface DurableWork {
    readonly durable: true;
    readonly topic: string;
    readonly payload?: unknown;
}

// query/expression

type FromOfAll<Others extends readonly unknown[]> = {
    [Place in keyof Others]: Others[Place] extends AnyExpression ? never : true;
}[number] extends never ? Extract<Others[number], AnyExpression>["~from"] : never;

type NullOfAll<Others extends readonly unknown[]> = {
    [Place in keyof Others]: Others[Place] extends AnyExpression ? null extends Others[Place]["~value"] ? never : true : true;
}[number] extends never ? null : never;

type OneColumn<Row> = IsUnion<keyof Row> extends true ? "a query with one column" : unknown;

type Operand<Value> = Value | Expression<Value | null, string>;

type StandIn<First extends AnyExpression> = (First["~value"] & {}) | Expression<First["~value"] | null, string>;

type Summable = bigint | number | string | null;

type TextExpression = Expression<string | null, string>;

export function and(...operands: (Condition | undefined)[]): Condition;

export function avg(expression: Expression<Summable, string>): Expression<number | null>;

export function between<Middle extends AnyExpression>(expression: Middle, low: Operand<Middle["~value"] & {}>, high: Operand<Middle["~value"] & {}>): Condition;

export function coalesce<First extends AnyExpression, Other extends (First["~value"] & {}) | Expression<First["~value"] | null, string>>(expression: First, otherwise: Other): Other extends AnyExpression ? Expression<(First["~value"] & {}) | (Other["~value"] & null), Other["~from"]> : Expression<First["~value"] & {}>;

export function coalesce<First extends AnyExpression, Others extends readonly [
    StandIn<First>,
    StandIn<First>,
    ...StandIn<First>[]
]>(expression: First, ...others: Others): Expression<(First["~value"] & {}) | NullOfAll<Others>, FromOfAll<Others>>;

export function contains(left: TextExpression, text: string): Condition;

export function count(expression?: AnyExpression): Expression<number>;

export function countDistinct(expression: AnyExpression): Expression<number>;

export function endsWith(left: TextExpression, text: string): Condition;

export function eq<Left extends AnyExpression>(left: Left, right: Operand<Lookup<Left["~value"] & {}>>): Condition;

export function exists(query: Query<unknown>): Expression<boolean>;

export function gt<Left extends AnyExpression>(left: Left, right: Operand<Left["~value"] & {}>): Condition;

export function gte<Left extends AnyExpression>(left: Left, right: Operand<Left["~value"] & {}>): Condition;

export function ilike(left: TextExpression, text: string | TextExpression): Condition;

export function inArray<Left extends AnyExpression, Row extends Readonly<Record<string, Left["~value"] | null>>>(left: Left, query: OneColumn<Row> & Query<Row>): Condition;

export function inArray<Left extends AnyExpression>(left: Left, values: readonly Lookup<Left["~value"] & {}>[]): Condition;

export function isNotNull(expression: AnyExpression): Expression<boolean>;

export function isNull(expression: AnyExpression): Expression<boolean>;

export function like(left: TextExpression, text: string | TextExpression): Condition;

export function lower<Value extends string | null, From extends string>(expression: Expression<Value, From>): Expression<Value, From>;

export function lt<Left extends AnyExpression>(left: Left, right: Operand<Left["~value"] & {}>): Condition;

export function lte<Left extends AnyExpression>(left: Left, right: Operand<Left["~value"] & {}>): Condition;

export function max<Value>(expression: Expression<Value, string>): Expression<Value | null>;

export function min<Value>(expression: Expression<Value, string>): Expression<Value | null>;

export function ne<Left extends AnyExpression>(left: Left, right: Operand<Lookup<Left["~value"] & {}>>): Condition;

export function not(condition: Condition): Condition;

export function notExists(query: Query<unknown>): Expression<boolean>;

export function notIlike(left: TextExpression, text: string | TextExpression): Condition;

export function notInArray<Left extends AnyExpression, Row extends Readonly<Record<string, Left["~value"] & {}>>>(left: Left, query: OneColumn<Row> & Query<Row>): Condition;

export function notInArray<Left extends AnyExpression>(left: Left, values: readonly Lookup<Left["~value"] & {}>[]): Condition;

export function notLike(left: TextExpression, text: string | TextExpression): Condition;

export function or(...operands: (Condition | undefined)[]): Condition;

export function scalar<Row extends object>(query: OneColumn<Row> & Query<Row>): Expression<Row[keyof Row] | null>;

export function startsWith(left: TextExpression, text: string): Condition;

export function sum<Value extends Summable>(expression: Expression<Value, string>): Expression<Value | null>;

export function upper<Value extends string | null, From extends string>(expression: Expression<Value, From>): Expression<Value, From>;

// query/functions/arithmetic

type Factor<Value> = Value extends string ? number : Value & {};

type Summable = bigint | number | string | null;

export function add<Value extends Summable, Left extends string, Right extends string = never>(left: Expression<Value, Left>, right: (NoInfer<Value> & {}) | Expression<NoInfer<Value>, Right>): Expression<Value, Left | Right>;

export function multiply<Value extends Summable, Left extends string, Right extends string = never>(left: Expression<Value, Left>, right: Factor<NoInfer<Value>> | Expression<Factor<NoInfer<Value>>, Right>): Expression<Value, Left | Right>;

export function subtract<Value extends Summable, Left extends string, Right extends string = never>(left: Expression<Value, Left>, right: (NoInfer<Value> & {}) | Expression<NoInfer<Value>, Right>): Expression<Value, Left | Right>;

// query/functions/array

type ArrayExpression<Item> = Expression<readonly Item[] | null, string>;

type ItemOf<Value> = Value extends readonly (infer Item)[] ? Item & {} : never;

export function arrayAppend<Value extends readonly unknown[] | null, From extends string>(array: Expression<Value, From>, ...items: ItemOf<Value>[]): Expression<Value, From>;

export function arrayContained<Item>(array: ArrayExpression<Item>, items: readonly (NoInfer<Item> & {})[]): Condition;

export function arrayContains<Item>(array: ArrayExpression<Item>, items: readonly (NoInfer<Item> & {})[]): Condition;

export function arrayIncludes<Item>(array: ArrayExpression<Item>, item: NoInfer<Item> & {}): Condition;

export function arrayLength<Value extends readonly unknown[] | null, From extends string>(array: Expression<Value, From>): Expression<number | Extract<Value, null>, From>;

export function arrayOverlaps<Item>(array: ArrayExpression<Item>, items: readonly (NoInfer<Item> & {})[]): Condition;

export function arrayRemove<Value extends readonly unknown[] | null, From extends string>(array: Expression<Value, From>, ...items: ItemOf<Value>[]): Expression<Value, From>;

// query/functions/bits

type BitsExpression<Flag extends string> = Expression<Bits<Flag> | null, string>;

export type FlagOf<Value> = Value extends Bits<infer Flag> ? Flag : never;

export function clearBits<Value extends Bits | null, From extends string>(column: Expression<Value, From>, flags: readonly FlagOf<Value>[]): Expression<Value, From>;

export function fromBits<Flag extends string>(column: BitsExpression<Flag>, value: bigint): Flag[];

export function hasAll<Flag extends string>(column: BitsExpression<Flag>, flags: readonly NoInfer<Flag>[]): Condition;

export function hasAny<Flag extends string>(column: BitsExpression<Flag>, flags: readonly NoInfer<Flag>[]): Condition;

export function hasNone<Flag extends string>(column: BitsExpression<Flag>, flags: readonly NoInfer<Flag>[]): Condition;

export function includesBits<Flag extends string>(column: BitsExpression<Flag>, value: bigint, flags: readonly NoInfer<Flag>[]): boolean;

export function setBits<Value extends Bits | null, From extends string>(column: Expression<Value, From>, flags: readonly FlagOf<Value>[]): Expression<Value, From>;

export function toBits<Flag extends string>(column: BitsExpression<Flag>, flags: readonly NoInfer<Flag>[]): Bits<Flag>;

// query/functions/instants

const DAY_PARTS: readonly [
    "year",
    "quarter",
    "month",
    "day",
    "dayOfWeek"
];

const DAY_UNITS: readonly [
    "day",
    "week",
    "month",
    "quarter",
    "year"
];

export type DatePart = (typeof DAY_PARTS)[number] | (typeof TIME_UNITS)[number];

export type DateSpan = "day" | "hour" | "minute" | "second" | "week";

export type DateUnit = (typeof DAY_UNITS)[number] | (typeof TIME_UNITS)[number];

type Instant = Date | string | null;

type NullOf<Value> = Extract<Value, null>;

const TIME_UNITS: readonly [
    "second",
    "minute",
    "hour"
];

export function dateAdd<Value extends Instant, From extends string>(instant: Expression<Value, From>, amount: number, unit: DateUnit): Expression<Value, From>;

export function dateDiff<Value extends Instant, Left extends string, Right extends string = never>(unit: DateSpan, later: Expression<Value, Left>, earlier: Expression<NoInfer<Value> | null, Right> | (NoInfer<Value> & {})): Expression<number | NullOf<Value>, Left | Right>;

export function datePart<Value extends Instant, From extends string>(part: DatePart, instant: Expression<Value, From>): Expression<number | NullOf<Value>, From>;

export function dateTrunc<Value extends Instant, From extends string>(unit: DateUnit, instant: Expression<Value, From>): Expression<Value, From>;

// query/functions/json

type At<Json, A, B, C, D, E> = AtKey<AtKey<AtKey<AtKey<AtKey<Json, A>, B>, C>, D>, E>;

type AtKey<Part, Key> = [
    Key
] extends [
    never
] ? Part : unknown extends Part ? unknown : Part extends readonly unknown[] ? Key extends number ? Part[Key] : never : Part extends object ? Key extends keyof Members<Part> ? Members<Part>[Key] : never : never;

type JsonOf<Json> = Expression<Json, string>;

type KeyOfJson<Part> = unknown extends Part ? number | string : Part extends readonly unknown[] ? number : Part extends object ? keyof Members<Part> : never;

type Kind<Part, Wanted> = unknown extends Part ? Wanted : Extract<Part, Wanted>;

type Members<Part> = {
    [Key in keyof Part as `${Exclude<Key, symbol>}`]: Part[Key];
};

type Path<Json, A, B, C, D, E> = readonly [
    a?: A,
    b?: B,
    c?: C,
    d?: D,
    e?: E
] | (unknown extends Json ? readonly (number | string)[] : never);

type Present<Json> = unknown extends Json ? Json : Json & {};

export function jsonBoolean<Json, const A extends KeyOfJson<Json> = never, const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never, const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never, const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never, const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<Kind<At<Json, A, B, C, D, E>, boolean> | null>;

export function jsonExists<Json, const A extends KeyOfJson<Json> = never, const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never, const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never, const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never, const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<boolean>;

export function jsonLength<Json, const A extends KeyOfJson<Json> = never, const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never, const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never, const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never, const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<number | null>;

export function jsonNumber<Json, const A extends KeyOfJson<Json> = never, const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never, const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never, const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never, const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<Kind<At<Json, A, B, C, D, E>, number> | null>;

export function jsonPath<Json, const A extends KeyOfJson<Json> = never, const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never, const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never, const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never, const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<Exclude<At<Json, A, B, C, D, E>, undefined> | null>;

export function jsonRemove<Json, const A extends KeyOfJson<Json> = never, const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never, const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never, const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never, const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<Json>;

export function jsonSet<Json, const A extends KeyOfJson<Json> = never, const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never, const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never, const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never, const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>, value: Exclude<At<Json, A, B, C, D, E>, undefined> | Expression<Exclude<At<Json, A, B, C, D, E>, undefined> | null, string>): Expression<Present<Json>>;

export function jsonText<Json, const A extends KeyOfJson<Json> = never, const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never, const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never, const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never, const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<Kind<At<Json, A, B, C, D, E>, string> | null>;

// query/functions/match

type Columns<From extends string> = TextColumn<From> | readonly [
    TextColumn<From>,
    ...TextColumn<From>[]
];

export interface MatchOptions {
    readonly prefix?: boolean;
}

type TextColumn<From extends string> = Column<From, string | null>;

export function match<From extends string>(columns: Columns<From>, words: string, options?: MatchOptions): Expression<boolean>;

export function matchRank<From extends string>(columns: Columns<From>, words: string, options?: MatchOptions): Expression<number>;

// query/functions/numbers

type Comparable = bigint | number | string | Date | null;

type Divisor<Value> = (Value extends string ? number : never) | (Value & {});

type Other<Value> = Expression<NoInfer<Value>, string> | (NoInfer<Value> & {});

export function abs<Value extends Summable, From extends string>(value: Expression<Value, From>): Expression<Value, From>;

export function ceil<Value extends Summable, From extends string>(value: Expression<Value, From>): Expression<Value, From>;

export function divide<Value extends Summable, Left extends string, Right extends string = never>(left: Expression<Value, Left>, right: Divisor<NoInfer<Value>> | Expression<Divisor<NoInfer<Value>> | null, Right>): Expression<Value | null, Left | Right>;

export function floor<Value extends Summable, From extends string>(value: Expression<Value, From>): Expression<Value, From>;

export function greatest<Value extends Comparable, From extends string>(first: Expression<Value, From>, ...others: readonly [
    Other<Value>,
    ...Other<Value>[]
]): Expression<Value, From>;

export function least<Value extends Comparable, From extends string>(first: Expression<Value, From>, ...others: readonly [
    Other<Value>,
    ...Other<Value>[]
]): Expression<Value, From>;

export function modulo<Value extends Summable, Left extends string, Right extends string = never>(left: Expression<Value, Left>, right: Divisor<NoInfer<Value>> | Expression<Divisor<NoInfer<Value>> | null, Right>): Expression<Value | null, Left | Right>;

export function negate<Value extends Summable, From extends string>(value: Expression<Value, From>): Expression<Value, From>;

export function random(): Expression<number>;

export function round<Value extends Summable, From extends string>(value: Expression<Value, From>, digits?: number): Expression<Value, From>;

// query/functions/texts

type FromOf<Part> = Part extends Expression<unknown, infer From> ? From : never;

type NullOf<Part> = Part extends AnyExpression ? Extract<Part["~value"], null> : never;

type TextPart = Expression<string | null, string> | string;

export function concat<const Parts extends readonly [
    TextPart,
    ...TextPart[]
]>(...parts: Parts): Expression<string | NullOf<Parts[number]>, FromOf<Parts[number]>>;

export function length<Value extends string | null, From extends string>(expression: Expression<Value, From>): Expression<number | Extract<Value, null>, From>;

export function replace<Value extends string | null, From extends string>(expression: Expression<Value, From>, search: string, replacement: string): Expression<string | Extract<Value, null>, From>;

export function stringAgg(expression: Expression<string | null, string>, separator: string, options?: {
    readonly orderBy?: AnyExpression | OrderTerm | readonly (AnyExpression | OrderTerm)[];
}): Expression<string | null>;

export function substring<Value extends string | null, From extends string>(expression: Expression<Value, From>, start: number, size?: number): Expression<string | Extract<Value, null>, From>;

export function trim<Value extends string | null, From extends string>(expression: Expression<Value, From>): Expression<string | Extract<Value, null>, From>;

// query/functions/window

type Bound = RangeBound | `${number} following` | `${number} preceding`;

export class Case<Value, From extends string = never> extends CaseNode<Value | null, From> {
    #private;
    constructor(branches: readonly CaseBranch[], otherwise: AnyExpression | undefined, type: LogicalType | undefined, given: readonly {
        readonly condition: Condition;
        readonly value: unknown;
    }[]);
    when<const Then extends AnyExpression | Literal>(condition: Condition, value: Then): Case<Value | ValueOf<Then>, From | FromOf<Then>>;
    else<const Otherwise extends AnyExpression | Literal>(value: Otherwise): Expression<Value | ValueOf<Otherwise>, From | FromOf<Otherwise>>;
}

export type Frame = {
    readonly range: readonly [
        from: RangeBound,
        to: RangeBound
    ];
} | {
    readonly rows: readonly [
        from: Bound,
        to: Bound
    ];
};

type FromOf<Given> = Given extends AnyExpression ? Given["~from"] : never;

type Literal = bigint | boolean | number | string | null;

type RangeBound = "current row" | "unbounded following" | "unbounded preceding";

type ValueOf<Given> = Given extends AnyExpression ? Given["~value"] : Given;

export interface Window {
    readonly partitionBy?: AnyExpression | readonly AnyExpression[];
    readonly orderBy?: AnyExpression | OrderTerm | readonly (AnyExpression | OrderTerm)[];
    readonly frame?: Frame;
}

export class WindowFunction<Value> {
    readonly "~value": Value;
    readonly node: CallNode<Value>;
    constructor(name: WindowFunctionName, parameters: readonly AnyExpression[], type: LogicalType | undefined);
}

export function caseWhen<const Then extends AnyExpression | Literal>(condition: Condition, value: Then): Case<ValueOf<Then>, FromOf<Then>>;

export function denseRank(): WindowFunction<number>;

export function filter<Value>(aggregate: Expression<Value, string>, condition: Condition): Expression<Value>;

export function firstValue<Value>(expression: Expression<Value, string>): WindowFunction<Value | null>;

export function lag<Value>(expression: Expression<Value, string>, rowCount?: number): WindowFunction<Value | null>;

export function lastValue<Value>(expression: Expression<Value, string>): WindowFunction<Value | null>;

export function lead<Value>(expression: Expression<Value, string>, rowCount?: number): WindowFunction<Value | null>;

export function over<Value>(call: Expression<Value, string> | WindowFunction<Value>, window: Window): Expression<Value>;

export function rank(): WindowFunction<number>;

export function rowNumber(): WindowFunction<number>;

// query/lifts

type Lifts = readonly Lift[] | undefined;

export function live<T extends AnyTable>(table: IfSoft<T>): Condition<NameOf<T>>;

// query/order

export class Ordering implements OrderTerm {
    readonly expression: AnyExpression;
    readonly direction: "asc" | "desc";
    readonly nulls: "first" | "last" | undefined;
    constructor(expression: AnyExpression, direction: "asc" | "desc", nulls?: "first" | "last");
    nullsFirst(): Ordering;
    nullsLast(): Ordering;
}

export function asc(expression: AnyExpression): Ordering;

export function desc(expression: AnyExpression): Ordering;

// query/pages/cursor

export type CursorSecret = string | readonly string[];

// query/pages/keyset

export interface KeysetOptions {
    readonly size: number;
    readonly after?: string | null | undefined;
    readonly before?: string | null | undefined;
    readonly secret?: CursorSecret | undefined;
    readonly unique?: boolean;
}

export interface KeysetPage<Row> {
    readonly items: Row[];
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly nextCursor: string | null;
    readonly previousCursor: string | null;
}

export class KeysetRead<Row> extends Runnable<KeysetPage<Row>> implements AsyncIterable<KeysetPage<Row>> {
    #private;
    constructor(source: PageSource, options: KeysetOptions);
    protected answer(): Promise<KeysetPage<Row>>;
    [Symbol.asyncIterator](): AsyncGenerator<KeysetPage<Row>, void, undefined>;
    explain(options?: ExplainOptions): Promise<PlanNode>;
    toSql(): SqlText;
}

// query/pages/page

export interface Page<Row> {
    readonly items: Row[];
    readonly total: number;
    readonly page: number;
    readonly pages: number;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
}

export interface PageOptions {
    readonly size: number;
}

export class PageRead<Row> extends Runnable<Page<Row>> implements AsyncIterable<Page<Row>> {
    #private;
    constructor(source: PageSource, page: number, { size }: PageOptions);
    protected answer(): Promise<Page<Row>>;
    [Symbol.asyncIterator](): AsyncGenerator<Page<Row>, void, undefined>;
    explain(options?: ExplainOptions): Promise<PlanNode>;
    toSql(): SqlText;
}

interface PageSource {
    readonly scope: Scope;
    readonly statement: SelectStatement;
    readonly read: (scope: Scope, statement: SelectStatement) => Promise<RowsBeside>;
}

// query/plan

class Plan {
    #private;
    readonly statement: DriverStatement;
    constructor(engine: Engine, source: Statement);
    bind(values: unknown[], context: Context | undefined): readonly unknown[];
    get can(): Capabilities;
    decodeRow(cells: Cells): unknown;
    decodeBeside(cells: Cells): unknown[];
    decodeRows(rows: readonly Cells[]): unknown[];
    toDbError(error: unknown): unknown;
}

class PlanCache {
    #private;
    readonly engine: Engine;
    readonly schema: AnySchema | undefined;
    readonly watches: Map<TableInfo, {
        readonly table: TableInfo;
    }>;
    readonly repeats: RepeatWatch | undefined;
    readonly checked: CheckedStatements | undefined;
    durable: DurableRecorder | undefined;
    followers: object | undefined;
    constructor(engine: Engine, schema: AnySchema | undefined, repeats?: RepeatWatch, checked?: CheckedStatements);
    get size(): number;
    planOf(statement: Statement, values: unknown[]): Plan;
}

// query/read/derived

type Members<T extends AnyTable> = Pick<T, keyof ColumnsOf<T> & keyof T>;

type OutputColumns<Row> = {
    readonly [Key in keyof Row]: {
        readonly "~value": Row[Key];
        readonly "~trait": never;
    };
};

type Outputs<Name extends string, S, Nullable extends string> = {
    readonly [Key in keyof S]: S[Key] extends Expression<unknown, string> ? Expression<S[Key]["~value"] | NullIf<S[Key]["~from"], Nullable>, Name> : Outputs<Name, S[Key] extends AnyTable ? Members<S[Key]> : S[Key], Nullable>;
};

export type QueryTable<Name extends string, S extends Selection, Nullable extends string> = TableBase<Name, OutputColumns<ResultOf<S, Nullable>>> & Outputs<Name, S extends AnyTable ? Members<S> : S, Nullable>;

type SameMembers<Row, Other> = [
    keyof Row
] extends [
    keyof Other
] ? [
    keyof Other
] extends [
    keyof Row
] ? false extends {
    [Key in keyof Row]: SameValue<Row[Key], Other[Key & keyof Other]>;
}[keyof Row] ? "a query whose members have the same types" : unknown : "a query with the same members" : "a query with the same members";

type SameValue<Value, Other> = [
    Value & {}
] extends [
    Other & {}
] ? true : [
    Other & {}
] extends [
    Value & {}
] ? true : false;

export type SetColumns<Row, Other> = {
    readonly [Key in keyof Row]: Expression<Row[Key] | Other[Key & keyof Other]>;
};

// query/read/distinct

export function isDistinctFrom<Left extends AnyExpression>(left: Left, right: Operand<Lookup<Left["~value"]>>): Expression<boolean>;

export function isNotDistinctFrom<Left extends AnyExpression>(left: Left, right: Operand<Lookup<Left["~value"]>>): Expression<boolean>;

export function nullIf<Value, From extends string>(expression: Expression<Value, From>, value: Operand<Value & {}>): Expression<Value | null, From>;

// query/read/execute-sql

export interface ExecuteResult<Row> {
    readonly rows: Row[];
    readonly affectedRows: number;
}

// query/read/explain

export interface ExplainOptions {
    readonly analyze?: boolean | undefined;
}

// query/read/select

export interface LockOptions {
    readonly noWait?: boolean;
    readonly skipLocked?: boolean;
}

export class SelectBuilder<S extends Selection> extends Unfinished {
    #private;
    constructor(scope: Scope, selection: S);
    from<T extends AnyTable>(table: T): SelectQuery<S, NameOf<T>>;
}

export class SelectQuery<S extends Selection, From extends string, Nullable extends string = never, Row = ResultOf<S, Nullable>> extends Runnable<Row[]> {
    #private;
    readonly statement: SelectStatement;
    protected readonly scope: Scope;
    constructor(scope: Scope, statement: SelectStatement);
    protected derive(statement: SelectStatement): this;
    where(condition: Condition): this;
    innerJoin<T extends AnyTable>(table: T, on: Condition): SelectQuery<S, From | NameOf<T>, Nullable>;
    leftJoin<T extends AnyTable>(table: T, on: Condition): SelectQuery<S, From | NameOf<T>, Nullable | NameOf<T>>;
    rightJoin<T extends AnyTable>(table: T, on: Condition): SelectQuery<S, From | NameOf<T>, Nullable | From>;
    fullJoin<T extends AnyTable>(table: T, on: Condition): SelectQuery<S, From | NameOf<T>, Nullable | From | NameOf<T>>;
    crossJoin<T extends AnyTable>(table: T): SelectQuery<S, From | NameOf<T>, Nullable>;
    withDeleted<T extends AnyTable>(table: IfSoft<T>): this;
    onlyDeleted<T extends AnyTable>(table: IfSoft<T>): this;
    protected seeing(table: AnyTable | undefined, mode: "only" | "with"): this;
    without(...scopes: readonly [
        string,
        ...string[]
    ]): this;
    distinct(): this;
    distinctOn(...expressions: readonly [
        AnyExpression,
        ...AnyExpression[]
    ]): this;
    groupBy(...expressions: readonly [
        AnyExpression,
        ...AnyExpression[]
    ]): this;
    having(condition: Condition): this;
    orderBy(...terms: readonly [
        OrderTerm | AnyExpression,
        ...(OrderTerm | AnyExpression)[]
    ]): this;
    limit(rowCount: number): this;
    offset(rowCount: number): this;
    forUpdate(options?: LockOptions): this;
    forShare(options?: LockOptions): this;
    comment(text: string): this;
    plan(choice: "auto" | "custom"): this;
    list<Of = Row>(this: OneColumn<Of> & Query<Of>): Promise<Of[keyof Of][]>;
    signal(signal: AbortSignal): this;
    timeout(timeoutMs: number): this;
    "~on"(place: (scope: Scope) => Scope): this;
    stream(options?: StreamOptions): AsyncIterable<Row>;
    protected answer(): MaybePromise<Row[]>;
    first(): Promise<Row | undefined>;
    one(): Promise<Row>;
    count(): Promise<number>;
    page(page: number, options: PageOptions): PageRead<Row>;
    keyset(order: readonly (OrderTerm | AnyExpression)[], options: KeysetOptions): KeysetRead<Row>;
    as<const Name extends string>(name: Name): QueryTable<Name, S, Nullable>;
    union<Other extends object>(other: Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>>;
    unionAll<Other extends object>(other: Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>>;
    intersect<Other extends object>(other: Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>>;
    except<Other extends object>(other: Query<Other> & SameMembers<ResultOf<S, Nullable>, Other>): SetQuery<SetColumns<ResultOf<S, Nullable>, Other>>;
    explain(options?: ExplainOptions): Promise<PlanNode>;
    toSql(): SqlText;
}

export class SetQuery<S extends SelectionInput> extends SelectQuery<S, "rows"> {
    get columns(): S;
}

// query/read/sql-text

export interface SqlText {
    readonly text: string;
    readonly values: readonly unknown[];
}

// query/read/stream

export interface StreamOptions {
    readonly batch?: number | undefined;
}

// query/read/table-query

export class TableQuery<T extends AnyTable, S extends AnySchema = AnySchema> extends SelectQuery<T, NameOf<T>, never, RootRow<S, T, RowOf<T>>> {
    withDeleted(this: IfSoft<T, TableQuery<T>>): this;
    withDeleted<Other extends AnyTable>(table: IfSoft<Other>): this;
    onlyDeleted(this: IfSoft<T, TableQuery<T>>): this;
    onlyDeleted<Other extends AnyTable>(table: IfSoft<Other>): this;
    find(key: KeyOf<T>): Promise<RootRow<S, T, RowOf<T>> | undefined>;
    with<const W extends Asked<S, T>>(relations: W extends CheckedWith<S, T, W> ? W : CheckedWith<S, T, W>): RelatedQuery<T, S, LoadedRow<S, T, RowOf<T>, W>>;
    get "~scope"(): Scope;
    "~find"(key: KeyOf<T>): SelectStatement;
    "~first"(): SelectStatement;
}

// query/read/view

export interface ColumnsMaterializedViewBuilder<Name extends string, Columns extends ColumnMap> {
    as(query: Sql<unknown>, extras?: (view: MaterializedView<Name, Columns>) => readonly Extra[]): MaterializedView<Name, Columns>;
    existing(): MaterializedView<Name, Columns>;
}

export interface ColumnsViewBuilder<Name extends string, Columns extends ColumnMap> {
    as(query: Sql<unknown>, extras?: (view: View<Name, Columns>) => readonly CommentSpec[]): View<Name, Columns>;
    existing(): View<Name, Columns>;
}

type Extra = CommentSpec | IndexSpec;

export interface MaterializedViewBuilder<Name extends string> {
    as<Row>(make: (queries: ViewQueries) => Query<Row>, extras?: (view: MaterializedView<Name, ViewColumns<Row>>) => readonly Extra[]): MaterializedView<Name, ViewColumns<Row>>;
}

export interface ViewBuilder<Name extends string> {
    as<Row>(make: (queries: ViewQueries) => Query<Row>, extras?: (view: View<Name, ViewColumns<Row>>) => readonly CommentSpec[]): View<Name, ViewColumns<Row>>;
}

export type ViewColumns<Row> = {
    readonly [Key in keyof Row]: ColumnBuilder<Row[Key]>;
};

export type ViewQueries = Pick<Executor, "from" | "select" | "with" | "withRecursive">;

export function materializedView<const Name extends string>(name: Name): MaterializedViewBuilder<Name>;

export function materializedView<const Name extends string, Columns extends ColumnMap>(name: Name, columns: Columns): ColumnsMaterializedViewBuilder<Name, Columns>;

export function view<const Name extends string>(name: Name): ViewBuilder<Name>;

export function view<const Name extends string, Columns extends ColumnMap>(name: Name, columns: Columns): ColumnsViewBuilder<Name, Columns>;

// query/relations/correlated

export type RelatedCondition<Target extends AnyTable> = Condition | ((row: Target) => Condition);

// query/relations/operators

type To<Target extends AnyTable, Kind extends RelationKind = RelationKind> = Relation<AnyTable, Target, Kind>;

type Value<Of extends AnyExpression, Kind> = Kind extends "one" ? Of["~value"] : Of["~value"] | null;

export function countOf<Target extends AnyTable>(relation: To<Target>, condition?: RelatedCondition<NoInfer<Target>>): Expression<number>;

export function every<Target extends AnyTable>(relation: To<Target>, condition: RelatedCondition<NoInfer<Target>>): Expression<boolean>;

export function none<Target extends AnyTable>(relation: To<Target>, condition?: RelatedCondition<NoInfer<Target>>): Expression<boolean>;

export function related<Target extends AnyTable, Kind extends RelationKind, Of extends AnyExpression>(relation: To<Target, Kind>, value: (row: NoInfer<Target>) => Of, condition?: RelatedCondition<NoInfer<Target>>): Expression<Value<Of, Kind>>;

export function some<Target extends AnyTable>(relation: To<Target>, condition?: RelatedCondition<NoInfer<Target>>): Expression<boolean>;

// query/relations/related-query

export class RelatedQuery<T extends AnyTable, S extends AnySchema, Row> extends Runnable<Row[]> {
    #private;
    constructor(root: RootQuery<T>, branches: readonly Branch[]);
    with<const W extends Asked<S, T>>(relations: W extends CheckedWith<S, T, W> ? W : CheckedWith<S, T, W>): RelatedQuery<T, S, LoadedRow<S, T, Omit<Row, keyof W>, W>>;
    where(condition: Condition): this;
    orderBy(...terms: Terms): this;
    limit(rowCount: number): this;
    offset(rowCount: number): this;
    forUpdate(options?: LockOptions): this;
    forShare(options?: LockOptions): this;
    comment(text: string): this;
    plan(choice: "auto" | "custom"): this;
    signal(signal: AbortSignal): this;
    timeout(timeoutMs: number): this;
    "~on"(place: (scope: Scope) => Scope): this;
    protected answer(): MaybePromise<Row[]>;
    first(): Promise<Row | undefined>;
    one(): Promise<Row>;
    find(key: KeyOf<T>): Promise<Row | undefined>;
    count(): Promise<number>;
    page(page: number, options: PageOptions): PageRead<Row>;
    keyset(order: readonly (OrderTerm | AnyExpression)[], options: KeysetOptions): KeysetRead<Row>;
    toSql(): SqlText;
    explain(options?: ExplainOptions): Promise<PlanNode>;
    stream(options?: StreamOptions): AsyncIterable<Row>;
}

interface RootQuery<T extends AnyTable> {
    readonly statement: SelectStatement;
    readonly "~scope": Scope;
    where(condition: Condition): RootQuery<T>;
    orderBy(...terms: Terms): RootQuery<T>;
    limit(rowCount: number): RootQuery<T>;
    offset(rowCount: number): RootQuery<T>;
    forUpdate(options?: LockOptions): RootQuery<T>;
    forShare(options?: LockOptions): RootQuery<T>;
    comment(text: string): RootQuery<T>;
    plan(choice: "auto" | "custom"): RootQuery<T>;
    signal(signal: AbortSignal): RootQuery<T>;
    timeout(timeoutMs: number): RootQuery<T>;
    count(): Promise<number>;
    "~on"(place: (scope: Scope) => Scope): RootQuery<T>;
    "~first"(): SelectStatement;
    "~find"(key: KeyOf<T>): SelectStatement;
}

type Terms = readonly [
    OrderTerm | AnyExpression,
    ...(OrderTerm | AnyExpression)[]
];

// query/relations/tree

interface Branch {
    readonly relation: Relation;
    readonly where: Condition | undefined;
    readonly orderBy: readonly OrderTerm[];
    readonly limit: number | undefined;
    readonly offset: number;
    readonly selection: SelectionRecord;
    readonly withDeleted: boolean;
    readonly branches: readonly Branch[];
    readonly isPlain: boolean;
}

// query/relations/types

type AnyName = string & NonNullable<unknown>;

type Asked<S extends AnySchema, T extends AnyTable> = object & {
    readonly [Key in keyof RelationsOf<S, T>]?: true | AskedOptions<S, RelationsOf<S, T>[Key]>;
};

type AskedOptions<S extends AnySchema, R> = LoadOptions<R> & object & {
    readonly with?: Asked<S, TargetOf<R>>;
};

type CheckedInput<S extends AnySchema, Target extends AnyTable, Kind extends RelationKind, Options> = Options extends CheckedOptions<S, RelationDraft<Target, Kind>, Options> ? Options : CheckedOptions<S, RelationDraft<Target, Kind>, Options>;

type CheckedOptions<S extends AnySchema, R, Options> = {
    readonly [Key in keyof Options]: Key extends "with" ? CheckedWith<S, TargetOf<R>, Options[Key]> : Key extends keyof LoadOptions<R> ? Options[Key] extends readonly string[] ? readonly (keyof ColumnsOf<TargetOf<R>> & string)[] : LoadOptions<R>[Key] : NoOption<R, keyof RelationsOf<S, TargetOf<R>>, Key & string>;
};

type CheckedWith<S extends AnySchema, T extends AnyTable, W> = {
    readonly [Key in keyof W]: Key extends keyof RelationsOf<S, T> ? W[Key] extends true ? true : CheckedOptions<S, RelationsOf<S, T>[Key], W[Key]> : NoRelation<S, T, Key>;
};

type ColumnName<T extends AnyTable> = keyof ColumnsOf<T> & string;

type IsMissing<Owner extends AnyTable, Target extends AnyTable, Kind, Options> = Options extends {
    readonly where: Condition;
} ? null : Kind extends "optional" ? null : MayBeHidden<Target, Options> extends true ? null : Kind extends "back" ? NameOf<Target> extends NameOf<Owner> ? never : null : never;

type Lacking<Relations extends string, Row> = [
    Relations
] extends [
    never
] ? Row : RowWithout<Relations, Row>;

type LoadInput<S extends AnySchema, Target extends AnyTable, Kind extends RelationKind> = AskedOptions<S, RelationDraft<Target, Kind>>;

interface LoadManyOptions<T extends AnyTable> extends LoadOneOptions<T> {
    readonly orderBy?: Term | readonly Term[];
    readonly limit?: number;
    readonly offset?: number;
}

interface LoadOneOptions<T extends AnyTable> {
    readonly where?: Condition;
    readonly withDeleted?: IfSoft<T, true>;
    readonly select?: SelectionInput | readonly (AnyName | ColumnName<T>)[];
}

type LoadOptions<R> = R extends RelationDraft<infer Target, infer Kind> ? Kind extends "many" ? LoadManyOptions<Target> : LoadOneOptions<Target> : never;

type Loaded<S extends AnySchema, T extends AnyTable, Options> = RelatedRow<S, T, Options extends {
    readonly with: infer W;
} ? Flat<Picked<T, Options> & LoadedRelations<S, T, W>> : Picked<T, Options>>;

type LoadedRelation<S extends AnySchema, Owner extends AnyTable, R, Options> = R extends RelationDraft<infer Target, infer Kind> ? Kind extends "many" ? Loaded<S, Target, Options>[] : Loaded<S, Target, Options> | IsMissing<Owner, Target, Kind, Options> : never;

type LoadedRelations<S extends AnySchema, T extends AnyTable, W> = {
    -readonly [Key in keyof W & keyof RelationsOf<S, T>]: LoadedRelation<S, T, RelationsOf<S, T>[Key], W[Key]>;
};

type LoadedRow<S extends AnySchema, T extends AnyTable, Row, W> = RootRow<S, T, Flat<Row & LoadedRelations<S, T, W>>>;

type MayBeHidden<Target extends AnyTable, Options> = Options extends {
    readonly withDeleted: true;
} ? false : HidesRows<Target>;

type Named<S extends AnySchema, Name> = Name extends keyof S["~relations"] ? S["~relations"][Name] : {};

type NoOption<R, Relations, Key extends string> = Key extends Relations ? `A relation stands in with: { ${Key}: true }` : R extends RelationDraft<AnyTable, "many"> ? `There is no option '${Key}', but where, orderBy, limit, offset, select, withDeleted and with` : `There is no option '${Key}' for one row, but where, select, withDeleted and with`;

type NoRelation<S extends AnySchema, T extends AnyTable, Key> = string extends keyof S["tables"] ? "This client knows no relations: connect(url, { schema })" : Key extends string ? `'${NameOf<T>}' has no relation '${Key}'` | `it has '${keyof RelationsOf<S, T> & string}'` : `Write { ${keyof RelationsOf<S, T> & string}: true }`;

type Others<S extends AnySchema, T extends AnyTable, Row> = Exclude<keyof RelationsOf<S, T> & string, keyof Row>;

type Picked<T extends AnyTable, Options> = Options extends {
    readonly select: infer Selected;
} ? Selected extends readonly (infer Key)[] ? Pick<RowOf<T>, Key & keyof RowOf<T>> : ResultOf<Selected, never> : RowOf<T>;

type RelatedRow<S extends AnySchema, T extends AnyTable, Row> = Lacking<`with: { ${Others<S, T, Row>}: true }`, Row>;

type RelationsOf<S extends AnySchema, T extends AnyTable> = Named<S, T extends AliasOf<infer Name> ? Name : NameOf<T>>;

type RootRow<S extends AnySchema, T extends AnyTable, Row> = Lacking<`.with({ ${Others<S, T, Row>}: true })`, Row>;

type RowWithout<_Relations extends string, Row> = {
    [Key in keyof Row]: Row[Key];
};

type TargetOf<R> = R extends RelationDraft<infer Target, RelationKind> ? Target : never;

type Term = Expression<unknown, string> | OrderTerm;

export type With<S extends AnySchema, T extends AnyTable> = {
    readonly [Key in keyof RelationsOf<S, T>]?: true | (LoadOptions<RelationsOf<S, T>[Key]> & {
        readonly select?: SelectionInput | readonly ColumnName<TargetOf<RelationsOf<S, T>[Key]>>[];
        readonly with?: With<S, TargetOf<RelationsOf<S, T>[Key]>>;
    });
};

type WithLoaded<S extends AnySchema, Row, Owner extends AnyTable, Target extends AnyTable, Kind extends RelationKind, Name extends string, Options> = Flat<Omit<Row, Name> & {
    [Key in Name]: LoadedRelation<S, Owner, RelationDraft<Target, Kind>, Options>;
}>;

// query/relations/write/types

interface ChangeMany<S extends AnySchema, T extends AnyTable, Owner extends AnyTable> extends InsertMany<S, T, Owner> {
    readonly disconnect?: readonly KeyOf<T>[];
    readonly set?: readonly KeyOf<T>[];
}

interface ChangeOne<S extends AnySchema, T extends AnyTable, Owner extends AnyTable> extends InsertOne<S, T, Owner> {
    readonly disconnect?: true;
}

type Holding<Row, Key> = {
    [Name in keyof Row]-?: Key extends Row[Name] ? Name : never;
}[keyof Row];

interface InsertMany<S extends AnySchema, T extends AnyTable, Owner extends AnyTable> {
    readonly create?: readonly RelatedRow<S, T, Owner>[];
    readonly connect?: readonly KeyOf<T>[];
}

interface InsertOne<S extends AnySchema, T extends AnyTable, Owner extends AnyTable> {
    readonly create?: RelatedRow<S, T, Owner>;
    readonly connect?: KeyOf<T>;
}

type KeyValue<T extends AnyTable> = RowOf<T>[KeyNameOf<T> & keyof RowOf<T>];

type RelatedChanges<S extends AnySchema, T extends AnyTable> = {
    readonly [Name in keyof RelationsOf<S, T>]?: RelationsOf<S, T>[Name] extends RelationDraft<infer Target, infer Kind extends RelationKind> ? Kind extends "many" ? ChangeMany<S, Target, T> : ChangeOne<S, Target, T> : never;
};

type RelatedInserts<S extends AnySchema, T extends AnyTable> = {
    readonly [Name in keyof RelationsOf<S, T>]?: RelationsOf<S, T>[Name] extends RelationDraft<infer Target, infer Kind extends RelationKind> ? Kind extends "many" ? InsertMany<S, Target, T> : InsertOne<S, Target, T> : never;
};

type RelatedRow<S extends AnySchema, T extends AnyTable, Owner extends AnyTable> = WithoutKey<InsertRow<T>, KeyValue<Owner>> & RelatedInserts<S, T>;

type WithoutKey<Row, Key> = Flat<Omit<Row, Holding<Row, Key>> & Partial<Pick<Row, Holding<Row, Key> & keyof Row>>>;

// query/rows/json

export type Json<Value> = Value extends boolean | number | string | null | undefined ? Value : Value extends bigint | Date | Uint8Array | {
    readonly epochNanoseconds: bigint;
} ? string : Value extends readonly (infer Item)[] ? Json<Item>[] : Value extends object ? {
    -readonly [Key in keyof Value]: Json<Value[Key]>;
} : unknown;

export function fromJson<S extends Selection>(selection: S, json: readonly unknown[]): ResultOf<S, never>[];

export function fromJson<S extends Selection>(selection: S, json: unknown): ResultOf<S, never>;

export function toJson<Value>(value: Value): Json<Value>;

// query/rows/schema

type InputOf<Row, Options> = Options extends {
    readonly coerce: "json";
} ? Json<Row> : Row;

type Omitted<Row, Options> = Options extends {
    readonly omit: readonly (infer Key)[];
} ? Flat<Omit<Row, Key & keyof Row>> : Row;

export type RowSchema<Row, Options> = StandardSchema<InputOf<Omitted<Row, Options>, Options>, Omitted<Row, Options>>;

export interface RowSchemaOptions<Row = object> {
    readonly unknownKeys?: "refuse" | "strip";
    readonly coerce?: "json";
    readonly omit?: readonly (keyof Row & string)[];
    readonly columns?: {
        readonly [Key in keyof Row]?: StandardSchema<unknown, Row[Key]>;
    };
}

export function insertSchema<T extends AnyTable, const Options extends RowSchemaOptions<WritableOf<T>> = object>(table: T, options?: Options): RowSchema<NewRowOf<T>, Options>;

export function selectSchema<T extends AnyTable, const Options extends RowSchemaOptions<RowOf<T>> = object>(table: T, options?: Options): RowSchema<RowOf<T>, Options>;

export function updateSchema<T extends AnyTable, const Options extends RowSchemaOptions<UpdatableOf<T>> = object>(table: T, options?: Options): RowSchema<Partial<UpdatableOf<T>>, Options>;

// query/rows/standard-schema

export interface StandardIssue {
    readonly message: string;
    readonly path?: readonly (PropertyKey | {
        readonly key: PropertyKey;
    })[] | undefined;
}

export interface StandardProperties<Input, Output> {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: {
        readonly input: Input;
        readonly output: Output;
    } | undefined;
}

export type StandardResult<Output> = {
    readonly value: Output;
    readonly issues?: undefined;
} | {
    readonly issues: readonly StandardIssue[];
};

export interface StandardSchema<Input = unknown, Output = Input> {
    readonly "~standard": StandardProperties<Input, Output>;
}

// query/run

interface RowsBeside {
    readonly rows: unknown[];
    beside(index: number): unknown[];
}

interface Scope {
    readonly plans: PlanCache;
    readonly runner: Runner;
    readonly context: Context | undefined;
}

// query/runnable

abstract class Runnable<Result> implements Promise<Result> {
    get [Symbol.toStringTag](): string;
    protected abstract answer(): MaybePromise<Result>;
    then<Value = Result, Failure = never>(onFulfilled?: ((result: Result) => Value | PromiseLike<Value>) | null, onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null): Promise<Value | Failure>;
    catch<Failure = never>(onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null): Promise<Result | Failure>;
    finally(onSettled?: (() => void) | null): Promise<Result>;
}

// query/sql

export class Sql<Value> extends FragmentNode<Value> {
    as<Builder extends AnyColumnBuilder>(type: Builder): Sql<Builder["~value"]>;
}

type SqlPart = AnyExpression | AnyTable | bigint | boolean | Date | number | string | Uint8Array | null;

interface SqlTag {
    <Value = unknown>(strings: TemplateStringsArray, ...parts: SqlPart[]): Sql<Value>;
    raw(text: string): Sql<unknown>;
}

export function bindAs<Value>(column: Expression<Value, string>, value: NoInfer<Value> & {}): Expression<Value & {}>;

export const sql: SqlTag;

// query/track

export type EditableOf<T extends AnyTable> = Omit<UpdatableOf<T>, KeyNameOf<T>>;

export type MemberState = "set" | "unchanged" | "unset";

export class Tracked<T extends AnyTable, Values> {
    #private;
    readonly row: Values;
    constructor(target: T, row: object, isStored: boolean);
    get isNew(): boolean;
    get isChanged(): boolean;
    get changes(): Partial<UpdatableOf<T>>;
    stateOf(key: keyof RowOf<T> & string): MemberState;
    reset(...keys: readonly (keyof RowOf<T> & string)[]): void;
    save(db: Executor): Promise<RowOf<T>>;
}

export type TrackedValues<T extends AnyTable> = Flat<EditableOf<T> & Readonly<Omit<RowOf<T>, keyof EditableOf<T>>>>;

export function track<T extends WritableTable>(table: T, row: RowOf<T>): Tracked<T, TrackedValues<T>>;

export function trackNew<T extends WritableTable>(table: T, values?: Partial<NewRowOf<T>>): Tracked<T, Partial<NewRowOf<T>>>;

// query/types

type InsertRow<T extends AnyTable> = Insertable<NewRowOf<T>>;

type Insertable<New> = {
    [Key in keyof New]: New[Key] | Expression<New[Key], string>;
};

type Member<Item, Nullable extends string> = Item extends Expression<unknown, string> ? Clear<Item["~value"]> | NullIf<Item["~from"], Nullable> : Item extends AnyTable ? RowOf<Item> | NullIf<NameOf<Item>, Nullable> : {
    -readonly [Key in keyof Item]: Member<Item[Key], Nullable>;
};

type MissingRow<S extends AnyTable> = {
    [Key in keyof RowOf<S>]: RowOf<S>[Key] | null;
} & {};

type NullIf<From extends string, Nullable extends string> = [
    From & Nullable
] extends [
    never
] ? never : null;

type OneOrMany<Row> = Row | readonly Row[];

export interface Query<Row> extends PromiseLike<Row[]> {
    readonly statement: SelectStatement;
}

type ResultOf<S, Nullable extends string> = S extends AnyTable ? [
    NameOf<S> & Nullable
] extends [
    never
] ? RowOf<S> : MissingRow<S> : Flat<{
    -readonly [Key in keyof S]: Member<S[Key], Nullable>;
}>;

type Selection = AnyTable | SelectionInput;

interface SelectionInput {
    readonly [key: string]: Expression<unknown, string> | AnyTable | SelectionInput;
}

type Settable<Row> = {
    [Key in keyof Row]?: Row[Key] | Expression<Row[Key], string>;
};

export type UpdateSet<T extends AnyTable> = Settable<UpdatableOf<T>>;

export interface WriteSummary {
    readonly affectedRows: number;
}

// query/unfinished

abstract class Unfinished {
    then(_notAwaitable: "finish it first"): never;
}

// query/watch/hooks

export interface DeleteEvent<T extends AnyTable> extends HookContext {
    readonly keys: readonly KeyOf<T>[];
    readonly action: "delete" | "soft delete";
}

export interface DeletedEvent<T extends AnyTable> extends DeleteEvent<T> {
    readonly rows: readonly RowOf<T>[];
}

export interface HookContext {
    readonly tx: Transaction;
    readonly actor: Actor | undefined;
}

export interface Hooks<T extends AnyTable> {
    beforeInsert?(event: InsertEvent<T>): MaybePromise<readonly InsertRow<T>[] | void>;
    afterInsert?(event: InsertedEvent<T>): MaybePromise<void>;
    beforeUpdate?(event: UpdateEvent<T>): MaybePromise<readonly UpdateSet<T>[] | void>;
    afterUpdate?(event: UpdatedEvent<T>): MaybePromise<void>;
    beforeDelete?(event: DeleteEvent<T>): MaybePromise<void>;
    afterDelete?(event: DeletedEvent<T>): MaybePromise<void>;
}

export interface InsertEvent<T extends AnyTable> extends HookContext {
    readonly rows: readonly InsertRow<T>[];
}

export interface InsertedEvent<T extends AnyTable> extends HookContext {
    readonly keys: readonly KeyOf<T>[];
    readonly rows: readonly RowOf<T>[];
}

export interface RowChange<T extends AnyTable> {
    readonly key: KeyOf<T>;
    readonly before: RowOf<T>;
    readonly after: RowOf<T>;
}

export interface RowsUpdate<T extends AnyTable> {
    readonly keys: readonly KeyOf<T>[];
    readonly set: UpdateSet<T>;
}

export class TableHooks {
    #private;
    constructor(table: TableInfo, given: Hooks<AnyTable>);
    register(db: Database): void;
}

export interface UpdateEvent<T extends AnyTable> extends HookContext {
    readonly updates: readonly RowsUpdate<T>[];
    readonly action: "restore" | "update";
}

export interface UpdatedEvent<T extends AnyTable> extends HookContext {
    readonly changes: readonly RowChange<T>[];
    readonly action: "restore" | "update";
}

export function hooks<T extends WritableTable>(table: T, given: Hooks<T>): TableHooks;

// query/watch/repeats

class RepeatWatch {
    #private;
    constructor(clock: Clock);
    enter(): void;
    watch<Result>(query: Watched, run: () => MaybePromise<Result>): MaybePromise<Result>;
    active(): this | undefined;
}

interface Watched {
    readonly plan: object;
    readonly title: string;
    readonly keyPlaces: () => readonly number[];
    readonly values: readonly unknown[];
    readonly transaction: object | undefined;
}

// query/watch/watchers

type AnyRow = Readonly<Record<string, unknown>>;

type Interest = "keys" | "nothing" | "rows";

interface PlannedUpdate {
    readonly keys: readonly AnyRow[];
    readonly set: AnyRow;
}

type Removal = "delete" | "soft delete";

class TableWatch {
    #private;
    readonly table: TableInfo;
    constructor(table: TableInfo);
    add(watcher: Watcher): void;
    follows(action: WriteAction): boolean;
    wantsRows(action: WriteAction): boolean;
    precedes(action: WriteAction): boolean;
    isOf(action: WriteAction): boolean;
    enter(scope: Scope): Scope;
    beforeInsert(scope: Scope, given: readonly AnyRow[]): Promise<readonly AnyRow[]>;
    beforeUpdate(scope: Scope, updates: readonly PlannedUpdate[], action?: WriteAction): Promise<readonly AnyRow[]>;
    beforeDelete(scope: Scope, keys: readonly AnyRow[], action: Removal): Promise<void>;
    after(scope: Scope, action: WriteAction, rows: readonly WrittenRow[]): Promise<void>;
}

interface Watcher {
    interestIn(action: WriteAction): Interest;
    beforeInsert?(scope: Scope, rows: readonly AnyRow[]): MaybePromise<readonly AnyRow[] | void>;
    beforeUpdate?(scope: Scope, updates: readonly PlannedUpdate[], action: WriteAction): MaybePromise<readonly AnyRow[] | void>;
    beforeDelete?(scope: Scope, keys: readonly AnyRow[], action: Removal): MaybePromise<void>;
    after?(scope: Scope, written: Written): MaybePromise<void>;
}

type WriteAction = "delete" | "insert" | "restore" | "soft delete" | "update";

interface Written {
    readonly table: TableInfo;
    readonly action: WriteAction;
    readonly rows: readonly WrittenRow[];
}

interface WrittenRow {
    readonly key: AnyRow;
    readonly before: AnyRow | undefined;
    readonly after: AnyRow | undefined;
}

// query/write/conflict

export class ConflictBuilder<T extends AnyTable, Write = PendingWrite<T, WriteSummary>> extends Unfinished {
    #private;
    constructor(table: TableInfo, target: readonly AnyTableColumn[], complete: (conflict: ConflictClause) => Write);
    ignore(): Write;
    update(changes: ConflictSet<T> | readonly [
        keyof ColumnsOf<T> & string,
        ...(keyof ColumnsOf<T> & string)[]
    ], options?: ConflictUpdateOptions): Write;
}

export type ConflictSet<T extends AnyTable> = UpdateSet<T>;

export interface ConflictUpdateOptions {
    readonly where?: Condition;
}

export function inserted<Value, From extends string>(column: Column<From, Value>): Expression<Clear<Value>, From>;

// query/write/delete

export class DeleteBuilder<T extends AnyTable> extends Unfinished {
    #private;
    constructor(work: Deleting<T>);
    static of<T extends AnyTable>(scope: Scope, target: T): DeleteBuilder<T>;
    innerJoin(other: AnyTable, on: Condition): DeleteBuilder<T>;
    without(...scopes: readonly [
        string,
        ...string[]
    ]): DeleteBuilder<T>;
    hard(): HardDelete<T>;
    where(condition: Condition): RowWrite<T>;
    all(): RowWrite<T>;
}

interface Deleting<T extends AnyTable> {
    readonly scope: Scope;
    readonly target: T;
    readonly table: TableInfo;
    readonly joins: readonly JoinClause[];
    readonly lifts: Lifts;
}

export class HardDelete<T extends AnyTable> extends Unfinished {
    #private;
    constructor(work: Deleting<T>);
    innerJoin(other: AnyTable, on: Condition): HardDelete<T>;
    withDeleted(this: IfSoft<T, HardDelete<T>>): HardDelete<T>;
    withDeleted<Other extends AnyTable>(table: IfSoft<Other>): HardDelete<T>;
    onlyDeleted(this: IfSoft<T, HardDelete<T>>): HardDelete<T>;
    onlyDeleted<Other extends AnyTable>(table: IfSoft<Other>): HardDelete<T>;
    without(...scopes: readonly [
        string,
        ...string[]
    ]): HardDelete<T>;
    where(condition: Condition): RowWrite<T>;
    all(): RowWrite<T>;
}

// query/write/insert

type AnyRow = Readonly<Record<string, unknown>>;

interface InsertOptions {
    readonly conflict?: ConflictClause | undefined;
    readonly lifts: Lifts;
}

interface InsertRows {
    readonly given: readonly AnyRow[];
    readonly complete: readonly AnyRow[];
    readonly columns: readonly AnyTableColumn[];
    readonly cells: readonly unknown[] | undefined;
}

class InsertWork implements WriteWork {
    readonly once: WriteWork["once"];
    readonly scope: Scope;
    readonly table: TableInfo;
    readonly lifts: Lifts;
    readonly inserted: InsertRows;
    readonly conflict: ConflictClause | undefined;
    readonly comment: string | undefined;
    readonly actions: readonly WriteAction[];
    readonly isOfOne: boolean;
    readonly isGuarded: boolean;
    constructor(scope: Scope, table: TableInfo, inserted: InsertRows, { conflict, lifts }: InsertOptions, once?: {
        isStarted: boolean;
    });
    get rows(): readonly AnyRow[];
    meeting(conflict: ConflictClause): InsertWork;
    statement(returning: SelectionRecord | undefined): InsertStatement;
    summarize(within: Scope, comment: string | undefined): MaybePromise<WriteSummary>;
    readRows(within: Scope, returning: SelectionRecord, comment: string | undefined): MaybePromise<unknown[]>;
    watched(within: Scope, watch: TableWatch, returning: SelectionRecord | undefined, comment: string | undefined): MaybePromise<WriteSummary | unknown[]>;
}

// query/write/insert-builder

export class InsertBuilder<T extends AnyTable, S extends AnySchema = AnySchema> extends Unfinished {
    #private;
    constructor(scope: Scope, table: T, lifts?: Lifts);
    withDeleted(this: IfSoft<T, InsertBuilder<T, S>>): InsertBuilder<T, S>;
    without(...scopes: readonly [
        string,
        ...string[]
    ]): InsertBuilder<T, S>;
    values(rows: OneOrMany<InsertRow<T>>): InsertWrite<T, S>;
    stream(rows: RowStream<InsertRow<T>>): StreamedInsert<T>;
    select<Row extends NewRowOf<T>>(query: OnlyColumns<Row, ColumnsOf<T>> & Query<Row>): PendingWrite<T, WriteSummary>;
}

type OnlyColumns<Row, Columns> = [
    keyof Row
] extends [
    keyof Columns
] ? unknown : "a query whose members are columns of the table";

// query/write/insert-stream

export type RowStream<Row> = AsyncIterable<Row> | Iterable<Row>;

export class StreamedInsert<T extends AnyTable> extends CompleteWrite<WriteSummary> {
    onConflict(...columns: readonly Column<NameOf<T>, unknown>[]): ConflictBuilder<T, CompleteWrite<WriteSummary>>;
}

// query/write/insert-write

export class InsertWrite<T extends AnyTable, S extends AnySchema = AnySchema> extends PendingWrite<T, WriteSummary> {
    #private;
    constructor(work: InsertWork);
    onConflict(...columns: readonly Column<NameOf<T>, unknown>[]): ConflictBuilder<T>;
    with(related: RelatedInserts<S, T>): PendingWrite<T, WriteSummary>;
}

// query/write/purge

export interface ArchiveOptions extends PurgeOptions {
    readonly into: WritableTable;
}

export interface PurgeOptions {
    readonly olderThan: Date | {
        readonly days: number;
    };
    readonly batch?: number;
}

// query/write/reencrypt

export interface ReencryptOptions {
    readonly batch?: number;
}

export interface ReencryptSummary {
    readonly rows: number;
    readonly reencrypted: number;
}

export function reencrypt<T extends WritableTable>(db: Executor, table: T, { batch }?: ReencryptOptions): Promise<ReencryptSummary>;

// query/write/row-write

type RowStatement = DeleteStatement | UpdateStatement;

interface RowWork extends WriteWork {
    readonly rows: RowStatement;
    narrowed(condition: AnyExpression): RowWork;
}

export class RowWrite<T extends AnyTable> extends PendingWrite<T, WriteSummary> {
    #private;
    constructor(work: RowWork);
    version(expected: VersionOf<T>): PendingWrite<T, WriteSummary>;
}

// query/write/soft-delete

export class RestoreBuilder<T extends AnyTable> extends Unfinished {
    #private;
    constructor(scope: Scope, table: T, joins?: readonly JoinClause[], lifts?: Lifts);
    innerJoin(other: AnyTable, on: Condition): RestoreBuilder<T>;
    without(...scopes: readonly [
        string,
        ...string[]
    ]): RestoreBuilder<T>;
    where(condition: Condition): RowWrite<T>;
    all(): RowWrite<T>;
}

// query/write/update

interface RowTarget {
    readonly scope: Scope;
    readonly table: TableInfo;
    readonly lifts: Lifts;
}

export class UpdateBuilder<T extends AnyTable> extends Unfinished {
    #private;
    constructor(scope: Scope, table: T, lifts?: Lifts);
    withDeleted(this: IfSoft<T, UpdateBuilder<T>>): UpdateBuilder<T>;
    withDeleted<Other extends AnyTable>(table: IfSoft<Other>): UpdateBuilder<T>;
    onlyDeleted(this: IfSoft<T, UpdateBuilder<T>>): UpdateBuilder<T>;
    onlyDeleted<Other extends AnyTable>(table: IfSoft<Other>): UpdateBuilder<T>;
    without(...scopes: readonly [
        string,
        ...string[]
    ]): UpdateBuilder<T>;
    set(values: UpdateSet<T>): UpdateWithoutCondition<T>;
}

export class UpdateWithoutCondition<T extends AnyTable> extends Unfinished {
    #private;
    constructor(write: RowTarget, set: readonly Assignment[], joins?: readonly JoinClause[]);
    innerJoin(other: AnyTable, on: Condition): UpdateWithoutCondition<T>;
    where(condition: Condition): RowWrite<T>;
    all(): RowWrite<T>;
}

// query/write/update-many

export class ManyUpdate extends CompleteWrite<UpdateManySummary> {
}

type UpdateManyKey<T extends AnyTable> = KeyNameOf<T> & string;

export interface UpdateManyOptions<Key extends string> {
    readonly key?: Key | readonly Key[];
}

type UpdateManyRow<T extends AnyTable, Key extends keyof ColumnsOf<T>> = Flat<{
    [Name in Key]: RowOf<T>[Name] & {};
} & Omit<Partial<WritableOf<T>>, Key>>;

export interface UpdateManySummary extends WriteSummary {
    readonly missing: number;
}

// query/write/write

abstract class CompleteWrite<Result> extends Runnable<Result> {
    #private;
    protected readonly work: WriteWork;
    constructor(work: WriteWork, returning?: SelectionRecord);
    protected answer(): MaybePromise<Result>;
    protected runIn(scope: Scope): MaybePromise<Result>;
    signal(signal: AbortSignal): this;
    timeout(timeoutMs: number): this;
    comment(text: string): this;
    explain(options?: ExplainOptions): Promise<PlanNode>;
    toSql(): SqlText;
}

export class PendingWrite<T extends AnyTable, Result> extends CompleteWrite<Result> {
    returning(): ReturningWrite<ResultOf<T, never>>;
    returning<S extends SelectionInput>(selection: S): ReturningWrite<ResultOf<S, never>>;
}

export class ReturningWrite<Row> extends CompleteWrite<Row[]> {
    one(): Promise<Row>;
}

interface WriteWork {
    readonly once: {
        isStarted: boolean;
    };
    readonly scope: Scope;
    readonly table: TableInfo;
    readonly comment: string | undefined;
    readonly actions: readonly WriteAction[];
    readonly isOfOne: boolean;
    summarize(scope: Scope, comment: string | undefined): MaybePromise<WriteSummary>;
    readRows(scope: Scope, returning: SelectionRecord, comment: string | undefined): MaybePromise<unknown[]>;
    watched(scope: Scope, watch: TableWatch, returning: SelectionRecord | undefined, comment: string | undefined): MaybePromise<WriteSummary | unknown[]>;
    statement(returning: SelectionRecord | undefined): WriteStatement;
}

// schema/array

export interface ArrayOptions<Nulls extends boolean = boolean> {
    readonly nulls?: Nulls;
}

type Item<Element extends AnyColumnBuilder, Nulls extends boolean> = (Element["~value"] & {}) | (Nulls extends true ? null : never);

export function array<Element extends AnyColumnBuilder, const Nulls extends boolean = false>(element: Element, options?: ArrayOptions<Nulls>): ColumnBuilder<Item<Element, Nulls>[] | null>;

export function array<Element extends AnyColumnBuilder, const Nulls extends boolean = false>(name: string, element: Element, options?: ArrayOptions<Nulls>): ColumnBuilder<Item<Element, Nulls>[] | null>;

// schema/audit-log

export type AuditColumns = {
    readonly id: ColumnBuilder<number, "default" | "key">;
    readonly at: ColumnBuilder<Date, "default">;
    readonly action: ColumnBuilder<string>;
    readonly table: ColumnBuilder<string | null>;
    readonly key: ColumnBuilder<string | null>;
    readonly actor: ColumnBuilder<string | null>;
    readonly request: ColumnBuilder<AuditValues | null>;
    readonly before: ColumnBuilder<AuditValues | null>;
    readonly after: ColumnBuilder<AuditValues | null>;
    readonly details: ColumnBuilder<AuditValues | null>;
};

export type AuditTable = AnyTable & {
    readonly [Key in keyof AuditColumns]: Table<string, AuditColumns>[Key];
};

export type AuditValue = boolean | number | string | null | readonly AuditValue[] | {
    readonly [key: string]: AuditValue;
};

export type AuditValues = Readonly<Record<string, AuditValue>>;

export function auditColumns(): AuditColumns;

export function auditLog<const Name extends string = "audit_log">(name?: Name): Table<Name, AuditColumns>;

// schema/bit-field

export interface BitFieldOptions<Flag extends string> {
    readonly flags: Readonly<Record<Flag, number>>;
}

export type Bits<Flag extends string = string> = bigint & {
    readonly [FLAGS]?: Flag;
};

const FLAGS: unique symbol;

export function bitField<const Flag extends string>(options: BitFieldOptions<Flag>): ColumnBuilder<Bits<Flag> | null>;

export function bitField<const Flag extends string>(name: string, options: BitFieldOptions<Flag>): ColumnBuilder<Bits<Flag> | null>;

// schema/change

interface AddCheck extends OfCheck {
    readonly kind: "addCheck";
}

interface AddColumn extends OfTable {
    readonly kind: "addColumn";
    readonly column: ColumnModel;
}

interface AddEnumValue {
    readonly kind: "addEnumValue";
    readonly type: EnumType;
    readonly value: string;
    readonly behind: string | undefined;
}

interface AddForeignKey extends OfForeignKey {
    readonly kind: "addForeignKey";
}

interface AddPrimaryKey extends OfKey {
    readonly kind: "addPrimaryKey";
}

interface AddUnique {
    readonly kind: "addUnique";
    readonly table: TableModel;
    readonly key: KeyModel;
}

interface AlterColumn extends OfTable {
    readonly kind: "alterColumn";
    readonly before: ColumnModel;
    readonly after: ColumnModel;
}

interface AlterEnum {
    readonly kind: "alterEnum";
    readonly before: EnumType;
    readonly after: EnumType;
    readonly renamed: readonly Renamed[];
    readonly isReplaced: boolean;
}

interface Backfill extends OfTable {
    readonly kind: "backfill";
    readonly column: ColumnModel;
    readonly value: DefaultModel;
}

type Change = AddCheck | AddColumn | AddEnumValue | AddForeignKey | AddPrimaryKey | AddUnique | AlterColumn | AlterEnum | Backfill | CopyRows | CreateEnum | CreateIndex | CreateSchema | CreateTable | CreateView | DropCheck | DropColumn | DropEnum | DropForeignKey | DropIndex | DropPrimaryKey | DropTable | DropUnique | DropView | RefreshView | RenameColumn | RenameConstraint | RenameEnum | RenameEnumValue | RenameIndex | RenameTable | ReplaceValue | SetComment;

interface CopiedColumn {
    readonly column: ColumnModel;
    readonly source: ColumnModel | undefined;
    readonly renamed: readonly Renamed[];
    readonly fallback: DefaultModel | undefined;
}

interface CopyRows extends Renamed {
    readonly kind: "copyRows";
    readonly columns: readonly CopiedColumn[];
    readonly hasCounter: boolean;
}

interface CreateEnum {
    readonly kind: "createEnum";
    readonly type: EnumType;
}

interface CreateIndex {
    readonly kind: "createIndex";
    readonly table: TableModel;
    readonly index: IndexModel;
}

interface CreateSchema {
    readonly kind: "createSchema";
    readonly name: string;
}

interface CreateTable {
    readonly kind: "createTable";
    readonly table: TableModel;
    readonly hasForeignKeys: boolean;
}

interface CreateView {
    readonly kind: "createView";
    readonly view: ViewModel;
}

interface DropCheck extends OfCheck {
    readonly kind: "dropCheck";
}

interface DropColumn extends OfTable {
    readonly kind: "dropColumn";
    readonly column: ColumnModel;
}

interface DropEnum {
    readonly kind: "dropEnum";
    readonly type: EnumType;
}

interface DropForeignKey extends OfForeignKey {
    readonly kind: "dropForeignKey";
}

interface DropIndex extends OfTable {
    readonly kind: "dropIndex";
    readonly index: IndexModel;
}

interface DropPrimaryKey extends OfKey {
    readonly kind: "dropPrimaryKey";
}

interface DropTable extends OfTable {
    readonly kind: "dropTable";
    readonly isReplaced?: boolean;
    readonly fullTexts?: readonly IndexModel[];
}

interface DropUnique extends OfKey {
    readonly kind: "dropUnique";
}

interface DropView {
    readonly kind: "dropView";
    readonly name: string;
    readonly schema?: string | undefined;
    readonly isMaterialized: boolean;
}

interface OfCheck extends OfTable {
    readonly check: CheckModel;
}

interface OfForeignKey extends OfTable {
    readonly foreignKey: ForeignKeyModel;
}

interface OfKey extends OfTable {
    readonly key: KeyModel;
}

interface OfTable {
    readonly schema?: string | undefined;
    readonly table: string;
}

interface RefreshView {
    readonly kind: "refreshView";
    readonly name: string;
    readonly schema?: string | undefined;
    readonly isConcurrent: boolean;
}

interface RenameColumn extends OfTable, Renamed {
    readonly kind: "renameColumn";
}

interface RenameConstraint extends OfTable, Renamed {
    readonly kind: "renameConstraint";
    readonly of: "check" | "foreignKey" | "primaryKey" | "unique";
}

interface RenameEnum extends Renamed {
    readonly kind: "renameEnum";
    readonly type: EnumType;
}

interface RenameEnumValue extends Renamed {
    readonly kind: "renameEnumValue";
    readonly type: EnumType;
}

interface RenameIndex extends OfTable, Renamed {
    readonly kind: "renameIndex";
}

interface RenameTable extends Renamed {
    readonly kind: "renameTable";
    readonly schema?: string | undefined;
    readonly toSchema?: string | undefined;
    readonly replacing?: string;
}

interface Renamed {
    readonly from: string;
    readonly to: string;
}

interface ReplaceValue extends OfTable, Renamed {
    readonly kind: "replaceValue";
    readonly column: string;
}

interface SetComment extends OfTable {
    readonly kind: "setComment";
    readonly on: "materialized view" | "table" | "view";
    readonly column: string | undefined;
    readonly comment: string | undefined;
}

// schema/column

type AnyColumnBuilder = ColumnBuilder<unknown, ColumnTrait>;

export class Column<From extends string, Value> extends ColumnNode<Value, From> {
    readonly source: Source;
    readonly key: string;
    readonly givenName: string | undefined;
    readonly type: LogicalType;
    readonly nullable: boolean;
    readonly spec: ColumnSpec;
    constructor(source: Source, key: string, spec: ColumnSpec);
}

export class ColumnBuilder<Value, Trait extends ColumnTrait = never> {
    readonly "~value": Value;
    readonly "~trait": Trait;
    readonly spec: ColumnSpec;
    constructor(spec: ColumnSpec);
    notNull(): ColumnBuilder<Value & {}, Trait>;
    primaryKey(): ColumnBuilder<Value & {}, Trait | "key">;
    unique(options?: UniqueOptions | string): ColumnBuilder<Value, Trait>;
    caseInsensitive(): ColumnBuilder<Value, Trait>;
    collate(name: string | StorageSettings): ColumnBuilder<Value, Trait>;
    encrypted(options: EncryptedOptions & {
        readonly deterministic: true;
    }): ColumnBuilder<Value, Trait | "lookup">;
    encrypted(options?: EncryptedOptions): ColumnBuilder<Value, Trait | "sealed">;
    autoIncrement(options: IdentityOptions & {
        readonly always: true;
    }): ColumnBuilder<Value & {}, Trait | "default" | "generated">;
    autoIncrement(options?: IdentityOptions): ColumnBuilder<Value & {}, Trait | "default">;
    default(value: (Value & {}) | FragmentNode<unknown>): ColumnBuilder<Value, Trait | "default">;
    defaultNow(): ColumnBuilder<Value, Trait | "default">;
    defaultRandom(): ColumnBuilder<Value, Trait | "default">;
    $default(make: () => Value & {}): ColumnBuilder<Value, Trait | "default">;
    generatedAs(make: () => any, options?: GeneratedOptions): ColumnBuilder<Value, Trait | "generated">;
    scope(name: string, make?: (column: Expression<Value>, value: Expression<Value & {}>) => Condition): ColumnBuilder<Value, Trait | "default">;
    comment(text: string): ColumnBuilder<Value, Trait>;
    $type<Narrow extends Value & {}>(): ColumnBuilder<Narrow | (null extends Value ? null : never), Trait>;
    references(target: () => any, options?: ReferenceOptions): ColumnBuilder<Value, Trait>;
}

interface ColumnSpec {
    readonly type: LogicalType;
    readonly givenName: string | undefined;
    readonly nullable: boolean;
    readonly isPrimaryKey: boolean;
    readonly unique: boolean | string;
    readonly isAutoIncrement: boolean;
    readonly identity?: IdentityOptions | undefined;
    readonly default: DefaultSpec | undefined;
    readonly clientDefault: (() => unknown) | undefined;
    readonly references: ReferenceSpec | undefined;
    readonly keeps?: "time" | "version" | undefined;
    readonly generated: GeneratedSpec | undefined;
    readonly comment?: string;
    readonly softDelete?: SoftDeleteSpec;
    readonly liveUnique?: boolean | string;
    readonly scope?: ColumnScope;
    readonly isNarrowed?: true;
}

type ColumnTrait = "default" | "generated" | "key" | "shown" | "softDelete" | "version" | "lookup" | "sealed";

type DefaultSpec = {
    readonly kind: "value";
    readonly value: unknown;
} | {
    readonly kind: "now";
} | {
    readonly kind: "random";
} | {
    readonly kind: "sql";
    readonly fragment: FragmentNode<unknown>;
};

interface GeneratedOptions {
    readonly stored?: boolean;
}

interface GeneratedSpec {
    readonly make: () => unknown;
    readonly isStored: boolean;
}

type ReferenceAction = "cascade" | "no action" | "restrict" | "set default" | "set null";

interface ReferenceOptions {
    readonly onDelete?: ReferenceAction;
    readonly onUpdate?: ReferenceAction;
    readonly name?: string | undefined;
}

interface ReferenceSpec extends ReferenceOptions {
    readonly target: () => unknown;
}

interface UniqueOptions {
    readonly name?: string | undefined;
    readonly among?: "all" | "live";
}

// schema/comment

export interface CommentSpec {
    readonly kind: "comment";
    readonly text: string;
}

export function comment(text: string): CommentSpec;

// schema/constraints

type AnyTableColumn = Column<string, unknown>;

export interface CheckSpec {
    readonly kind: "check";
    readonly name: string | undefined;
    readonly condition: AnyExpression;
}

type Columns = readonly [
    AnyTableColumn,
    ...AnyTableColumn[]
];

export interface ForeignKeyBuilder {
    on(...columns: Columns): {
        references(target: () => any, options?: Omit<ReferenceOptions, "name">): ForeignKeySpec;
    };
}

export interface ForeignKeySpec extends ReferenceOptions {
    readonly kind: "foreignKey";
    readonly columns: readonly AnyTableColumn[];
    readonly target: () => unknown;
}

export interface IndexBuilder {
    on(...terms: readonly [
        IndexTerm,
        ...IndexTerm[]
    ]): IndexSpec;
}

export interface PrimaryKeyBuilder {
    on(...columns: Columns): PrimaryKeySpec;
}

export interface PrimaryKeySpec {
    readonly kind: "primaryKey";
    readonly name: string | undefined;
    readonly columns: readonly AnyTableColumn[];
}

type TableExtra = CheckSpec | CommentSpec | ForeignKeySpec | FullTextSpec | IndexSpec | PrimaryKeySpec | ScopeSpec | UniqueSpec;

export interface UniqueBuilder {
    on(...columns: Columns): UniqueSpec;
}

export interface UniqueSpec {
    readonly kind: "unique";
    readonly name: string | undefined;
    readonly columns: readonly AnyTableColumn[];
    readonly isOfLive: boolean;
}

export function check(condition: Condition): CheckSpec;

export function check(name: string, condition: Condition): CheckSpec;

export function foreignKey(name?: string): ForeignKeyBuilder;

export function index(options?: UniqueOptions | string): IndexBuilder;

export function primaryKey(name?: string): PrimaryKeyBuilder;

export function unique(options?: UniqueOptions | string): UniqueBuilder;

export function uniqueIndex(options?: UniqueOptions | string): IndexBuilder;

// schema/custom-type

export interface CustomCodec<Value> {
    readonly encode: (value: Value) => StoredValue;
    readonly decode: (stored: StoredValue) => Value;
}

export interface CustomDatabase<Value> extends Partial<CustomCodec<Value>> {
    readonly type: string;
    readonly write?: string;
    readonly read?: string;
}

export type CustomTypeDeclaration<Value> = (name?: string) => ColumnBuilder<Value | null>;

export interface CustomTypeOptions<Value> extends CustomCodec<Value> {
    readonly name: string;
    readonly sqlite?: CustomDatabase<Value>;
    readonly postgres?: CustomDatabase<Value>;
    readonly mysql?: CustomDatabase<Value>;
}

export function customType<Value>(options: CustomTypeOptions<Value>): CustomTypeDeclaration<Value & {}>;

// schema/encrypted

type Asked<Value, Trait> = "sealed" extends Trait ? Sealed<Value & {}> | (Value & null) : "lookup" extends Trait ? SealedLookup<Value & {}> | (Value & null) : Value;

type Clear<Value> = Value extends Sealed<infer Own> ? Own : Value;

export interface EncryptedOptions {
    readonly deterministic?: boolean;
    readonly context?: string;
}

const LOOKUP: unique symbol;

type Lookup<Value> = Value extends SealedLookup<infer Own> ? Own : Value;

const SEALED: unique symbol;

interface Sealed<Value> {
    readonly [SEALED]: Value;
}

interface SealedLookup<Value> extends Sealed<Value> {
    readonly [LOOKUP]: true;
}

// schema/full-text

type AnyTableColumn = Column<string, unknown>;

export interface FullTextBuilder {
    on(...columns: readonly [
        TextColumn,
        ...TextColumn[]
    ]): FullTextSpec;
}

export interface FullTextOptions {
    readonly language?: string;
}

export interface FullTextSpec {
    readonly kind: "fullText";
    readonly name: string | undefined;
    readonly language: string;
    readonly columns: readonly AnyTableColumn[];
}

type TextColumn = Column<string, string | null>;

export function fullTextIndex(name?: string, options?: FullTextOptions): FullTextBuilder;

export function fullTextIndex(options: FullTextOptions): FullTextBuilder;

// schema/identity

export interface IdentityOptions {
    readonly always?: boolean;
    readonly start?: number;
    readonly increment?: number;
}

// schema/index-spec

type AnyTableColumn = Column<string, unknown>;

export type IndexMethod = "brin" | "btree" | "gin" | "gist" | "hash" | "spgist";

interface IndexParts {
    readonly name: string | undefined;
    readonly isUnique: boolean;
    readonly isOfLive?: boolean;
    readonly terms: readonly IndexTermSpec[];
    readonly condition?: AnyExpression;
    readonly method?: IndexMethod;
    readonly included?: readonly AnyTableColumn[];
}

export class IndexSpec {
    readonly kind = "index";
    readonly parts: IndexParts;
    constructor(parts: IndexParts);
    where(condition: Condition): IndexSpec;
    using(method: IndexMethod): IndexSpec;
    include(...included: readonly [
        AnyTableColumn,
        ...AnyTableColumn[]
    ]): IndexSpec;
}

type IndexTerm = AnyTableColumn | FragmentNode<unknown> | IndexTermSpec;

export interface IndexTermSpec extends Pick<OrderTerm, "direction" | "expression"> {
    readonly operatorClass?: string;
    readonly prefix?: number;
}

export function operatorClass(term: IndexTerm, name: string): IndexTermSpec;

export function prefixOf(column: AnyTableColumn, length: number): IndexTermSpec;

// schema/model

interface CheckModel {
    readonly name: string;
    readonly condition: SqlModel;
}

interface ColumnModel {
    readonly name: string;
    readonly type: LogicalType;
    readonly nullable: boolean;
    readonly isAutoIncrement: boolean;
    readonly identity?: IdentityOptions;
    readonly default: DefaultModel | undefined;
    readonly generated: GeneratedModel | undefined;
    readonly comment?: string;
}

type DefaultModel = {
    readonly kind: "value";
    readonly value: string | number | boolean;
} | {
    readonly kind: "now";
} | {
    readonly kind: "random";
} | {
    readonly kind: "sql";
    readonly text: string;
};

interface ForeignKeyModel extends KeyModel {
    readonly target: string;
    readonly targetSchema?: string;
    readonly targetColumns: readonly string[];
    readonly onDelete: ReferenceAction;
    readonly onUpdate: ReferenceAction;
}

interface GeneratedModel {
    readonly sql: SqlModel;
    readonly isStored: boolean;
}

interface IndexModel extends KeyModel {
    readonly isUnique: boolean;
    readonly terms: readonly IndexTermModel[];
    readonly where: SqlModel | undefined;
    readonly method?: Exclude<IndexMethod, "btree">;
    readonly included?: readonly string[];
    readonly fullText?: {
        readonly language: string;
    };
}

type IndexTermModel = ({
    readonly column: string;
    readonly isFolded?: true;
} | {
    readonly sql: SqlModel;
}) & {
    readonly direction: "asc" | "desc";
    readonly operatorClass?: string;
    readonly prefix?: number;
};

interface KeyModel {
    readonly name: string;
    readonly columns: readonly string[];
}

interface Model {
    readonly enums: readonly EnumType[];
    readonly tables: readonly TableModel[];
    readonly views?: readonly ViewModel[];
}

interface SharedNames {
    readonly checks: boolean;
    readonly foreignKeys: boolean;
    readonly indexes: boolean;
    readonly keys: boolean;
}

interface TableModel {
    readonly name: string;
    readonly schema?: string;
    readonly columns: readonly ColumnModel[];
    readonly primaryKey: KeyModel | undefined;
    readonly uniques: readonly KeyModel[];
    readonly indexes: readonly IndexModel[];
    readonly checks: readonly CheckModel[];
    readonly foreignKeys: readonly ForeignKeyModel[];
    readonly comment?: string;
}

interface ViewModel extends Pick<TableModel, "columns" | "comment" | "indexes" | "name" | "schema"> {
    readonly isMaterialized: boolean;
    readonly text: string;
    readonly reads: readonly {
        readonly name: string;
        readonly schema?: string;
    }[];
}

// schema/naming

export type NameStyle = "as-is" | "camelCase" | "PascalCase" | "snake_case";

interface Names {
    table(name: string): string;
    column(column: {
        readonly key: string;
        readonly givenName: string | undefined;
    }): string;
}

export interface Naming {
    readonly tables?: NameStyle | ((name: string) => string);
    readonly columns?: NameStyle | ((key: string) => string);
}

// schema/relation

type AnyColumns = AnyTableColumn | readonly [
    AnyTableColumn,
    ...AnyTableColumn[]
];

type AnyRelationDraft = RelationDraft<AnyTable, RelationKind>;

type CheckedRelations<Tables extends TableMap, R> = {
    readonly [Key in keyof R]: Key extends keyof Tables ? {
        readonly [Name in keyof R[Key]]: Name extends keyof ColumnsOf<Tables[Key]> ? `'${Key & string}' has a column '${Name & string}' already` : R[Key][Name];
    } : `The schema has no table '${Key & string}'`;
};

export interface Hop {
    readonly table: AnyTable;
    readonly from?: AnyColumns;
    readonly to?: AnyColumns;
}

interface ManyOptions {
    readonly on?: AnyColumns;
    readonly from?: AnyColumns;
    readonly to?: AnyColumns;
    readonly through?: Through;
    readonly where?: Condition;
}

type OneKind<Target extends AnyTable, On, Loose> = [
    Loose
] extends [
    never
] ? [
    On
] extends [
    never
] ? "one" : OneOfColumns<On> extends Column<infer From, infer Value> ? null extends Value ? "optional" : From extends NameOf<Target> ? "back" : "one" : never : "optional";

type OneOfColumns<On> = On extends readonly (infer Of)[] ? Of : On;

interface OneOptions<On, From, Via, Where> {
    readonly on?: On;
    readonly from?: From;
    readonly to?: AnyColumns;
    readonly through?: Via;
    readonly where?: Where;
}

export interface Relate {
    one<T extends AnyTable, const On extends AnyColumns = never, From extends AnyColumns = never, Via extends Through = never, Where extends Condition = never>(table: T, options?: OneOptions<On, From, Via, Where>): RelationDraft<T, OneKind<T, On, From | Via | Where>>;
    many<T extends AnyTable>(table: T, options?: ManyOptions): RelationDraft<T, "many">;
}

export class Relation<Owner extends AnyTable = AnyTable, Target extends AnyTable = AnyTable, Kind extends RelationKind = RelationKind, Name extends string = string> {
    readonly "~owner": Owner;
    readonly "~target": Target;
    readonly "~kind": Kind;
    readonly name: Name;
    readonly owner: TableInfo;
    readonly target: TableInfo;
    readonly table: Target;
    readonly cardinality: "many" | "one";
    readonly isOptional: boolean;
    readonly steps: readonly RelationStep[];
    readonly isDistinct: boolean;
    readonly ownerWhere: Condition | undefined;
    readonly where: Condition | undefined;
    constructor(parts: RelationParts);
    of(table: (AliasOf<NameOf<Owner>> & AnyTable) | Owner): Relation<Owner, Target, Kind, Name>;
}

export class RelationDraft<Target extends AnyTable, Kind extends RelationKind> {
    readonly "~kind": Kind;
    readonly cardinality: "many" | "one";
    readonly target: Target;
    readonly options: RelationOptions;
    constructor(cardinality: "many" | "one", target: Target, options: RelationOptions);
}

type RelationDrafts = Readonly<Record<string, Readonly<Record<string, AnyRelationDraft>>>>;

export type RelationKind = "back" | "many" | "one" | "optional";

interface RelationOptions {
    readonly on?: AnyColumns;
    readonly from?: AnyColumns;
    readonly to?: AnyColumns;
    readonly through?: Through;
    readonly where?: Condition;
}

interface RelationParts {
    readonly name: string;
    readonly owner: TableInfo;
    readonly target: TableInfo;
    readonly table: AnyTable;
    readonly cardinality: "many" | "one";
    readonly isOptional: boolean;
    readonly steps: readonly RelationStep[];
    readonly isDistinct: boolean;
    readonly ownerWhere: Condition | undefined;
    readonly where: Condition | undefined;
}

export interface RelationStep {
    readonly table: TableInfo;
    readonly from: readonly AnyTableColumn[];
    readonly to: readonly AnyTableColumn[];
    readonly key: "from" | "to" | undefined;
}

type RelationsByName<Tables extends TableMap, R> = {
    readonly [Key in keyof Tables as NameOf<Tables[Key]>]: Key extends keyof R ? R[Key] : {};
};

export type SchemaRelations<Tables extends TableMap, R> = {
    readonly [Key in keyof R & keyof Tables]: {
        readonly [Name in keyof R[Key]]: R[Key][Name] extends RelationDraft<infer Target, infer Kind> ? Relation<Tables[Key], Target, Kind, Name & string> : never;
    };
};

type TableMap = Readonly<Record<string, AnyTable>>;

export type Through = AnyTable | Hop | readonly [
    AnyTable | Hop,
    ...(AnyTable | Hop)[]
];

// schema/row-scope

interface ColumnScope {
    readonly name: string;
    readonly make: ((column: AnyExpression, value: AnyExpression) => AnyExpression) | undefined;
}

interface SoftDeleteSpec {
    readonly by: string | undefined;
    readonly deletion: string | undefined;
    readonly isHiding: boolean;
}

// schema/schema

export interface AnySchema extends DeclaredTables {
    readonly relations: object;
    readonly "~relations": object;
}

interface DeclaredTables<Tables extends TableMap = TableMap> {
    readonly tables: Tables;
    readonly views: Readonly<Record<string, AnyView>>;
}

export interface Schema<Tables extends TableMap = TableMap, R = {}> extends DeclaredTables<Tables> {
    readonly relations: SchemaRelations<Tables, R>;
    readonly "~relations": RelationsByName<Tables, R>;
}

type TableMap = Readonly<Record<string, AnyTable>>;

type WithoutViews<Tables extends TableMap> = [
    Extract<Tables[keyof Tables], AnyView>
] extends [
    never
] ? Tables : {
    readonly [Key in keyof Tables as Tables[Key] extends AnyView ? never : Key]: Tables[Key];
};

export function defineSchema<const Given extends TableMap, const R extends RelationDrafts>(given: Given, relations: (r: Relate) => R extends CheckedRelations<Given, R> ? R : CheckedRelations<Given, R>): Schema<WithoutViews<Given>, R>;

export function defineSchema<const Given extends TableMap>(given: Given): Schema<WithoutViews<Given>>;

// schema/scope

export interface ScopeBuilder {
    where(condition: Condition): ScopeSpec;
}

interface ScopeSpec {
    readonly kind: "scope";
    readonly name: string;
    readonly condition: AnyExpression;
}

export function scope(name: string): ScopeBuilder;

// schema/soft-delete

type AnyTableColumn = Column<string, unknown>;

type DeletionKey<Deletion extends boolean | string> = Deletion extends string ? Deletion : Deletion extends true ? "deletionId" : never;

interface SoftDelete {
    readonly at: AnyTableColumn;
    readonly by: AnyTableColumn | undefined;
    readonly deletion: AnyTableColumn | undefined;
    readonly isHiding: boolean;
}

export type SoftDeleteColumns<Key extends string, By extends Readonly<Record<string, AnyColumnBuilder>> | string, Deletion extends boolean | string, Shown extends "off" | "on" = "on"> = {
    [Name in Key]: ColumnBuilder<Date | null, "softDelete" | ("off" extends Shown ? "shown" : never)>;
} & ([
    By
] extends [
    never
] ? unknown : By extends string ? {
    [Name in By]: ColumnBuilder<string | null>;
} : By) & {
    [Name in DeletionKey<Deletion>]: ColumnBuilder<string | null>;
};

export interface SoftDeleteOptions<Key extends string = string, By extends Readonly<Record<string, AnyColumnBuilder>> | string = Readonly<Record<string, AnyColumnBuilder>> | string, Deletion extends boolean | string = boolean | string, Shown extends "off" | "on" = "off" | "on"> extends Pick<TimestampOptions, "precision" | "storage"> {
    readonly column?: Key;
    readonly by?: By;
    readonly scope?: Shown;
    readonly cascade?: Deletion;
}

export function softDelete<const Key extends string = "deletedAt", const By extends Readonly<Record<string, AnyColumnBuilder>> | string = never, const Deletion extends boolean | string = false, const Shown extends "off" | "on" = "on">(options?: SoftDeleteOptions<Key, By, Deletion, Shown>): SoftDeleteColumns<Key, By, Deletion, Shown>;

// schema/sql-model

type LiteralModel = string | number | boolean;

type SqlArgumentModel = SqlCallModel | {
    readonly column: string;
    readonly type: LogicalType;
    readonly nullable: boolean;
} | {
    readonly value: LiteralModel;
    readonly type: LogicalType;
} | {
    readonly path: readonly (number | string)[];
};

interface SqlCallModel {
    readonly call: FunctionName;
    readonly arguments: readonly SqlArgumentModel[];
    readonly type: LogicalType;
    readonly option?: string;
}

type SqlModel = readonly SqlPartModel[];

type SqlPartModel = string | {
    readonly column: string;
} | SqlCallModel | {
    readonly value: LiteralModel;
    readonly type: LogicalType | undefined;
};

// schema/table

const ALIASED: unique symbol;

export type Alias<Own extends string, Name extends string, Columns extends ColumnMap> = AliasOf<Own> & Table<Name, Columns>;

interface AliasOf<Own extends string> {
    readonly [ALIASED]: Own;
}

type AnyMaterializedView = TableBase<string, any> & {
    readonly [WRITES]: "never to a materialized view";
};

export type AnyTable = TableBase<string, any>;

type AnyTableColumn = Column<string, unknown>;

type AnyView = AnyMaterializedView | (TableBase<string, any> & {
    readonly [WRITES]: "never to a view";
});

const COLUMNS: unique symbol;

type ColumnMap = Readonly<Record<string, AnyColumnBuilder>>;

type ColumnsOf<T extends AnyTable> = T[typeof COLUMNS];

type Flat<T> = {
    [Key in keyof T]: T[Key];
} & {};

type GeneratedKey<Columns extends ColumnMap> = {
    [Key in keyof Columns]: "generated" extends Columns[Key]["~trait"] ? Key : never;
}[keyof Columns];

type HidesRows<T extends AnyTable> = "softDelete" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"] ? "shown" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"] ? false : true : false;

type IfSoft<T extends AnyTable, Then = T> = "softDelete" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"] ? Then : `'${NameOf<T>}' has no softDelete()`;

interface InsertedColumns {
    readonly columns: readonly AnyTableColumn[];
    cellsOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] | undefined;
}

type IsUnion<T, All = T> = T extends unknown ? ([
    All
] extends [
    T
] ? false : true) : never;

type KeyColumn<Columns extends ColumnMap> = {
    [Key in keyof Columns]: "key" extends Columns[Key]["~trait"] ? Key : never;
}[keyof Columns];

type KeyNameOf<T extends AnyTable> = KeyColumn<ColumnsOf<T>>;

export type KeyOf<T extends AnyTable> = KeyOfColumns<ColumnsOf<T>, KeyColumn<ColumnsOf<T>>>;

type KeyOfColumns<Columns extends ColumnMap, Keys extends keyof Columns> = [
    Keys
] extends [
    never
] ? never : IsUnion<Keys> extends true ? {
    [Key in Keys]: Columns[Key]["~value"];
} : Columns[Keys]["~value"];

type MakeExtras = (own?: AnyTable) => readonly TableExtra[];

export type MaterializedView<Name extends string = string, Columns extends ColumnMap = ColumnMap> = Table<Name, Columns> & {
    readonly [WRITES]: "never to a materialized view";
};

const NAME: unique symbol;

type NameOf<T extends AnyTable> = T[typeof NAME];

type NewRow<Columns extends ColumnMap> = Flat<{
    -readonly [Key in Exclude<keyof Columns, OptionalKey<Columns>>]: Columns[Key]["~value"];
} & {
    -readonly [Key in Exclude<OptionalKey<Columns>, GeneratedKey<Columns>>]?: Columns[Key]["~value"];
}>;

export type NewRowOf<T extends AnyTable> = WithoutGenerated<ColumnsOf<T>, NewRow<ColumnsOf<T>>>;

type OptionalKey<Columns extends ColumnMap> = {
    [Key in keyof Columns]: null extends Columns[Key]["~value"] ? Key : "default" extends Columns[Key]["~trait"] ? Key : never;
}[keyof Columns];

type Row<Columns extends ColumnMap> = {
    -readonly [Key in keyof Columns]: Columns[Key]["~value"];
} & {};

export type RowOf<T extends AnyTable> = Row<ColumnsOf<T>>;

const TABLE: unique symbol;

export type Table<Name extends string = string, Columns extends ColumnMap = ColumnMap> = TableBase<Name, Columns> & {
    readonly [Key in keyof Columns]: Column<Name, Asked<Columns[Key]["~value"], Columns[Key]["~trait"]>>;
};

interface TableBase<Name extends string, Columns> {
    readonly [TABLE]: TableInfo;
    readonly [COLUMNS]: Columns;
    readonly [NAME]: Name;
}

class TableInfo implements Source {
    #private;
    readonly table: string;
    readonly alias: string | undefined;
    readonly schema: string | undefined;
    readonly view: ViewSpec | undefined;
    readonly isView: boolean;
    readonly columns: readonly AnyTableColumn[];
    readonly primaryKey: readonly AnyTableColumn[];
    readonly kept: readonly AnyTableColumn[];
    readonly scoped: readonly AnyTableColumn[];
    readonly counted: AnyTableColumn | undefined;
    readonly made: readonly AnyTableColumn[];
    readonly hasInheritedKeys: boolean;
    readonly softDelete: SoftDelete | undefined;
    lastInserted: InsertedColumns | undefined;
    lastSet: readonly AnyTableColumn[];
    constructor(table: string, alias: string | undefined, specs: readonly (readonly [
        string,
        ColumnSpec
    ])[], makeExtras: MakeExtras | undefined, schema?: string, view?: ViewSpec);
    column(key: string): AnyTableColumn | undefined;
    get extras(): readonly TableExtra[];
    get scopes(): readonly SourceScope[];
    get inserted(): TableInfo;
    aliased(alias: string): AnyTable;
}

type UpdatableOf<T extends AnyTable> = "version" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"] ? Flat<Omit<WritableOf<T>, VersionKey<ColumnsOf<T>>>> : WritableOf<T>;

type VersionKey<Columns extends ColumnMap> = {
    [Key in keyof Columns]: "version" extends Columns[Key]["~trait"] ? Key : never;
}[keyof Columns];

type VersionOf<T extends AnyTable> = "version" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"] ? number : never;

export type View<Name extends string = string, Columns extends ColumnMap = ColumnMap> = Table<Name, Columns> & {
    readonly [WRITES]: "never to a view";
};

interface ViewSpec {
    readonly isMaterialized: boolean;
    readonly query: FragmentNode<unknown, string> | SelectStatement | undefined;
}

const WRITES: unique symbol;

type WithoutGenerated<Columns extends ColumnMap, Shape> = "generated" extends Columns[keyof Columns]["~trait"] ? Flat<Omit<Shape, GeneratedKey<Columns>>> : Shape;

type WritableOf<T extends AnyTable> = WithoutGenerated<ColumnsOf<T>, RowOf<T>>;

type WritableTable = AnyTable & {
    readonly [WRITES]?: "to tables alone";
};

export function alias<Own extends string, Columns extends ColumnMap, const Name extends string>(table: TableBase<Own, Columns>, name: Name): Alias<Own, Name, Columns>;

export function table<const Name extends string, Columns extends ColumnMap>(name: Name, columns: Columns, extras?: (table: Table<Name, Columns>) => readonly TableExtra[]): Table<Name, Columns>;

// schema/timestamps

export type TimestampColumns<Created extends string | false, Updated extends string | false, Nullable extends boolean> = {
    [Key in Exclude<Created | Updated, false>]: ColumnBuilder<Nullable extends true ? Date | null : Date, "default">;
};

export interface TimestampsOptions<Created extends string | false = string | false, Updated extends string | false = string | false, Nullable extends boolean = boolean> extends Pick<TimestampOptions, "precision" | "storage"> {
    readonly created?: Created;
    readonly updated?: Updated;
    readonly nullable?: Nullable;
}

export function timestamps<const Created extends string | false = "createdAt", const Updated extends string | false = "updatedAt", const Nullable extends boolean = false>(options?: TimestampsOptions<Created, Updated, Nullable>): TimestampColumns<Created, Updated, Nullable>;

// schema/types

interface BigintOptions<Mode extends "bigint" | "number" = "bigint" | "number"> {
    readonly mode?: Mode;
    readonly storage?: StorageSettings & {
        readonly mysql?: "bigint unsigned" | "int unsigned";
    };
}

interface BytesOptions {
    readonly length?: number;
}

interface DecimalOptions {
    readonly precision: number;
    readonly scale?: number;
    readonly storage?: StorageSettings & {
        readonly sqlite?: "real";
    };
}

export interface EnumDeclaration<Value extends string> {
    (name?: string): ColumnBuilder<Value | null>;
    readonly values: readonly Value[];
}

export interface EnumOptions {
    readonly storage?: StorageSettings & {
        readonly postgres?: "text";
    };
}

export type Instant = typeof globalThis extends {
    Temporal: {
        Instant: {
            prototype: infer Known;
        };
    };
} ? Known : TemporalInstant;

interface IntegerOptions {
    readonly storage?: StorageSettings & {
        readonly mysql?: "mediumint" | "mediumint unsigned" | "smallint unsigned";
    };
}

interface SmallintOptions {
    readonly storage?: StorageSettings & {
        readonly mysql?: "tinyint" | "tinyint unsigned";
    };
}

interface TextOptions {
    readonly storage?: StorageSettings & {
        readonly mysql?: "mediumtext" | "text" | "tinytext";
        readonly postgres?: "varchar";
    };
}

interface TimeOptions {
    readonly precision?: number;
}

type TimestampMode = "date" | "string" | "temporal";

interface TimestampOptions<Mode extends TimestampMode = TimestampMode> {
    readonly precision?: number;
    readonly mode?: Mode;
    readonly storage?: StorageSettings & {
        readonly sqlite?: "iso" | "milliseconds" | "seconds" | "sql";
        readonly postgres?: "milliseconds" | "seconds" | "timestamp";
        readonly mysql?: "milliseconds" | "seconds" | "timestamp";
    };
}

interface UuidOptions {
    readonly storage?: StorageSettings & {
        readonly sqlite?: "blob";
        readonly postgres?: "text";
        readonly mysql?: "binary" | "text";
    };
}

interface VarcharOptions {
    readonly length: number;
}

export function bigint(name?: string, options?: BigintOptions<"bigint">): ColumnBuilder<bigint | null>;

export function bigint(options: BigintOptions<"bigint">): ColumnBuilder<bigint | null>;

export function bigint(name: string, options: BigintOptions & {
    readonly mode: "number";
}): ColumnBuilder<number | null>;

export function bigint(options: BigintOptions & {
    readonly mode: "number";
}): ColumnBuilder<number | null>;

export function boolean(name?: string): ColumnBuilder<boolean | null>;

export function bytes(name?: string, options?: BytesOptions): ColumnBuilder<Uint8Array | null>;

export function bytes(options: BytesOptions): ColumnBuilder<Uint8Array | null>;

export function date(name?: string): ColumnBuilder<string | null>;

export function decimal(options: DecimalOptions): ColumnBuilder<string | null>;

export function decimal(name: string, options: DecimalOptions): ColumnBuilder<string | null>;

export function double(name?: string): ColumnBuilder<number | null>;

export function enumType<const Value extends string>(name: string, values: readonly [
    Value,
    ...Value[]
], options?: EnumOptions): EnumDeclaration<Value>;

export function integer(name?: string, options?: IntegerOptions): ColumnBuilder<number | null>;

export function integer(options: IntegerOptions): ColumnBuilder<number | null>;

export function json<Value = unknown>(name?: string): ColumnBuilder<Value | null>;

export function real(name?: string): ColumnBuilder<number | null>;

export function smallint(name?: string, options?: SmallintOptions): ColumnBuilder<number | null>;

export function smallint(options: SmallintOptions): ColumnBuilder<number | null>;

export function text(name?: string, options?: TextOptions): ColumnBuilder<string | null>;

export function text(options: TextOptions): ColumnBuilder<string | null>;

export function time(name?: string, options?: TimeOptions): ColumnBuilder<string | null>;

export function time(options: TimeOptions): ColumnBuilder<string | null>;

export function timestamp(name?: string, options?: TimestampOptions<"date">): ColumnBuilder<Date | null>;

export function timestamp(options: TimestampOptions<"date">): ColumnBuilder<Date | null>;

export function timestamp(name: string, options: TimestampOptions & {
    readonly mode: "string";
}): ColumnBuilder<string | null>;

export function timestamp(options: TimestampOptions & {
    readonly mode: "string";
}): ColumnBuilder<string | null>;

export function timestamp(name: string, options: TimestampOptions & {
    readonly mode: "temporal";
}): ColumnBuilder<Instant | null>;

export function timestamp(options: TimestampOptions & {
    readonly mode: "temporal";
}): ColumnBuilder<Instant | null>;

export function uuid(name?: string, options?: UuidOptions): ColumnBuilder<string | null>;

export function uuid(options: UuidOptions): ColumnBuilder<string | null>;

export function varchar(options: VarcharOptions): ColumnBuilder<string | null>;

export function varchar(name: string, options: VarcharOptions): ColumnBuilder<string | null>;

// schema/version

export function version(name?: string): ColumnBuilder<number, "default" | "version">;
