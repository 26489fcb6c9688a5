/** Which folder of src may import which others; "types" means only what disappears when types are stripped. */
const mayImport = {
  incident: [],
  room: ["incident", "words"],
  chat: ["incident", "text"],
  journal: ["incident", "store", "proof"],
  crash: [],
  matrix: [],
  proof: [],
  text: [],
  words: ["incident", "chat", "text"],
  store: ["crash"],
  config: ["text"],
  program: [],
  archive: ["crash", "incident", "journal", "matrix", "program", "proof"],
};

/** Folders whose types, not code, may be imported besides. */
const mayImportTypes = { room: ["matrix"], chat: ["matrix"] };

/** The names of Matrix and their guards: whoever reads what people typed needs them. */
const names = "^src/matrix/ids[.]ts$";

/** @param {readonly string[]} folders */
const within = (folders) => `^src/(${folders.join("|")})/`;

const folderRules = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${allowed.length === 0 ? "no other folder" : allowed.join(", ")}.`,
  severity: "error",
  from: { path: within([folder]) },
  to: {
    path: "^src/",
    pathNot: within([folder, ...allowed, ...(mayImportTypes[folder] ?? [])]),
  },
}));

const typeRules = Object.entries(mayImportTypes).map(([folder, others]) => ({
  name: `${folder}-imports-types`,
  comment: `src/${folder} may import only types from ${others.join(", ")}.`,
  severity: "error",
  from: { path: within([folder]) },
  to: { path: within(others), pathNot: names, dependencyTypesNot: ["type-only"] },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...folderRules,
    ...typeRules,
    {
      name: "core-is-pure",
      comment:
        "The core has no clock, no randomness and no input or output: it imports nothing at all from outside.",
      severity: "error",
      from: { path: within(["incident"]) },
      to: { pathNot: "^src/incident/" },
    },
    {
      name: "service-imports",
      comment: "The service knows everyone but the command line and the demonstration.",
      severity: "error",
      from: { path: within(["service"]) },
      to: { path: "^src/(cli|demo)/|^src/(main|app)[.]ts$" },
    },
    {
      name: "no-cycles",
      comment: "Two files may know each other's types, but not each other's code.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "loaded-at-start",
      comment:
        "A running service opens no file of the program any more: the program may have been replaced. " +
        "So what is needed late is loaded at the start. Those named here are at work before it, or are no service.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: "^src/(main|cli/program|config/new-registration|store/store|program/keeping)[.]ts$",
      },
      to: { dynamic: true },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "packages-are-declared",
      comment:
        "What runs needs a dependency, not a development dependency or one that came along with another.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
