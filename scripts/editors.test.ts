// What an editor makes of a network file by its $schema: VS Code's own language service for JSON.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { getLanguageService, TextDocument } from "vscode-json-languageservice";
import { layers } from "../generator/layers/index.ts";
import { root } from "../testbench/nets/build.ts";

const service = getLanguageService({
  schemaRequestService: async (url) => readFileSync(fileURLToPath(url), "utf8"),
  workspaceContext: { resolveRelativePath: (path, from) => new URL(path, from).href },
});
const examples = join(root, "examples");
const open = (file: string, text = readFileSync(join(examples, file), "utf8")) => {
  const document = TextDocument.create(pathToFileURL(join(examples, file)).href, "json", 1, text);
  return { document, json: service.parseJSONDocument(document) };
};
const networks = readdirSync(examples, { recursive: true, encoding: "utf8" }).filter(
  (f) => f.endsWith(".json") && JSON.parse(readFileSync(join(examples, f), "utf8")).format === "addernet-rtl/1",
);

test("every example is right by the schema that it names", async () => {
  expect(networks.length).toBeGreaterThan(6);
  for (const file of networks) {
    const { document, json } = open(file);
    expect(await service.doValidation(document, json), file).toEqual([]);
  }
});

const network = (layer: string) =>
  `{ "$schema": "../../docs/schema/network.schema.json", "format": "addernet-rtl/1", "name": "n",
  "input": { "shape": [1, 1, 2] }, "layers": [${layer}] }`;
/** A network with one layer, in whose text `|` is the cursor. */
const at = (layer: string) => {
  const text = network(layer);
  const { document, json } = open("xor/new.json", text.replace("|", ""));
  return { document, json, position: document.positionAt(text.indexOf("|")) };
};
const completions = async (layer: string) => {
  const { document, json, position } = at(layer);
  return (await service.doComplete(document, position, json))!.items.map((i) => i.label);
};
const hover = async (layer: string) => {
  const { document, json, position } = at(layer);
  return JSON.stringify((await service.doHover(document, position, json))?.contents);
};

test.each([
  ['{ "name": "a", "kind": "relu", "unitz": 2 }', '"unitz"', "unitz"],
  ['{ "name": "a", "kind": "reluu" }', '"reluu"', "not accepted"],
  ['{ "name": "a", "kind": "adder_linear", "units": 0, "weights": "w" }', "0", "minimum"],
])("what is wrong is seen at its place, and once: %s", async (layer, where, what) => {
  const { document, json } = open("xor/new.json", network(layer));
  const found = await service.doValidation(document, json);
  expect(found.map((p) => document.getText(p.range))).toEqual([where]);
  expect(found[0]!.message).toContain(what);
});

test("completion offers the kinds, and the fields of a kind", async () => {
  const kinds = await completions('{ "name": "a", "kind": "|" }');
  expect(kinds).toEqual(expect.arrayContaining([...layers.keys()].map((k) => `"${k}"`)));
  const fields = await completions('{ "name": "a", "kind": "adder_conv2d", "|" }');
  expect(fields).toEqual(expect.arrayContaining(["filters", "kernel", "weights", "home"]));
  expect(await completions('{ "name": "a", "kind": "adder_linear", "units": 1, "|" }')).not.toContain("kernel");
});

test("hover tells what a field or a kind is", async () => {
  expect(await hover('{ "name": "a", "kind": "adder_conv2d", "ho|me": "ram", "filters": 1, "kernel": 1 }')).toContain(
    "written at run time",
  );
  expect(await hover('{ "name": "a", "ki|nd": "relu" }')).toContain("y = max");
});

test("no field is without a text", () => {
  const schema: unknown = JSON.parse(readFileSync(join(root, "docs/schema/network.schema.json"), "utf8"));
  let seen = 0;
  const silent: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, field] of Object.entries((value as { properties?: object }).properties ?? {})) {
      seen++;
      if (!(field as { description?: string }).description) silent.push(`${path}.${key}`);
    }
    for (const [key, part] of Object.entries(value)) if (key !== "if") visit(part, `${path}/${key}`);
  };
  visit(schema, "");
  expect(seen).toBeGreaterThan(400);
  expect(silent).toEqual([]);
});
