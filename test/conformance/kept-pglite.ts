// Making an instance takes half a second of a core, and the suite wants hundreds: one that was closed is emptied and used again.
import { PGlite, protocol, type PGliteOptions } from "@electric-sql/pglite";

/** In one process nobody lets go of what the server's log has grown to. */
const MAX_USES = 20;

/** Leaves of a database what a new one has. */
const EMPTY = `do $$
  declare name text;
  begin
    for name in select extname from pg_extension where extname <> 'plpgsql' loop
      execute format('drop extension %I cascade', name);
    end loop;
    for name in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
      execute format('drop schema %I cascade', name);
    end loop;
    for name in select rolname from pg_roles where rolname !~ '^pg_' and rolname <> current_user loop
      execute format('drop owned by %I cascade', name);
      execute format('drop role %I', name);
    end loop;
    create schema public authorization pg_database_owner;
    grant usage on schema public to public;
    comment on schema public is 'standard public schema';
  end $$`;

interface Kept {
  readonly instance: PGlite;
  uses: number;
}

const free: Kept[] = [];

async function giveBack(kept: Kept): Promise<void> {
  try {
    if (kept.uses >= MAX_USES) throw new Error("It was used often enough.");
    for (const text of ["rollback", "discard all", EMPTY]) await kept.instance.exec(text);
    free.push(kept);
  } catch {
    await kept.instance.close();
  }
}

async function create(options: PGliteOptions): Promise<object> {
  const hasExtensions = Object.keys(options.extensions ?? {}).length > 0;
  const kept = (hasExtensions ? undefined : free.pop()) ?? {
    instance: await PGlite.create(options),
    uses: hasExtensions ? MAX_USES : 0,
  };
  kept.uses++;
  const { instance } = kept;
  return {
    execProtocolRawSync: instance.execProtocolRawSync.bind(instance),
    dumpDataDir: instance.dumpDataDir.bind(instance),
    close: () => giveBack(kept),
  };
}

/** Ends those that nobody uses. */
export async function closeKept(): Promise<void> {
  for (const { instance } of free.splice(0)) await instance.close();
}

/** Stands in the place of the package. */
export const keptPglite: object = { PGlite: Object.assign(() => {}, { create }), protocol };
