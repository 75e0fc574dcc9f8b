// A folder of builds on this machine's loopback: its pages beside one another, loaded anew when a build changes.
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, sep } from "node:path";
import { z } from "zod";
import { inputError } from "../diagnostics/diagnostics.ts";
import { html } from "../report/markup.ts";
import { pageOf } from "../report/page.ts";
import { table } from "../report/table.ts";
import { compilerPage, reportAssets, serveScript } from "../templates.ts";
import { reason } from "./files.ts";
import { pageTools, toolBytes } from "./page-tools.ts";

/** Milliseconds between looks at the folder while somebody watches. */
const LOOK = 700;
/** Folders below the served one that are looked at, and files that are listed. */
const DEEPEST = 4;
const MOST = 2000;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json; charset=utf-8",
  ".zip": "application/zip",
};
const TOOL_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};
const TEXT = [".md", ".v", ".mem", ".f", ".core", ".xml", ".txt", ".log", ".rpt", ".py", ".tcl", ".csv", ""];

interface Found {
  /** Path below the folder, with `/`. */
  readonly path: string;
  readonly changed: number;
  readonly bytes: number;
}

/** Files of a folder and below; nothing hidden, and no link is followed. */
function filesOf(root: string): Found[] {
  const found: Found[] = [];
  const walk = (dir: string, depth: number): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".") || found.length >= MOST) continue;
      const path = join(dir, entry.name);
      if (entry.isDirectory() && depth < DEEPEST && entry.name !== "node_modules") walk(path, depth + 1);
      if (!entry.isFile()) continue;
      try {
        const { mtimeMs, size } = statSync(path);
        found.push({ path: relative(root, path).split(sep).join("/"), changed: mtimeMs, bytes: size });
      } catch {
        // It has just gone.
      }
    }
  };
  walk(root, 0);
  return found;
}

const manifestSchema = z.object({
  top: z.string(),
  clocksPerFrame: z.number(),
  target: z.string().nullish(),
  layers: z.array(z.unknown()),
});

/** What a build's manifest says; undefined for anything else. */
function manifestOf(root: string, path: string): z.infer<typeof manifestSchema> | undefined {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(root, path), "utf8")));
  } catch {
    return undefined;
  }
}

const hrefOf = (path: string): string => `/files/${path.split("/").map(encodeURIComponent).join("/")}`;

function indexPage(root: string, title: string, compiler: boolean): string {
  const files = filesOf(root);
  const builds = files.flatMap((f) => {
    const m = /(^|\/)manifest\.json$/.test(f.path) ? manifestOf(root, f.path) : undefined;
    return m ? [{ folder: f.path.slice(0, -"manifest.json".length), m }] : [];
  });
  const link = (path: string, text = path) => html`<a href="${hrefOf(path)}">${text}</a>`;
  const has = new Set(files.map((f) => f.path));
  const pages = files.filter((f) => /\.(html|svg)$/.test(f.path));
  const body = html`<header><h1>${title}</h1><p class="under">Builds of this folder; the page follows their changes.${
    !compiler ? null : html` <a href="/compiler">The compiler in this browser.</a>`
  }</p></header><main><h2>Builds</h2>${
    builds.length === 0
      ? html`<p>None yet: <code>addernet build NET.json -o FOLDER</code> in here makes one.</p>`
      : table(
          "builds",
          [
            { title: "folder" },
            { title: "top module" },
            { title: "target" },
            { title: "layers", number: true },
            { title: "clocks a frame", number: true },
            { title: "datasheet" },
          ],
          builds.map(({ folder, m }) => [
            folder || "./",
            m.top,
            m.target ?? "",
            m.layers.length,
            m.clocksPerFrame,
            has.has(`${folder}datasheet.html`) ? link(`${folder}datasheet.html`, "datasheet") : "",
          ]),
        )
  }<h2>Pages and plots</h2>${
    pages.length === 0
      ? html`<p>None yet: <code>--report FILE.html</code> writes one.</p>`
      : table(
          "pages and plots",
          [{ title: "file" }, { title: "bytes", number: true }],
          pages.map((f) => [link(f.path), f.bytes]),
        )
  }${files.length >= MOST ? html`<p>Only the first ${MOST} files are looked at.</p>` : null}</main>`;
  const { css, js } = reportAssets();
  return pageOf(title, body, { css, js: `${js}\n${serveScript()}` }, "connect-src 'self'");
}

/** Headers of every answer: nothing is kept, guessed, framed or told to others. */
const HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
} as const;

/** A page of the folder runs in an origin of its own: it sees nothing of this server. */
const SANDBOX = "sandbox allow-scripts allow-downloads";

function answer(
  res: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
  more = {},
): ServerResponse {
  res.writeHead(status, { ...HEADERS, "Content-Type": type, ...more });
  return res.end(res.req.method === "HEAD" ? undefined : body);
}

const refuse = (res: ServerResponse, status: number, text: string): ServerResponse =>
  answer(res, status, "text/plain; charset=utf-8", `${text}\n`);

/** The real path of what is asked for, where that is a file of the folder; nothing hidden and nothing outside of it. */
function fileOf(root: string, asked: string): string | undefined {
  let parts: string[];
  try {
    parts = asked.split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
  if (parts.some((p) => p === "" || p.startsWith(".") || /[/\\\0]/.test(p))) return undefined;
  try {
    const path = realpathSync(join(root, ...parts));
    return path.startsWith(root + sep) && statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

export interface Serving {
  readonly url: string;
  /** Address that it listens at. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves a folder on the loopback alone.
 * @param port 0: any that is free
 * @param compiler the compiler's page; undefined where there is none
 * Throws InputError: AN1006 no such folder, AN7001 a port that is taken.
 */
export async function serveFolder(folder: string, port: number, compiler = compilerPage()): Promise<Serving> {
  let root: string;
  try {
    root = realpathSync(folder);
    readdirSync(root);
  } catch (e) {
    throw inputError({ code: "AN1006", message: `${folder} cannot be read: ${reason(e)}`, expected: "a folder" });
  }
  const listeners = new Set<ServerResponse>();
  let tools: ReturnType<typeof pageTools> | undefined;
  const server: Server = createServer((req, res) => {
    try {
      handle(req, res);
    } catch (e) {
      refuse(res, 500, reason(e));
    }
  });
  const state = () => JSON.stringify(filesOf(root));
  let known = state();
  const timer = setInterval(() => {
    if (listeners.size === 0) return;
    const now = state();
    if (now !== known) for (const res of listeners) res.write("event: change\ndata: \n\n");
    known = now;
  }, LOOK);

  function handle(req: IncomingMessage, res: ServerResponse): ServerResponse {
    const { port: own } = server.address() as AddressInfo;
    // Another name for this machine may be an attacker's, whose page would then read what is here.
    if (![`localhost:${own}`, `127.0.0.1:${own}`, `[::1]:${own}`].includes(req.headers.host ?? ""))
      return refuse(res, 403, "this server answers to localhost and 127.0.0.1 alone");
    if (req.method !== "GET" && req.method !== "HEAD") return refuse(res, 405, "only GET and HEAD");
    const path = (req.url ?? "/").replace(/[?#].*$/s, "");
    if (path === "/") return answer(res, 200, TYPES[".html"]!, indexPage(root, folder, compiler !== undefined));
    if (path === "/compiler") {
      return compiler === undefined
        ? refuse(res, 404, "npm run web makes the compiler's page")
        : answer(res, 200, TYPES[".html"]!, compiler);
    }
    if (path.startsWith("/tools/")) {
      tools ??= pageTools();
      const tool = tools.get(path.slice("/tools/".length));
      if (tool === undefined) return refuse(res, 404, "the compiler's page has no such tool");
      const type = TOOL_TYPES[extname(path)] ?? "application/octet-stream";
      const bytes = Buffer.from(toolBytes(tool));
      // With its length the page can say how far it is.
      return answer(res, 200, type, bytes, { "Content-Length": bytes.length });
    }
    if (path === "/events") {
      res.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
      // What changes from now on counts.
      known = state();
      listeners.add(res);
      res.write(": watching\n\n");
      return res.on("close", () => listeners.delete(res));
    }
    const file = path.startsWith("/files/") ? fileOf(root, path.slice("/files/".length)) : undefined;
    if (file === undefined) return refuse(res, 404, "there is no such file in the folder");
    const kind = extname(file).toLowerCase();
    const type = TYPES[kind] ?? (TEXT.includes(kind) ? "text/plain; charset=utf-8" : "application/octet-stream");
    return answer(res, 200, type, readFileSync(file), { "Content-Security-Policy": SANDBOX });
  }

  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", done);
  }).catch((e: NodeJS.ErrnoException) => {
    clearInterval(timer);
    throw e.code === "EADDRINUSE"
      ? inputError({
          code: "AN7001",
          message: `port ${port} is taken`,
          hint: "--port with another number, or 0 for any that is free",
        })
      : e;
  });
  const { address, port: own } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${own}/`,
    address,
    async close() {
      clearInterval(timer);
      for (const res of listeners) res.end();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
