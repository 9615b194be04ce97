// The public face of plinth/testing: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// entry/testing

export const databaseTest: DatabaseTest;

// migrate/folder

type Folders = Readonly<Record<string, URL | string>> | URL | string;

// migrate/migration

type MigrationCode<Tx> = (tx: Tx, schema: SchemaWords) => Promise<void>;

interface RegisteredMigration<Tx> {
    readonly name: string;
    readonly up: MigrationCode<Tx> | string;
    readonly down?: MigrationCode<Tx> | string;
    readonly rebuild?: boolean;
}

// migrate/schema-words

interface AlterOptions<Before extends AnyTable, After extends AnyTable> extends BesideOptions {
    readonly renames?: {
        readonly [Key in KeysOf<Before>]?: KeysOf<After>;
    } & Readonly<Record<ValuePath, string>>;
    readonly drops?: readonly (KeysOf<Before> | ValuePath)[];
}

interface BesideOptions {
    readonly beside?: readonly AnyTable[];
}

type KeysOf<T extends AnyTable> = Extract<keyof ColumnsOf<T>, string>;

interface SchemaWords {
    createTable(table: AnyTable, options?: BesideOptions): Promise<void>;
    alterTable<Before extends AnyTable, After extends AnyTable>(before: Before, after: After, options?: AlterOptions<Before, After>): Promise<void>;
    dropTable(table: AnyTable, options?: BesideOptions): Promise<void>;
}

type ValuePath = `${string}.${string}`;

// testing/conformance/conformance

export function conformance(options: ConformanceOptions): void;

// testing/conformance/kit

export interface ConformanceOptions {
    readonly test: (name: string, run: () => Promise<void>) => unknown;
    readonly after: (run: () => Promise<void>) => unknown;
    readonly expect: Expect;
    readonly describe?: (name: string, define: () => void) => unknown;
    readonly connect: (url: string, options?: ConnectSettings) => Promise<Database>;
    readonly open: () => Promise<PrivateDatabase>;
    readonly untold?: readonly Untold[];
}

interface ConnectSettings {
    readonly schema?: AnySchema;
    readonly naming?: Naming;
    readonly ambientTransactions?: boolean;
    readonly cursorSecret?: string | readonly string[];
    readonly encryption?: EncryptionSettings;
    readonly hooks?: readonly TableHooks[];
    readonly audit?: AuditOptions;
    readonly queries?: Pick<CheckedQueries, "~checked">;
}

export type Expect = (actual: unknown, message?: string) => Matchers;

export interface Matchers {
    toBe(expected: unknown): void;
    toEqual(expected: unknown): void;
    toMatchObject(expected: object): void;
}

export interface PrivateDatabase {
    readonly url: string;
    drop(): Promise<void>;
}

export type Untold = `foreign key${"" | " of a parent"}: ${"columns" | "constraint" | "table"}` | "not null in SQL by hand: table";

// testing/database-test

export interface DatabaseSettings<S extends AnySchema = AnySchema> {
    readonly url?: string;
    readonly schema?: S;
    readonly migrations?: MigrationsOption;
    readonly naming?: Naming;
    readonly encryption?: EncryptionSettings;
    readonly queries?: Pick<CheckedQueries, "~checked">;
    readonly mode?: "private" | "rollback";
    readonly keepFailed?: boolean;
    readonly timeout?: number;
}

export interface DatabaseTest<Name extends string = never, S extends AnySchema = AnySchema> extends RegisterDatabaseTest<Name, S> {
    readonly only: RegisterDatabaseTest<Name, S>;
    readonly skip: RegisterDatabaseTest<Name, S>;
    extend<const Next extends string = never, Own extends AnySchema = S>(options: ExtendOptions<Next, Own>): DatabaseTest<Name | Next, Own>;
}

export type DatabaseTestBody<S extends AnySchema = AnySchema> = (context: DatabaseTestContext<S>) => Promise<void> | void;

export interface DatabaseTestOptions<Name extends string, S extends AnySchema = AnySchema> extends DatabaseSettings<S> {
    readonly fixtures?: readonly (FixtureSource | Name)[];
}

export interface ExtendOptions<Name extends string, S extends AnySchema = AnySchema> extends DatabaseSettings<S> {
    readonly fixtures?: Readonly<Record<Name, FixtureSource>>;
    readonly test?: TestFunction;
    readonly after?: AfterFunction;
}

interface RegisterDatabaseTest<Name extends string, S extends AnySchema = AnySchema> {
    (name: string, body: DatabaseTestBody<S>): void;
    <Own extends AnySchema = S>(name: string, options: DatabaseTestOptions<Name, Own>, body: DatabaseTestBody<NoInfer<Own>>): void;
}

// testing/factory

export class Factory<T extends WritableTable, Trait extends string> {
    #private;
    readonly table: T;
    constructor(table: T, recipe: Recipe, numbers: Numbers, used: readonly MakeTrait<WritableTable, unknown>[]);
    with(...traits: readonly Trait[]): Factory<T, Trait>;
    create(db: Executor, overrides?: FactoryOverrides<T>): Promise<RowOf<T>>;
    createMany(db: Executor, rowCount: number, overrides?: FactoryOverrides<T> | ((at: number) => FactoryOverrides<T>)): Promise<RowOf<T>[]>;
    build(overrides?: FactoryOverrides<T>): NewRowOf<T>;
}

export interface FactoryOptions<T extends WritableTable, Trait extends string, Faker> {
    readonly traits?: Readonly<Record<Trait, MakeTrait<T, Faker>>>;
    readonly faker?: Faker;
    readonly seed?: number;
}

export type FactoryOverrides<T extends WritableTable> = Partial<FactoryRow<T>>;

export type FactoryRow<T extends WritableTable> = Relating<NewRowOf<T>>;

export interface FactoryTools<Faker> {
    readonly number: number;
    readonly fake: Fake;
    readonly faker: Faker;
    related<T extends WritableTable>(factory: Pick<Factory<T, never>, "create" | "table">, overrides?: FactoryOverrides<T>): RelatedRow<NonNullable<RowOf<T>[KeyNameOf<T> & keyof RowOf<T>]>>;
}

type MakeRow<T extends WritableTable, Faker> = (tools: FactoryTools<Faker>) => FactoryRow<T>;

type MakeTrait<T extends WritableTable, Faker> = FactoryOverrides<T> | ((tools: FactoryTools<Faker>) => FactoryOverrides<T>);

class Numbers {
    #private;
    take(rowCount: number): number;
    takeIn(db: Executor, table: WritableTable, rowCount: number): Promise<number>;
}

interface Recipe {
    readonly make: (tools: FactoryTools<unknown>) => Row;
    readonly traits: Readonly<Record<string, MakeTrait<WritableTable, unknown>>>;
    readonly faker: unknown;
    readonly seed: number;
}

export class RelatedRow<Value> {
    readonly "~value": Value;
    readonly make: (db: Executor) => Promise<unknown>;
    constructor(make: (db: Executor) => Promise<unknown>);
}

type Relating<New> = {
    [Key in keyof New]: New[Key] | RelatedRow<NonNullable<New[Key]>>;
};

type Row = Readonly<Record<string, unknown>>;

export interface SeededFaker {
    seed(seed: number): unknown;
}

export function defineFactory<T extends WritableTable, const Trait extends string = never, Faker extends SeededFaker = never>(table: T, make: MakeRow<T, Faker>, options?: FactoryOptions<T, Trait, Faker>): Factory<T, Trait>;

// testing/fake

export class Fake {
    #private;
    constructor(seed: number);
    number({ min, max }?: {
        readonly min?: number;
        readonly max?: number;
    }): number;
    boolean(likelihood?: number): boolean;
    pick<const Item>(items: readonly [
        Item,
        ...Item[]
    ]): Item;
    pick<Item>(items: readonly Item[]): Item;
    uuid(): string;
    date({ from, to, }?: {
        readonly from?: Date;
        readonly to?: Date;
    }): Date;
    day(range?: {
        readonly from?: Date;
        readonly to?: Date;
    }): string;
    firstName(): string;
    lastName(): string;
    fullName(): string;
    email(): string;
    word(): string;
    sentence(wordCount?: number): string;
    paragraph(sentenceCount?: number): string;
}

// testing/fixture

export class Fixture<T extends WritableTable = WritableTable, out Name extends string = string> {
    #private;
    readonly "~name": Name;
    readonly table: T;
    readonly info: TableInfo;
    readonly rows: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
    constructor(table: T, makeRows: (refer: Refer<T, string>) => Rows<T, string>);
    ref<Key extends keyof RowOf<T> & string = KeyNameOf<T> & keyof RowOf<T> & string>(this: Fixture<T, Name>, name: Name, column?: Key): RowReference<NonNullable<RowOf<T>[Key]>>;
}

export type FixtureRow<T extends WritableTable> = Referring<NewRowOf<T>>;

type Refer<T extends WritableTable, Name extends string> = <Key extends keyof RowOf<T> & string = KeyNameOf<T> & keyof RowOf<T> & string>(name: Name, column?: Key) => RowReference<NonNullable<RowOf<T>[Key]>>;

type Referring<New> = {
    [Key in keyof New]: New[Key] | RowReference<NonNullable<New[Key]>>;
};

export class RowReference<Value> {
    readonly "~value": Value;
    readonly fixture: Fixture;
    readonly name: string;
    readonly column: string | undefined;
    constructor(fixture: Fixture, name: string, column: string | undefined);
}

type Rows<T extends WritableTable, Name extends string> = Readonly<Record<Name, FixtureRow<T>>>;

export function fixture<T extends WritableTable, const Name extends string>(table: T, rows: Readonly<Record<Name, FixtureRow<T>>> | ((ref: Refer<T, string>) => Readonly<Record<Name, FixtureRow<T>>>)): Fixture<T, Name>;

// testing/load-fixtures

export type RowFinder = <T extends WritableTable, Name extends string>(fixture: Fixture<T, Name>, name: NoInfer<Name>) => RowOf<T>;

export function loadFixtures(db: Executor, fixtures: readonly Fixture[]): Promise<RowFinder>;

// testing/template

export type FixtureSource = Fixture | URL | readonly Fixture[] | ((db: Database) => Promise<unknown>);

type MigrationsOption = Folders | readonly RegisteredMigration<Transaction>[];

// testing/test-databases

export interface DatabaseTestContext<S extends AnySchema = AnySchema> {
    readonly db: Database<S>;
    readonly url: string;
    readonly row: RowFinder;
}

// testing/test-function

export type AfterFunction = (run: () => Promise<void>) => unknown;

interface Register {
    (name: string, ...rest: any[]): unknown;
}

export interface TestFunction extends Register {
    readonly only: Register;
    readonly skip: Register;
}
