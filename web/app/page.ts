// The page: files and choices in, numbers and a report out. All the work is the worker's.
import architectures from "virtual:architectures";
import examples from "virtual:examples";
import targets from "virtual:targets";
import workerSource from "virtual:worker";
import { FILTERS, type Filter } from "../../generator/files/resize.ts";
import { grouped } from "../../generator/report/table.ts";
import { offerBitstream, resetBitstream } from "./bitstream.ts";
import { showBoard } from "./board.ts";
import { element, type Fact, get, Job, Links, showFacts } from "./dom.ts";
import { isCheckpoint } from "./given.ts";
import type { Files, Imported, ImportOptions, Made, Options } from "./protocol.ts";

const [drop, chosen, result] = ["drop", "chosen", "result"].map((id) => get(id)) as [
  HTMLElement,
  HTMLElement,
  HTMLElement,
];
const files = get<HTMLInputElement>("files");
const example = get<HTMLSelectElement>("example");
const target = get<HTMLSelectElement>("target");
const fps = get<HTMLInputElement>("fps");
const bits = get<HTMLInputElement>("bits");
const [resize, crop] = [get<HTMLSelectElement>("resize"), get<HTMLInputElement>("crop")];

let given: Files = new Map();
/** Whether the files that are there made a network. */
let whole = false;
let pe = new Map<string, number>();
let simd = new Map<string, number>();

/** A slider's step as frames a second: 1, 1.3, 1.6, 2 ... times ten, ten steps a power of ten. */
const rateOf = (step: number): number | null => (step === 0 ? null : Number((10 ** (step / 10)).toPrecision(2)));
const bitsOf = (step: number): number | null => (step === 1 ? null : step);

const workerUrl = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
const job = new Job("state", "Not compiled.");
let timer: ReturnType<typeof setTimeout> | undefined;

const importFields = ["arch", "state", "shape", "scale", "mean", "std", "pool", "adder"] as const;
const importField = (name: string) => get<HTMLInputElement | HTMLSelectElement>(`import-${name}`);

const chosenOptions = (): Options => ({
  checkpoint: Object.fromEntries(importFields.map((f) => [f, importField(f).value])) as unknown as ImportOptions,
  fit: resize.value ? { filter: resize.value as Filter, crop: crop.checked } : null,
  target: target.value,
  fps: rateOf(Number(fps.value)),
  bits: bitsOf(Number(bits.value)),
  pe,
  simd,
});

function compile(): void {
  clearTimeout(timer);
  if (given.size === 0) return;
  // What a bitstream was made of is no longer what is shown.
  resetBitstream();
  const options = chosenOptions();
  const onMade = (made: Made) => {
    whole = true;
    showImported(made.imported);
    show(made);
    offerBitstream({ workerUrl, files: given, options }, placed(options.target), showReport);
    showBoard(made.line);
  };
  job.run(
    workerUrl,
    { files: given, options },
    (made) => {
      if (made.kind === "made") onMade(made);
    },
    () => {
      // What is wrong may be mended by what is said of the checkpoint.
      if (![...given.keys()].some(isNetwork) && [...given].some((f) => isModel(...f))) showImported();
    },
  );
}

/** What the checkpoint was taken for, and the fields that say otherwise; null where there was none. */
function showImported(imported?: Imported | null): void {
  get("checkpoint").hidden = imported === null;
  get("imported").textContent = imported?.note ?? "";
  get("imported-details").replaceChildren(...(imported?.details ?? []).map((text) => element("li", text)));
  // A network file tells its layers itself.
  get("checkpoint-plan").hidden = imported != null && imported.arch === undefined;
  for (const option of importField("arch").querySelectorAll("option")) {
    const fits = imported?.fits.includes(option.value) ?? false;
    if (option.value) option.textContent = `${option.value}${fits ? " (takes all tensors)" : ""}`;
    else option.textContent = `as the tensors tell${imported?.fits[0] ? `: ${imported.fits[0]}` : ""}`;
  }
}

/** A moment after the last change: sliders move. */
function soon(): void {
  clearTimeout(timer);
  timer = setTimeout(compile, 250);
}

const placed = (name: string): boolean => targets.some((t) => t.name === name && t.placed);

const links = new Links();

function showReport(page: string, name: string): void {
  const report = links.add(page, "text/html");
  Object.assign(get<HTMLAnchorElement>("open"), { href: report, download: `${name}.html` });
  get<HTMLIFrameElement>("report").src = report;
}

function foldChoice(layer: string, key: "PE" | "SIMD", legal: readonly number[], now: number): HTMLElement {
  const cell = document.createElement("td");
  const select = document.createElement("select");
  select.setAttribute("aria-label", `${key} of ${layer}`);
  for (const n of legal) {
    const option = document.createElement("option");
    option.textContent = String(n);
    option.selected = n === now;
    select.append(option);
  }
  select.addEventListener("change", () => {
    (key === "PE" ? pe : simd).set(layer, Number(select.value));
    soon();
  });
  cell.append(select);
  return cell;
}

function show(made: Made): void {
  const { page, data, zip, name, choices, seconds } = made;
  job.say(`Compiled in ${seconds.toFixed(1)} s.`);
  links.clear();
  const { design, numbers } = data;
  const logic = design.logic[0];
  const lines: (Fact | undefined)[] = [
    [
      "frames a second",
      grouped(Number(((design.clockMHz * 1e6) / design.interval).toPrecision(4))),
      `at ${design.clockMHz} MHz`,
    ],
    ["clocks a frame", grouped(design.interval), `bound by ${design.bottleneck}`],
    ["lanes", grouped(design.lanes), `${(100 * design.lanesBusy).toFixed(1)} % busy`],
    logic && [
      `${logic.words.lut}, estimated`,
      grouped(logic.estimate.lut),
      logic.device
        ? `${((100 * logic.estimate.lut) / logic.device.lut).toFixed(1)} % of ${logic.device.part}`
        : logic.family,
    ],
    numbers?.accuracy
      ? [
          "accuracy",
          `${(100 * numbers.accuracy.integer).toFixed(1)} %`,
          `float ${(100 * (numbers.accuracy.float ?? 0)).toFixed(1)} %, ${numbers.accuracy.images} images`,
        ]
      : undefined,
  ];
  get("images-used").textContent = `${made.images}.`;
  showFacts(
    get("facts"),
    lines.filter((f) => f !== undefined),
  );
  // Logic by layer is that of a target.
  get("folds").classList.toggle("no-logic", design.target === null);
  const legal = new Map(choices.map((c) => [c.layer, c]));
  get("folds")
    .querySelector("tbody")!
    .replaceChildren(
      ...design.layers.map((l) => {
        const row = document.createElement("tr");
        const c = legal.get(l.name);
        row.append(
          element("td", l.name),
          c ? foldChoice(l.name, "PE", c.pe, l.pe) : element("td", l.pe),
          c ? foldChoice(l.name, "SIMD", c.simd, l.simd) : element("td", l.simd),
          element("td", l.lanes, "number"),
          element("td", grouped(l.clocks), "number"),
          element("td", l.estimate ? grouped(l.estimate.lut) : "", "number"),
        );
        return row;
      }),
    );
  Object.assign(get<HTMLAnchorElement>("zip"), { href: links.add(zip, "application/zip"), download: `${name}.zip` });
  showReport(page, name);
  result.hidden = false;
  get("report-section").hidden = false;
}

const isNetwork = (name: string): boolean => /\.json$/i.test(name);
const isModel = (name: string, bytes: Uint8Array): boolean => /\.onnx$/i.test(name) || isCheckpoint(name, bytes);

/** @param fresh whether it is another network, of which nothing was said yet */
function take(all: Files, fresh: boolean): void {
  given = all;
  if (fresh) {
    whole = false;
    for (const f of importFields) importField(f).value = "";
    showImported(null);
  }
  [pe, simd] = [new Map(), new Map()];
  chosen.textContent = [...all].map(([name, bytes]) => `${name} (${bytes.length} bytes)`).join(", ");
  compile();
}

async function takeFiles(list: Iterable<File>): Promise<void> {
  const read = await Promise.all([...list].map(async (f) => [f.name, new Uint8Array(await f.arrayBuffer())] as const));
  // Files that are dropped one after another belong together, until another network comes; images serve that one too where
  // it is a checkpoint.
  const had = [...given.keys()].some(isNetwork);
  const network = read.some(([name]) => isNetwork(name));
  const checkpoint = read.some((f) => isModel(...f));
  const other = checkpoint && !network && (whole || !had);
  const kept = network && had ? [] : [...given].filter((f) => !other || !(isNetwork(f[0]) || isModel(...f)));
  take(new Map([...kept, ...read]), network || other);
}

const decode = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

for (const name of Object.keys(examples)) example.append(element("option", name));
for (const { name, summary } of architectures) {
  const option = element("option", name) as HTMLOptionElement;
  [option.value, option.title] = [name, summary];
  importField("arch").append(option);
}
for (const f of importFields) importField(f).addEventListener(f === "arch" ? "change" : "input", soon);
for (const t of targets) {
  const option = element("option", t.title) as HTMLOptionElement;
  option.value = t.name;
  target.append(option);
}
example.addEventListener("change", () => {
  if (example.value)
    take(new Map(Object.entries(examples[example.value]!).map(([name, text]) => [name, decode(text)])), true);
});
files.addEventListener("change", () => {
  void takeFiles(files.files ?? []);
  // The same file once more, edited since, is a change too.
  files.value = "";
});
for (const kind of ["dragenter", "dragover"])
  drop.addEventListener(kind, (e) => {
    e.preventDefault();
    drop.classList.add("over");
  });
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", (e) => {
  e.preventDefault();
  void takeFiles((e as DragEvent).dataTransfer?.files ?? []);
});
const shown = () => {
  const rate = rateOf(Number(fps.value));
  get("fps-shown").textContent = rate === null ? "as the compiler chooses" : `${rate} at least`;
  const b = bitsOf(Number(bits.value));
  get("bits-shown").textContent = b === null ? "as the network file says" : String(b);
};
for (const control of [fps, bits])
  control.addEventListener("input", () => {
    shown();
    soon();
  });
target.addEventListener("change", compile);
for (const name of FILTERS) resize.append(element("option", name));
resize.addEventListener("change", () => {
  // How it is resized says nothing where nothing is.
  crop.disabled = resize.value === "";
  compile();
});
crop.addEventListener("change", compile);
get("free").addEventListener("click", () => {
  [pe, simd] = [new Map(), new Map()];
  compile();
});
shown();
