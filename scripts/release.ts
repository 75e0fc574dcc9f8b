// Makes a release: version, changelog, bill of materials, package.
//
//   npm run release -- 0.2.0              all of it in reports/release, and what npm would publish; nothing is changed
//   npm run release -- 0.2.0 --write      writes the version into package.json, package-lock.json, CITATION.cff, CHANGELOG.md
//
// Publishing stays a step of a person's: npm publish reports/release/addernet-rtl-VERSION.tgz
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The changelog with the unreleased part under a version and a day. Throws where there is nothing to release. */
export function released(changelog: string, version: string, day: string): string {
  const heading = /^## (?:Unreleased|\d+\.\d+\.\d+ - unreleased)$/im;
  const found = heading.exec(changelog);
  if (!found) throw new Error("CHANGELOG.md has no section of unreleased changes");
  const rest = changelog.slice(found.index + found[0].length);
  const end = /^## /m.exec(rest)?.index ?? rest.length;
  if (!/^- /m.test(rest.slice(0, end))) throw new Error("CHANGELOG.md lists no unreleased changes");
  return changelog.replace(heading, `## ${version} - ${day}`);
}

/** The part of a changelog under a version. */
export function notes(changelog: string, version: string): string {
  const at = changelog.indexOf(`## ${version} `);
  const rest = changelog.slice(changelog.indexOf("\n", at) + 1);
  return rest.slice(0, /^## /m.exec(rest)?.index ?? rest.length).trim();
}

/** Whether `next` follows `now` in the sense of semantic versioning; the same version may be released first. */
export function follows(next: string, now: string): boolean {
  const parts = (v: string) => /^(\d+)\.(\d+)\.(\d+)$/.exec(v)?.slice(1).map(Number);
  const [a, b] = [parts(next), parts(now)];
  if (!a || !b) return false;
  const at = a.findIndex((v, i) => v !== b[i]);
  return at < 0 || (a[at]! > b[at]! && a.slice(at + 1).every((v) => v === 0));
}

function main(): void {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { write: { type: "boolean" } } });
  const [version] = positionals;
  const npm = (args: readonly string[], cwd: string) =>
    execFileSync("npm", [...args, "--loglevel=error"], { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  if (!version || !follows(version, manifest.version))
    throw new Error(`usage: npm run release -- VERSION [--write]; VERSION follows ${manifest.version}`);
  if (execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" }).trim())
    throw new Error("the clone has changes that are not committed");

  const out = join(root, "reports/release");
  const copy = join(out, "package");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const f of execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean))
    cpSync(join(root, f), join(copy, f), { recursive: true, verbatimSymlinks: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

  const day = new Date().toISOString().slice(0, 10);
  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(join(copy, file), change(readFileSync(join(copy, file), "utf8")));
  for (const file of ["package.json", "package-lock.json"])
    edit(file, (t) =>
      t.replaceAll(/^( {2}|(?: {6}))"version": "[^"]*"/gm, (line, pad, at: number) =>
        // The package's own: at the top, and in the lock's entry of the root.
        at < 300 ? `${pad}"version": "${version}"` : line,
      ),
    );
  edit("CITATION.cff", (t) => t.replace(/^version: .*$/m, `version: ${version}`));
  edit("CHANGELOG.md", (t) => released(t, version, day));

  writeFileSync(join(out, "notes.md"), `${notes(readFileSync(join(copy, "CHANGELOG.md"), "utf8"), version)}\n`);
  const sbom = npm(["sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only"], copy);
  writeFileSync(join(out, `addernet-rtl-${version}.cdx.json`), sbom);
  npm(["pack", "--pack-destination", out], copy);
  npm(["publish", "--dry-run", "--ignore-scripts", join(out, `addernet-rtl-${version}.tgz`)], copy);
  if (values.write)
    for (const file of ["package.json", "package-lock.json", "CITATION.cff", "CHANGELOG.md"])
      cpSync(join(copy, file), join(root, file));
  rmSync(copy, { recursive: true, force: true });
  console.log(`reports/release: addernet-rtl-${version}.tgz, its bill of materials, notes.md`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
