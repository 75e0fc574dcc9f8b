const { readFileSync } = require("node:fs");
const { join } = require("node:path");

// The arrows between the project's folders (see ARCHITECTURE.md); `npm run arrows` checks them.
// A test file may reach further than the file that it tests only where a rule says so.
const tests = "\\.test\\.ts$";

const stages = ["1-parse", "2-graph", "3-infer", "4-quantize", "5-schedule", "6-lower", "7-emit"];

const laterStages = stages.slice(0, -1).map((stage, index) => ({
  name: `${stage}-not-to-later-stage`,
  comment: "A stage works on what earlier stages gave; it knows nothing of later ones.",
  severity: "error",
  from: { path: `^generator/${stage}/`, pathNot: tests },
  to: { path: `^generator/(${stages.slice(index + 1).join("|")})/` },
}));

// A kind is a file that the registry of layers imports.
const registry = readFileSync(join(__dirname, "generator/layers/index.ts"), "utf8");
const kinds = [...registry.matchAll(/from "\.\/([\w-]+)\.ts"/g)]
  .map((found) => found[1])
  .filter((name) => name !== "define");

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Files that import each other cannot be read one at a time, types included.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolved",
      comment: "An import that leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^virtual:" },
    },
    ...laterStages,
    {
      name: "web-without-node",
      comment:
        "The compiler runs in a browser: nothing on the way from a network to its design and its report is Node's.",
      severity: "error",
      from: { path: "^web/app/" },
      to: {
        path: "^(node:)?(assert|buffer|child_process|cluster|crypto|fs|fs/promises|http|https|module|net|os|path|process|stream|url|util|v8|vm|worker_threads|zlib)$",
        reachable: true,
      },
    },
    {
      name: "stages-not-to-pipeline",
      comment: "cli -> design, compile -> stages, never back.",
      severity: "error",
      from: {
        path: "^generator/",
        pathNot: ["^generator/(cli/|verify/|compile\\.ts$|design\\.ts$|index\\.ts$)", tests],
      },
      to: { path: "^generator/(cli/|verify/|compile\\.ts$|index\\.ts$)" },
    },
    {
      name: "compile-not-to-cli",
      comment: "The compiler is a library first.",
      severity: "error",
      from: { path: "^generator/", pathNot: ["^generator/cli/", tests] },
      to: { path: "^generator/cli/" },
    },
    {
      name: "stages-not-to-device",
      comment:
        "The device wing (estimates, tools, board projects) works on what the stages made; data of boards lies below.",
      severity: "error",
      from: { path: "^generator/([1-7]-|layers/|ops/|ir/|cells/|diagnostics/|targets/)", pathNot: tests },
      to: { path: "^generator/device/" },
    },
    {
      name: "layers-not-to-stages",
      comment: "Stages ask layers, not the other way round.",
      severity: "error",
      from: { path: "^generator/(layers|ops|ir|cells|diagnostics|targets)/", pathNot: tests },
      to: { path: "^generator/[1-7]-" },
    },
    {
      name: "layer-not-to-layer",
      comment: "A layer kind stands alone; what kinds share lies beside their folders.",
      severity: "error",
      from: { path: "^generator/layers/([^/]+)/" },
      to: { path: "^generator/layers/[^/]+/", pathNot: "^generator/layers/$1/" },
    },
    {
      name: "kind-not-to-kind",
      comment: "The same for kinds that are single files.",
      severity: "error",
      from: { path: `^generator/layers/(${kinds.join("|")})\\.ts$` },
      to: { path: `^generator/layers/(${kinds.join("|")})\\.ts$` },
    },
    {
      name: "emit-not-to-graph",
      comment: "7-emit prints the hardware that 6-lower made; layers and the float graph are none of its business.",
      severity: "error",
      from: { path: "^generator/7-emit/", pathNot: tests },
      to: { path: "^generator/(layers/|ir/graph\\.ts$)" },
    },
    {
      name: "ir-stands-alone",
      comment:
        "The intermediate forms are types that depend on nothing else; nodes are schemas, from which types derive.",
      severity: "error",
      from: { path: "^generator/ir/", pathNot: tests },
      to: { pathNot: "^(generator/ir|node_modules/zod)/" },
    },
    {
      name: "generator-to-golden-arith",
      comment:
        "The compiler and the golden model share the definition of the arithmetic and nothing else; calibration also runs the float reference, and a report compares both.",
      severity: "error",
      from: {
        path: "^generator/",
        pathNot: [
          "^generator/(cli/|verify/|report/numbers\\.ts$|compile\\.ts$|design\\.ts$|index\\.ts$)",
          "^generator/4-quantize/",
          tests,
        ],
      },
      to: { path: "^golden/", pathNot: "^golden/arith/" },
    },
    {
      name: "quantize-to-golden-arith-and-float",
      comment: "Quantization knows the float reference; calibrate.ts runs it and the integer model.",
      severity: "error",
      from: { path: "^generator/4-quantize/", pathNot: ["^generator/4-quantize/calibrate\\.ts$", tests] },
      to: { path: "^golden/", pathNot: "^golden/(arith|float)(/|\\.ts$)" },
    },
    {
      name: "generator-not-to-users",
      comment:
        "Only the command line and the verifier start simulations; programs that must end with the process are one list, whoever starts them.",
      severity: "error",
      from: { path: "^generator/", pathNot: "^generator/(cli|verify|device/flow)/" },
      to: { path: "^(testbench|scripts|bench)/" },
    },
    {
      name: "device-flow-to-children",
      comment: "Synthesis starts programs as the bench library does, and takes nothing else of it.",
      severity: "error",
      from: { path: "^generator/device/flow/", pathNot: tests },
      to: { path: "^(testbench|scripts|bench)/", pathNot: "^testbench/lib/children\\.ts$" },
    },
    {
      name: "golden-not-to-generator",
      comment:
        "The golden model is independent of the compiler that it judges; its tests may read files with the compiler's readers.",
      severity: "error",
      from: { path: "^golden/", pathNot: tests },
      to: { path: "^generator/", pathNot: "^generator/ir/" },
    },
    {
      name: "golden-tests-to-files",
      comment: "Tests of the golden model may read files with the compiler's readers, no more.",
      severity: "error",
      from: { path: `^golden/.*${tests}` },
      to: { path: "^generator/", pathNot: "^generator/(ir|files)/" },
    },
    {
      name: "golden-types-only",
      comment: "What the golden model takes from the compiler are types.",
      severity: "error",
      from: { path: "^golden/" },
      to: { path: "^generator/ir/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "golden-not-to-users",
      comment: "testbench -> golden, never back.",
      severity: "error",
      from: { path: "^golden/" },
      to: { path: "^(testbench|scripts|bench)/" },
    },
    {
      name: "farm-stands-alone",
      comment: "Jobs are values with a name; what they mean is their planner's business.",
      severity: "error",
      from: { path: "^farm/" },
      to: { path: "^(generator|golden|testbench|scripts|bench)/" },
    },
    {
      name: "testbench-to-public-api",
      comment: "The testbench sees the compiler as a user does.",
      severity: "error",
      from: { path: "^testbench/" },
      to: { path: "^generator/", pathNot: "^generator/(index\\.ts$|ir/|verify/)" },
    },
    {
      name: "bench-library-stands-alone",
      comment: "The bench library serves any Verilog; it knows nothing of the compiler.",
      severity: "error",
      from: { path: "^testbench/lib/" },
      to: { path: "^(generator|golden)/" },
    },
    {
      name: "only-cli-touches-the-system",
      comment:
        "Reading, writing and starting programs is the command line's (templates.ts reads the cells, simulate.ts gives a simulator its files); the rest of the compiler maps values to values.",
      severity: "error",
      from: {
        path: "^generator/",
        pathNot: [
          "^generator/cli/",
          "^generator/device/flow/",
          "^generator/verify/simulate\\.ts$",
          "^generator/templates\\.ts$",
          tests,
        ],
      },
      to: { path: "^(node:)?(fs|fs/promises|process|child_process|cluster|worker_threads|net|http|https)$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node", "default"] },
  },
};
