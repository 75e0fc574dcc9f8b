// The documentation site from README, docs/, the examples' pages and the docstrings: npm run docs
//
//   tsx scripts/site.ts [--pages]    --pages: gather the pages and stop
//
// Its tools live in site/ with a lock file of their own and are installed there without install scripts. The site is in
// site/dist, static files with a search that needs no server.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(import.meta.dirname);
const site = join(root, "site");

interface Section {
  readonly text: string;
  /** Pages by their files in the clone, in the order of the menu. */
  readonly pages: readonly string[];
}

const decisions = () =>
  readdirSync(join(root, "docs/decisions"))
    .filter((f) => f.endsWith(".md"))
    .sort()
    .map((f) => `docs/decisions/${f}`);
const examples = () =>
  readdirSync(join(root, "examples"))
    .map((f) => `examples/${f}/README.md`)
    .filter((f) => existsSync(join(root, f)));

/** What is on the site and where. A page of docs/ that is nowhere here is a fault, which a test finds. */
export const sections = (): readonly Section[] => [
  { text: "Start", pages: ["README.md", "docs/tutorial.md", "examples/xor/README.md"] },
  {
    text: "How to",
    pages: [
      ...[
        "docs/import.md",
        "docs/tasks.md",
        "docs/tune.md",
        "docs/report.md",
        "docs/web.md",
        "docs/explore.md",
        "docs/farm.md",
        "docs/synth.md",
      ],
      ...["docs/boards.md", "docs/ci.md", "docs/testbench.md", "docs/cocotb.md"],
      ...examples().filter((f) => f !== "examples/xor/README.md"),
    ],
  },
  {
    text: "Reference",
    pages: [
      ...["docs/format.md", "docs/layers.md", "docs/messages.md", "docs/export.md", "docs/registers.md"],
      ...["CHANGELOG.md", "CONTRIBUTING.md"],
    ],
  },
  {
    text: "Explanation",
    pages: [
      ...["docs/numerics.md", "docs/folding.md", "docs/weights.md", "ARCHITECTURE.md", "bench/README.md"],
      ...["docs/references.md", "docs/faults.md"],
    ],
  },
  { text: "Decisions", pages: decisions() },
];

/** A page's path on the site. */
const onSite = (file: string): string => file.replace(/README\.md$/, "index.md");

export interface Gathered {
  /** Text of each page by its path on the site. */
  readonly pages: ReadonlyMap<string, string>;
  /** Files that pages link to and that are no pages themselves. */
  readonly files: ReadonlySet<string>;
  readonly broken: readonly string[];
}

/** The pages with their links made right for the site: to a page, or to a file that comes along. */
export function gather(): Gathered {
  const all = sections().flatMap((s) => s.pages);
  const known = new Set(all);
  const pages = new Map<string, string>();
  const files = new Set<string>();
  const broken: string[] = [];
  for (const file of all) {
    const link = (whole: string, before: string, target: string, hash: string): string => {
      if (/^[a-z]+:/i.test(target) || target === "") return whole;
      const path = posix.normalize(posix.join(posix.dirname(file), decodeURIComponent(target))).replace(/\/$/, "");
      const page = [path, `${path}/README.md`].find((p) => known.has(p));
      if (page) return `${before}(/${onSite(page)}${hash})`;
      const there = join(root, path);
      if (!existsSync(there)) broken.push(`${file}: ${target}`);
      if (existsSync(there) && statSync(there).isDirectory()) {
        // A folder is no page; its first one is.
        const first = all.find((p) => p.startsWith(`${path}/`));
        return first ? `${before}(/${onSite(first)})` : whole.replace(/\]\(.*$/, "]").replace(/^!?\[|\]$/g, "");
      }
      files.add(path);
      return `${before}(/${path}${hash})`;
    };
    const text = readFileSync(join(root, file), "utf8")
      .split(/^(```[\s\S]*?^```)/m)
      .map((part, i) =>
        i % 2 === 1
          ? part
          : part
              .replace(/<!--[\s\S]*?-->\n?/g, "")
              .replace(/(!?\[[^\]]*\])\(([^)#\s]*)(#[^)\s]*)?\)/g, (w, b, t, h) => link(w, b, t, h ?? "")),
      )
      .join("");
    pages.set(onSite(file), text);
  }
  return { pages, files, broken };
}

const titleOf = (text: string, file: string): string =>
  /^# (.+)$/m.exec(text)?.[1]?.replaceAll("`", "") ?? basename(file);

function write(): void {
  const out = join(site, "pages");
  rmSync(out, { recursive: true, force: true });
  const { pages, files, broken } = gather();
  if (broken.length > 0) throw new Error(`links that lead nowhere:\n${broken.join("\n")}`);
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  };
  for (const [path, text] of pages) put(path, text);
  for (const f of files) {
    mkdirSync(dirname(join(out, "public", f)), { recursive: true });
    cpSync(join(root, f), join(out, "public", f));
  }
  const menu = sections().map((s) => ({
    text: s.text,
    items: s.pages.map((p) => ({
      text: titleOf(pages.get(onSite(p))!, p),
      link: `/${onSite(p).replace(/\.md$/, "")}`,
    })),
  }));
  const api = ["generator", "golden", "testbench/lib", "farm"];
  menu[2]!.items.push({ text: "Library", link: "/api/README" });
  put("menu.json", JSON.stringify(menu, null, 1));
  if (process.argv.includes("--pages")) return;

  if (!existsSync(join(site, "node_modules/.package-lock.json")))
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  run(process.execPath, [
    "node_modules/typedoc/bin/typedoc",
    ...[
      "--plugin",
      "typedoc-plugin-markdown",
      "--out",
      "pages/api",
      "--tsconfig",
      relative(site, join(root, "tsconfig.json")),
    ],
    ...[
      "--basePath",
      root,
      "--readme",
      "none",
      "--skipErrorChecking",
      "--disableSources",
      "--logLevel",
      "Error",
      "--name",
      "Library",
    ],
    ...api.map((p) => relative(site, join(root, p, "index.ts"))),
  ]);
  run(process.execPath, ["node_modules/vitepress/bin/vitepress.js", "build", "."]);
  console.log(`the site is in ${relative(process.cwd(), join(site, "dist"))}: any web server shows it`);
}

function run(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { cwd: site, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) write();
