// What addernet serve gives, to whom, and what not.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../diagnostics/diagnostics.ts";
import { pageTools, toolBytes } from "./page-tools.ts";
import { type Serving, serveFolder } from "./serve.ts";

let dir: string;
let serving: Serving;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "addernet-serve-"));
  mkdirSync(join(dir, "builds/one/.git"), { recursive: true });
  writeFileSync(join(dir, "secret.txt"), "secret");
  writeFileSync(join(dir, "builds/one/datasheet.html"), "<h1>sheet</h1>");
  writeFileSync(join(dir, "builds/one/.git/config"), "secret");
  const manifest = { top: "<b>one</b>", clocksPerFrame: 1234, target: null, layers: [1, 2, 3] };
  writeFileSync(join(dir, "builds/one/manifest.json"), JSON.stringify(manifest));
  symlinkSync(join(dir, "secret.txt"), join(dir, "builds/out.txt"));
  serving = await serveFolder(join(dir, "builds"), 0, "<p>the compiler</p>");
});
afterAll(async () => {
  await serving.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** The path as it stands: a URL would take `..` out. */
const ask = (path: string, { host, method = "GET" }: { host?: string; method?: string } = {}): Promise<Answer> =>
  new Promise((done, fail) => {
    const { port } = new URL(serving.url);
    const headers = host === undefined ? {} : { host };
    request({ host: "127.0.0.1", port, path, method, headers }, (res) => {
      let text = "";
      res.on("data", (b) => {
        text += b;
      });
      res.on("end", () => done({ status: res.statusCode!, headers: res.headers, text }));
    })
      .on("error", fail)
      .end();
  });

test("it listens on the loopback alone", () => {
  expect(serving.address).toBe("127.0.0.1");
});

test("the folder's builds, their names as text", async () => {
  const { status, text } = await ask("/");
  expect(status).toBe(200);
  expect(text).toContain("&lt;b&gt;one&lt;/b&gt;");
  expect(text).toContain("1\u202f234");
  expect(text).toContain('href="/files/one/datasheet.html"');
  expect(text).toContain("connect-src &#39;self&#39;");
});

test("files of the folder, each in an origin of its own", async () => {
  const { status, text, headers } = await ask("/files/one/datasheet.html");
  expect([status, text]).toEqual([200, "<h1>sheet</h1>"]);
  expect(headers["content-security-policy"]).toMatch(/^sandbox/);
  expect(headers["content-security-policy"]).not.toContain("allow-same-origin");
  expect(headers["x-content-type-options"]).toBe("nosniff");
});

test.each([
  "/files/../secret.txt",
  "/files/%2e%2e/secret.txt",
  "/files/..%2fsecret.txt",
  "/files/one/../../secret.txt",
  "/files/one/.git/config",
  "/files/out.txt",
  "/files//etc/passwd",
  "/files/%00",
  "/files/%",
  "/files/one",
  "/secret.txt",
])("%s is not there", async (path) => {
  const { status, text } = await ask(path);
  expect(status).toBe(404);
  expect(text).not.toContain("secret\n");
});

describe("other callers", () => {
  test.each(["example.org", "example.org:8750", "localhost", "127.0.0.1:1", "localhost.example.org"])(
    "a request to the host %s is refused",
    async (host) => {
      expect((await ask("/", { host })).status).toBe(403);
    },
  );

  test.each(["localhost", "127.0.0.1", "[::1]"])("one to %s with the port is not", async (name) => {
    expect((await ask("/", { host: `${name}:${new URL(serving.url).port}` })).status).toBe(200);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s changes nothing", async (method) => {
    expect((await ask("/", { method })).status).toBe(405);
  });
});

test("the compiler's page and its tools beside it, each with its type and length", async () => {
  expect(await ask("/")).toMatchObject({ text: expect.stringContaining('href="/compiler"') });
  expect(await ask("/compiler")).toMatchObject({ status: 200, text: "<p>the compiler</p>" });
  const tools = pageTools();
  const heads = [...tools.keys()].map(async (path) => [path, await ask(`/tools/${path}`, { method: "HEAD" })] as const);
  for (const [path, { status, headers }] of await Promise.all(heads)) {
    expect([path, status]).toEqual([path, 200]);
    const type = path.endsWith(".js") ? "text/javascript" : path.endsWith(".wasm") ? "application/wasm" : "octet";
    expect(headers["content-type"]).toContain(path.endsWith(".v") ? "octet" : type);
    expect(Number(headers["content-length"])).toBe(Buffer.byteLength(toolBytes(tools.get(path)!)));
  }
  for (const path of ["/tools/", "/tools/yosys", "/tools/../secret.txt", "/tools/yosys/../../package.json"])
    expect(await ask(path)).toMatchObject({ status: 404 });
});

test("of nextpnr a page reads the data of its own device, and all of it is there", async () => {
  const tools = pageTools();
  expect([...tools.keys()].filter((f) => f.endsWith("/bundle.js")).sort()).toEqual([
    "hx8k/bundle.js",
    "icepack/bundle.js",
    "up5k/bundle.js",
    "yosys/bundle.js",
  ]);
  const data = (device: string) => String(toolBytes(tools.get(`${device}/resources-nextpnr-ice40.js`)!));
  expect(data("up5k").match(/chipdb-\w+\.bin/g)).toEqual(["chipdb-5k.bin", "chipdb-5k.bin"]);
  expect(data("hx8k")).toContain('new URL("../chipdb-8k.bin", import.meta.url)');
  expect(data("icepack")).not.toContain("chipdb");
  for (const device of ["up5k", "hx8k", "icepack"])
    for (const [, path] of data(device).matchAll(/new URL\("\.\.\/([^"]+)"/g))
      expect([...tools.keys()]).toContain(path);
});

test("a change in the folder is told", async () => {
  const told = new Promise<string>((done, fail) => {
    const req = request(`${serving.url.replace("localhost", "127.0.0.1")}events`, (res) => {
      let text = "";
      res.on("data", (b) => {
        text += b;
        if (text.includes(": watching") && !text.includes("change"))
          writeFileSync(join(dir, "builds/one/report.html"), "<h1>new</h1>");
        if (text.includes("event: change")) {
          done(text);
          req.destroy();
        }
      });
    });
    req.on("error", fail);
    req.end();
  });
  expect(await told).toContain("event: change");
});

test("no folder, and a port that is taken, are told", async () => {
  await expect(serveFolder(join(dir, "absent"), 0)).rejects.toThrow(InputError);
  const { port } = new URL(serving.url);
  await expect(serveFolder(dir, Number(port))).rejects.toThrow(/is taken/);
});
