// From the design to a bitstream: Yosys, nextpnr and icepack in a worker of their own, from files beside the page.
import { get, Job, Links, showFacts } from "./dom.ts";
import type { Implemented, Request } from "./protocol.ts";

/** What is to be implemented. */
interface Wanted extends Pick<Request, "files" | "options"> {
  readonly workerUrl: string;
}

const start = get<HTMLButtonElement>("implement");
const job = new Job("implement-state", "No bitstream.");
const links = new Links();
/** A page from disk may not read files beside it. */
const served = location.protocol === "http:" || location.protocol === "https:";
let wanted: Wanted | undefined;
let onReport: (page: string, name: string) => void = () => {};

export function resetBitstream(): void {
  job.stop();
  job.say("");
  wanted = undefined;
  for (const id of ["implement-section", "implement-made", "implement-state-problem"]) get(id).hidden = true;
}

/** @param can whether this page has the tools of the target */
export function offerBitstream(what: Wanted, can: boolean, report: typeof onReport): void {
  [wanted, onReport] = [what, report];
  get("implement-section").hidden = !can;
  start.disabled = !served;
  get("implement-disk").hidden = served;
}

function show({ page, data, zip, bitstream, file, MHz, seconds }: Implemented): void {
  job.say(`Bitstream made in ${seconds.toFixed(0)} s.`);
  links.clear();
  const logic = data.design.logic[0]!;
  const made = logic.synthesized!;
  showFacts(get("implement-facts"), [
    [
      logic.words.lut,
      String(made.lut),
      `estimated ${logic.estimate.lut}${logic.device ? `, ${logic.device.lut} in the ${logic.device.part}` : ""}`,
    ],
    [logic.words.bram, String(made.bram), logic.device ? `of ${logic.device.bram}` : ""],
    ["MHz at most", (logic.reachedMHz ?? 0).toFixed(1), `the bitstream runs at ${Number(MHz.toFixed(3))} MHz`],
    ["bytes of bitstream", String(bitstream.length), file],
  ]);
  const name = data.design.top;
  Object.assign(get<HTMLAnchorElement>("implement-bin"), {
    href: links.add(bitstream, "application/octet-stream"),
    download: file,
  });
  Object.assign(get<HTMLAnchorElement>("implement-zip"), {
    href: links.add(zip, "application/zip"),
    download: `${name}_synth.zip`,
  });
  get("implement-made").hidden = false;
  onReport(page, name);
}

start.addEventListener("click", () => {
  if (!wanted) return;
  const { workerUrl, ...request } = wanted;
  get("implement-made").hidden = true;
  job.run(workerUrl, { ...request, tools: new URL("tools/", location.href).href }, (made) => {
    if (made.kind === "implemented") show(made);
  });
});
