import { defineSchema } from "plinth";
import { auditLogs, settings, systemRequests } from "./administration.ts";
import { alterGroups, subsystemMembers } from "./memberships.ts";
import { alters, groups, subsystems, systems } from "./systems.ts";
import { uploads } from "./uploads.ts";
import { users } from "./users.ts";

/** The eleven tables, declared once for every database. */
export const schema = defineSchema({
  users,
  systems,
  alters,
  groups,
  subsystems,
  uploads,
  auditLogs,
  settings,
  systemRequests,
  alterGroups,
  subsystemMembers,
});
