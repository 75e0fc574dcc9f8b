import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { chosenSimulators, SIMULATORS, simulatorChoices, simulatorFor, simulators } from "./simulators.ts";

const root = join(import.meta.dirname, "../..");

test("a choice of the command line is one simulator or all", () => {
  expect(chosenSimulators("all")).toEqual(Object.keys(SIMULATORS));
  for (const name of simulators) expect(chosenSimulators(name)).toEqual([name]);
  expect(simulatorChoices).toEqual([...simulators, "all"]);
  expect(() => chosenSimulators("xsim")).toThrow('no simulator "xsim"; there are verilator, icarus, all');
});

test("TB_SIM stands above what a bench asks for", () => {
  vi.stubEnv("TB_SIM", "");
  expect(simulators.map(simulatorFor)).toEqual(simulators);
  vi.stubEnv("TB_SIM", simulators[1]!);
  expect(simulators.map(simulatorFor)).toEqual(simulators.map(() => simulators[1]));
  vi.stubEnv("TB_SIM", "toString");
  expect(() => simulatorFor("verilator")).toThrow("TB_SIM=toString: it is one of verilator, icarus");
  vi.unstubAllEnvs();
});

test("no other file lists the simulators: another one is one entry", () => {
  const listing = ["generator", "golden", "testbench", "scripts", "bench"]
    .flatMap((d) => readdirSync(join(root, d), { recursive: true, encoding: "utf8" }).map((f) => join(d, f)))
    .filter((f) => f.endsWith(".ts") && f !== "testbench/lib/simulators.test.ts")
    .filter((f) => /"verilator"(,| \|) "icarus"|"icarus"(,| \|) "verilator"/.test(readFileSync(join(root, f), "utf8")));
  expect(listing).toEqual(["testbench/nets/cli.sim.test.ts"]);
});

test("the names cost nothing: no simulator's library is loaded for them", () => {
  const file = join(import.meta.dirname, "simulators.ts");
  const script = `import(${JSON.stringify(file)}).then(() => {
    const native = process.report.getReport().sharedObjects.filter((s) => /koffi/.test(s));
    console.log(JSON.stringify(native));
  })`;
  const loader = join(root, "node_modules/tsx/dist/esm/index.mjs");
  const said = execFileSync(process.execPath, ["--import", loader, "-e", script], { encoding: "utf8", cwd: root });
  expect(JSON.parse(said)).toEqual([]);
});
