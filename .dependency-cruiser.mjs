import { bundledPackages, floors, optionalPackages } from "./scripts/gates/floors.ts";

const any = (/** @type {readonly string[]} */ words) => `(${words.join("|")})`;
const names = Object.keys(floors);
const tests = "[.]test[.]ts$";
const packagePath = (/** @type {readonly string[]} */ packages) =>
  `(^|/)node_modules/${any(packages)}/`;

/** Below oneself only: what is above, and the neighbours, are out of reach. */
const floorRules = names.map((name) => ({
  name: `floor-of-${name}`,
  comment: `${name}/ stands on floor ${floors[name]} and may import only from below it.`,
  severity: "error",
  from: { path: `^src/${name}/`, pathNot: tests },
  to: {
    path: `^src/${any(names.filter((other) => other !== name && floors[other] >= floors[name]))}/`,
    // The command line speaks to the databases through the main entry, as a program would.
    ...(name === "cli" ? { pathNot: "^src/entry/main[.]ts$" } : {}),
  },
}));

export default {
  forbidden: [
    ...floorRules,
    {
      name: "databases-are-strangers",
      comment:
        "What two databases share is standard and belongs in dialect/, or is a coincidence and is written twice.",
      severity: "error",
      from: { path: "^src/databases/([^/]+)/" },
      to: { path: "^src/databases/", pathNot: "^src/databases/$1/" },
    },
    {
      name: "tools-are-strangers",
      comment: "A tool does not lean on another tool.",
      severity: "error",
      from: { path: "^src/tools/([^/]+)/", pathNot: tests },
      to: { path: "^src/tools/[^/]+/", pathNot: "^src/tools/$1/" },
    },
    {
      name: "databases-only-from-entry",
      comment: "Nobody picks a database but entry/.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(databases|entry)/", tests] },
      to: { path: "^src/databases/" },
    },
    {
      name: "services-apart",
      comment: "The services and the database meet only in outbox/ and tools/doctor.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: ["^src/(services|outbox|tools/doctor|testing|entry|cli)/", tests],
      },
      to: { path: "^src/services/" },
    },
    {
      name: "no-circles",
      comment: "Circles of types count.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "optional-is-never-static",
      comment:
        "An optional package is reached by import() alone; its types, too, would be missing for who did not install it.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { path: packagePath(optionalPackages), dynamic: false },
    },
    {
      name: "optional-only-in-drivers",
      comment: "Only the files made for it load an optional package.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: [
          "/driver-[^/]+[.]ts$",
          "^src/files/s3[.]ts$",
          "^src/tools/check/",
          "^src/testing/",
          tests,
        ],
      },
      to: { path: packagePath(optionalPackages) },
    },
    {
      name: "no-other-package",
      comment:
        "What is shipped has no dependency; a package that is bundled is listed in scripts/gates/floors.ts.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: {
        path: "(^|/)node_modules/",
        pathNot: [
          packagePath([...bundledPackages, ...optionalPackages]),
          "(^|/)node_modules/@types/node/",
        ],
      },
    },
    {
      name: "nothing-outside-src",
      comment: "The sources import neither tests nor scripts.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { path: "^(test|scripts|examples|bench|dist)/" },
    },
    {
      name: "examples-are-users",
      comment: "An example imports what a user can import.",
      severity: "error",
      from: { path: "^examples/", pathNot: tests },
      to: { path: "^(src|test|scripts|dist)/", pathNot: "^src/entry/" },
    },
    {
      name: "resolvable",
      comment: "An import that leads nowhere is one that no other rule can judge.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".d.ts", ".json"],
    },
  },
};
