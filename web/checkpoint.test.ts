// Checkpoints, photos and labels dropped on the compiler's page, against the command line.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unzipSync } from "fflate";
import jpeg from "jpeg-js";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readNpy, writeNpy, writePng, writeSafetensors } from "../generator/files/index.ts";
import { openBrowser, openPage } from "./browser.ts";
import { webPage } from "./build.ts";
import { PATIENT, run, there } from "./testing.ts";

const root = join(import.meta.dirname, "..");
const fixture = (name: string) => join(root, "generator/import/pytorch/fixtures", name);

let dir: string;
let url: string;
let browser: Browser;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "addernet-checkpoint-"));
  if (!there) return;
  const file = join(dir, "page.html");
  writeFileSync(file, await webPage());
  url = pathToFileURL(file).href;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Digits as photos, one of them a JPEG, with their labels. */
function photos(count: number): { folder: string; files: string[]; labels: string } {
  const folder = join(dir, "pictures");
  mkdirSync(folder);
  const digits = readNpy(readFileSync(join(root, "examples/mnist/test_images.npy"))).data as Uint8Array;
  for (let i = 0; i < count; i++) {
    const gray = digits.subarray(784 * i, 784 * (i + 1));
    const [rgb, rgba] = [new Uint8Array(3 * 784), Buffer.alloc(4 * 784, 255)];
    gray.forEach((v, p) => {
      rgb.fill(v, 3 * p, 3 * p + 3);
      rgba.fill(v, 4 * p, 4 * p + 3);
    });
    if (i === 3) writeFileSync(join(folder, `${i}.jpg`), jpeg.encode({ data: rgba, width: 28, height: 28 }, 95).data);
    else writeFileSync(join(folder, `${i}.png`), writePng(28, 28, rgb));
  }
  const labels = join(dir, "labels.npy");
  const all = readNpy(readFileSync(join(root, "examples/mnist/test_labels.npy"))).data as Uint8Array;
  writeFileSync(labels, writeNpy({ dtype: "uint8", shape: [count], data: all.slice(0, count) }));
  return { folder, files: readdirSync(folder).map((f) => join(folder, f)), labels };
}

const done = (page: Page) => page.locator("#state", { hasText: /^Compiled in/ }).waitFor({ timeout: 120_000 });
const fact = (page: Page, name: string) => page.locator("#facts div", { hasText: name }).locator("dd");

describe.skipIf(!there)("a checkpoint in the page", () => {
  test("LeNet-5 with photos and labels: the command line's folder, and its accuracy as bits move", async () => {
    const weights = join(root, "examples/lenet5-mnist/weights.safetensors");
    const { folder, files, labels } = photos(24);
    const { page, errors } = await openPage(browser);
    await page.goto(url);
    await page.locator("#files").setInputFiles(files);
    await page.locator("#state-problem", { hasText: "AN1006" }).waitFor();
    await page.locator("#files").setInputFiles([weights, labels]);
    await done(page);
    expect(await page.locator("#imported").textContent()).toBe("weights.safetensors as lenet5: 17 layers");
    expect(await page.locator("#imported-details").textContent()).toContain("images of 28 x 28 x 1");
    expect(await page.locator("#images-used").textContent()).toBe(
      "24 images of 24 pictures calibrate, 24 of 24 pictures are counted.",
    );
    const net = join(dir, "net");
    await run("import", "pytorch", weights, "--arch", "lenet5", "-o", net);
    const from = ["--calibration", folder, "--calibration-count", "24"];
    const built = join(dir, "built");
    await run("build", join(net, "network.json"), ...from, "-o", built);
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#zip").click()]);
    const zip = unzipSync(readFileSync(await download.path()));
    const written = readdirSync(built, { recursive: true, encoding: "utf8" }).filter(
      (f) => statSync(join(built, f)).isFile() && f !== ".addernet.json",
    );
    expect(Object.keys(zip).sort()).toEqual(written.sort());
    for (const f of written) expect(Buffer.compare(readFileSync(join(built, f)), zip[f]!), f).toBe(0);
    expect(await page.frameLocator("#report").locator("#proof pre").textContent()).toBe(
      "addernet import pytorch weights.safetensors --arch lenet5 -o net && addernet build net/network.json -o build --calibration pictures --calibration-count 24",
    );
    for (const bits of ["8", "3"]) {
      const said = await run(
        ...["infer", join(net, "network.json"), ...from, "--images", folder, "--labels", labels, "--bits", bits],
      );
      await page.locator("#bits").fill(bits);
      const expected = `${(100 * (said.accuracy as number)).toFixed(1)} %`;
      await fact(page, "accuracy").filter({ hasText: expected }).waitFor(PATIENT);
    }
    // What is said of the checkpoint makes another network: these weights are no ResNet.
    await page.locator("#import-arch").selectOption("resnet20");
    await page.locator("#state-problem", { hasText: "the checkpoint is not a resnet20" }).waitFor(PATIENT);
    await page.locator("#import-arch").selectOption("");
    await page.locator("#import-scale").fill("no number");
    await page.locator("#state-problem", { hasText: '--scale needs numbers, not "no number"' }).waitFor(PATIENT);
    await page.locator("#import-scale").fill("1/64");
    await done(page);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("one that no architecture takes, bound to a network file beside it; a damaged one, and ONNX", async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(url);
    const problem = (text: string) => page.locator("#state-problem", { hasText: text }).waitFor(PATIENT);
    await page.locator("#files").setInputFiles([fixture("network-zip.pth")]);
    await problem("network-zip.pth is none of the architectures");
    expect(await page.locator("#checkpoint-plan").isVisible()).toBe(true);
    await page.locator("#import-arch").selectOption("lenet5");
    await problem("the checkpoint is not a lenet5");
    const network = {
      format: "addernet-rtl/1",
      name: "bound",
      input: { shape: [3, 2, 2], storage: "uint8" },
      weights: "own.safetensors",
      layers: [
        { name: "conv", kind: "conv2d", filters: 3, kernel: [2, 1], weights: "first.weight", bias: "first.bias" },
        {
          name: "bn",
          kind: "batch_norm",
          ...{ gamma: "bn.weight", beta: "bn.bias", mean: "bn.running_mean", variance: "bn.running_var" },
        },
      ],
    };
    const json = { name: "net.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(network)) };
    const images = {
      name: "images.npy",
      mimeType: "application/octet-stream",
      buffer: Buffer.from(
        writeNpy({ dtype: "uint8", shape: [2, 3, 2, 2], data: Uint8Array.from({ length: 24 }, (_, i) => i * 9) }),
      ),
    };
    await page.locator("#files").setInputFiles([json, images]);
    await done(page);
    expect(await page.locator("#imported").textContent()).toContain("network-zip.pth bound to net.json");
    expect(await page.locator("#imported-details").textContent()).toContain("first.weight = conv.weight");
    expect(await page.locator("#checkpoint-plan").isVisible()).toBe(false);
    const cut = readFileSync(fixture("network-zip.pth")).subarray(0, 900);
    const file = (name: string, buffer: Uint8Array) => ({ name, mimeType: "", buffer: Buffer.from(buffer) });
    await page.locator("#files").setInputFiles([file("cut.pth", cut)]);
    await problem("AN9001: ");
    await page.locator("#files").setInputFiles([file("model.onnx", Uint8Array.of(8, 7))]);
    await problem("addernet import onnx");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("any name will do: contents tell a checkpoint", async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(url);
    const buffer = readFileSync(fixture("network-zip.pth"));
    for (const name of ["epoch=9.ckpt", "model_best.pth.tar", "pytorch_model.bin", "weights"]) {
      await page.locator("#files").setInputFiles([{ name, mimeType: "", buffer }]);
      await page.locator("#state-problem", { hasText: `${name} is none of the architectures` }).waitFor(PATIENT);
      expect(await page.locator("#checkpoint-plan").isVisible()).toBe(true);
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  test("names of tensors and files are text", async () => {
    const hostile = '<img src=x onerror="document.title=1">';
    const state = new Map([[hostile, { dtype: "float32" as const, shape: [2], data: Float32Array.of(1, 2) }]]);
    const { page, errors } = await openPage(browser);
    await page.goto(url);
    await page
      .locator("#files")
      .setInputFiles([{ name: `${hostile}.safetensors`, mimeType: "", buffer: Buffer.from(writeSafetensors(state)) }]);
    await page.locator("#state-problem", { hasText: "none of the architectures" }).waitFor(PATIENT);
    expect(await page.locator("#state-problem").textContent()).toContain("<img src=x onerror=");
    expect(await page.locator("#chosen").textContent()).toContain(`${hostile}.safetensors`);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.title()).toBe("addernet in a browser");
    // A network of such names, of its layers too, in a file of such a name.
    const old = JSON.parse(readFileSync(join(root, "examples/xor/network.json"), "utf8"));
    const named = JSON.stringify({ ...old, name: hostile }).replaceAll('"hidden"', JSON.stringify(hostile));
    await page.locator("#files").setInputFiles([
      { name: `${hostile}.json`, mimeType: "", buffer: Buffer.from(named) },
      { name: "inputs.npy", mimeType: "", buffer: readFileSync(join(root, "examples/xor/inputs.npy")) },
    ]);
    await done(page);
    expect(await page.locator("#folds tbody td:first-child").allInnerTexts()).toContain(hostile);
    expect(await fact(page, "clocks a frame").count()).toBe(1);
    const frame = page.frameLocator("#report");
    expect(await frame.locator("h1").textContent()).toBe(hostile);
    expect(await page.locator("img").count()).toBe(0);
    expect(await frame.locator('img:not([src^="data:"])').count()).toBe(0);
    expect(await page.title()).toBe("addernet in a browser");
    expect(errors).toEqual([]);
    await page.close();
  });
});

test.skipIf(!there)("photos of another size are refused, or resized as the command line does", async () => {
  const folder = join(dir, "large");
  mkdirSync(folder);
  // A gradient with a bar in it, another one in each picture.
  const photo = (i: number) => {
    const rgb = Uint8Array.from({ length: 40 * 30 * 3 }, (_, k) => {
      const [x, y] = [Math.floor(k / 3) % 30, Math.floor(k / 90)];
      return Math.abs(x - 4 * i - 5) < 3 ? 255 : (5 * y + 3 * x) % 200;
    });
    return writePng(40, 30, rgb);
  };
  for (let i = 0; i < 6; i++) writeFileSync(join(folder, `${i}.png`), photo(i));
  const tiny = (f: string) => join(root, "examples/tiny-mnist", f);
  const { page, errors } = await openPage(browser);
  await page.goto(url);
  const files = readdirSync(folder).map((f) => join(folder, f));
  await page.locator("#files").setInputFiles([tiny("network.json"), tiny("weights.safetensors"), ...files]);
  const refused = page.locator("#state-problem", { hasText: "the picture has another size than the network's input" });
  await refused.waitFor(PATIENT);
  expect(await refused.textContent()).toContain("--resize bilinear");
  expect(await page.locator("#crop").isDisabled()).toBe(true);
  for (const [filter, crop] of [
    ["bilinear", false],
    ["lanczos", true],
  ] as const) {
    await page.locator("#resize").selectOption(filter);
    await page.locator("#crop").setChecked(crop);
    const out = join(dir, `large-${filter}`);
    const asked = ["--calibration-count", "6", "--resize", filter, ...(crop ? ["--crop"] : [])];
    await run("build", tiny("network.json"), "-o", out, "--calibration", folder, ...asked);
    const command = page.frameLocator("#report").locator("#proof pre", { hasText: asked.join(" ") });
    await command.waitFor(PATIENT);
    await done(page);
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#zip").click()]);
    const zip = unzipSync(readFileSync(await download.path()));
    for (const [f, bytes] of Object.entries(zip)) expect(Buffer.compare(readFileSync(join(out, f)), bytes), f).toBe(0);
    expect(Object.keys(zip)).toContain("integers.json");
  }
  await page.locator("#resize").selectOption("");
  await refused.waitFor(PATIENT);
  expect(errors).toEqual([]);
  await page.close();
});
