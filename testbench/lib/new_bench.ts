// A bench to begin with, written from the ports of a design: it runs, and says where to go on.
import { BuildError, type Port } from "./design.ts";
import { simulators } from "./simulators.ts";

export interface NewBench {
  top: string;
  /** Paths as the bench is to name them: absolute, or relative to its own folder. */
  sources: readonly string[];
  ports: readonly Port[];
  /** Name of the clock; an input of one bit that is called like one by default. */
  clock?: string;
}

/** Names of the modules in some Verilog text that no other module of it instantiates, in the order in which they stand. */
export function topModules(text: string): string[] {
  const plain = text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"/g, " ");
  const modules = [...plain.matchAll(/\bmodule\s+(?:automatic\s+|static\s+)?(\\\S+|[A-Za-z_][\w$]*)/g)].map((m) =>
    m[1]!.replace(/^\\/, ""),
  );
  const used = (name: string): boolean =>
    plain.split(/\bmodule\b/).some((body) => {
      const rest = body.replace(/^\s*(?:automatic\s+|static\s+)?(?:\\\S+|[\w$]+)/, "");
      const at = rest.search(
        new RegExp(
          `(?<![\\w$.\`])\\\\?${name.replace(/[^\w]/g, "\\$&")}\\s*(#\\s*\\(|[A-Za-z_\\\\][\\w$]*\\s*(\\[[^\\]]*\\]\\s*)?\\()`,
        ),
      );
      return at >= 0;
    });
  return [...new Set(modules)].filter((m) => !used(m));
}

const CLOCK = /^(.*_)?(clk|clock|aclk|pclk|hclk)(\d|_i|_in|_[a-z0-9])?$/i;
const RESET = /^(.*_)?(a|p|h|n)?(rst|reset)(n|_n|_ni|_i|_in|_p)?$/i;
const LOW = /(rstn|resetn|_n|_ni|nrst|nreset)$/i;

interface Found {
  name: string;
  /** How the bench makes the agent, and what it does with it. */
  make: string;
  use: string[];
  check?: string;
}

const word = (prefix: string): string => {
  const camel = prefix.replace(/[^A-Za-z0-9]+(.)?/g, (_, c: string | undefined) => (c ?? "").toUpperCase());
  return /^[A-Za-z]/.test(camel) && !RESERVED.has(camel)
    ? camel
    : `bus${camel.charAt(0).toUpperCase()}${camel.slice(1)}`;
};
const RESERVED = new Set(
  "in out do if for new let var case this test run tb log design import export delete void with".split(" "),
);

// The buses of a design, and the ports that belong to none.
function busesOf(ports: readonly Port[]): { buses: Found[]; rest: Port[] } {
  const byName = new Map(ports.map((p) => [p.name, p]));
  const buses: Found[] = [];
  const taken = new Set<string>();
  const take = (pattern: RegExp): void => {
    for (const p of ports) if (pattern.test(p.name)) taken.add(p.name);
  };
  const prefixes = (suffix: string): [string, Port][] =>
    ports.filter((p) => p.name.endsWith(suffix)).map((p) => [p.name.slice(0, -suffix.length), p]);
  const quoted = (s: string): string => s.replace(/[^\w]/g, "\\$&");
  const add = (prefix: string, make: string, use: string[], check?: string): void => {
    buses.push({ name: word(prefix), make, use, ...(check ? { check } : {}) });
  };
  for (const [p, port] of prefixes("_tvalid")) {
    const data = byName.get(`${p}_tdata`);
    if (!data) continue;
    const name = word(p);
    if (port.direction === "input")
      add(p, `tb.axisSource(${JSON.stringify(p)}, { pause: 0.3 })`, [
        `${name}.sendNowait(Array.from({ length: 4 }, () => tb.rand.bits(${data.width})));`,
      ]);
    else
      add(
        p,
        `tb.axisSink(${JSON.stringify(p)}, { pause: 0.3 })`,
        [`log.info(\`${name}: \${${name}.count()} frames came\`);`],
        `tb.protocolCheck(${JSON.stringify(p)});`,
      );
    take(new RegExp(`^${quoted(p)}_t(data|valid|ready|last|keep|strb|user|id|dest)$`));
  }
  const axi = new Set([...prefixes("_awaddr"), ...prefixes("_araddr")].map(([p]) => p));
  for (const p of axi) {
    const address = byName.get(`${p}_awaddr`) ?? byName.get(`${p}_araddr`)!;
    const full = byName.has(`${p}_awlen`) || byName.has(`${p}_arlen`);
    const name = word(p);
    const q = JSON.stringify(p);
    const reads = byName.has(`${p}_araddr`);
    if (!full && address.direction === "output") continue;
    if (!full) add(p, `tb.axilMaster(${q})`, reads ? [`// log.info(\`0x0 holds \${await ${name}.read(0)}\`);`] : []);
    else if (address.direction === "input")
      add(
        p,
        `tb.axi4Master(${q})`,
        reads ? [`// log.info(\`\${await ${name}.read(0, 16)}\`);`] : [],
        `tb.axi4Check(${q});`,
      );
    else
      add(
        p,
        `tb.axi4Memory(${q}, { latency: [1, 20], reorder: true, pause: 0.2 })`,
        [`log.info(\`${name}: \${${name}.accesses.length} bursts\`);`],
        `tb.axi4Check(${q});`,
      );
    take(
      new RegExp(
        `^${quoted(p)}_(aw|w|b|ar|r)(addr|data|valid|ready|len|size|burst|lock|cache|prot|qos|region|user|id|strb|last|resp)$`,
      ),
    );
  }
  for (const [p, port] of prefixes("_psel"))
    if (port.direction === "input") {
      add(p, `tb.apbMaster(${JSON.stringify(p)})`, [`// log.info(\`0x0 holds \${await ${word(p)}.read(0)}\`);`]);
      take(new RegExp(`^${quoted(p)}_p(sel|enable|addr|write|wdata|rdata|ready|slverr|strb|prot)$`));
    }
  for (const suffix of ["_cyc_i", "_cyc"])
    for (const [p, port] of prefixes(suffix))
      if (port.direction === "input" && byName.has(`${p}_stb${suffix.slice(4)}`)) {
        add(p, `tb.wishboneMaster(${JSON.stringify(p)})`, [`// log.info(\`0x0 holds \${await ${word(p)}.read(0)}\`);`]);
        take(new RegExp(`^${quoted(p)}_(cyc|stb|we|adr|dat|dat_w|dat_r|sel|ack|err|rty|stall)(_i|_o)?$`));
      }
  return { buses, rest: ports.filter((p) => !taken.has(p.name)) };
}

/** The text of a bench in TypeScript. Throws a BuildError where the design has no clock that can be recognized. */
export function newBench({ top, sources, ports, clock }: NewBench): string {
  const bits = ports.filter((p) => p.direction === "input" && p.width === 1);
  const clocks = clock === undefined ? bits.filter((p) => CLOCK.test(p.name)).map((p) => p.name) : [clock];
  if (!clocks.length || !bits.some((p) => p.name === clocks[0]))
    throw new BuildError(
      `${clock === undefined ? `no input of ${top} is called like a clock` : `${clock} is no input of one bit of ${top}`}; inputs of one bit: ${bits.map((p) => p.name).join(", ") || "none"}`,
    );
  const { buses, rest } = busesOf(ports);
  const reset = rest.find((p) => p.direction === "input" && p.width === 1 && RESET.test(p.name));
  const inputs = rest.filter((p) => p.direction === "input" && p !== reset && !clocks.includes(p.name));
  const outputs = rest.filter((p) => p.direction === "output");
  // Two buses may want the same word.
  const seen = new Map<string, number>();
  for (const b of buses) {
    const n = (seen.get(b.name) ?? 0) + 1;
    seen.set(b.name, n);
    if (n === 1) continue;
    const name = `${b.name}${n}`;
    b.use = b.use.map((u) => u.replaceAll(b.name, name));
    b.name = name;
  }
  const path = (s: string): string =>
    s.startsWith("/") ? JSON.stringify(s) : `join(import.meta.dirname, ${JSON.stringify(s)})`;
  const periods = clocks.map((c) => `{ name: ${JSON.stringify(c)}, period: 10 }`).join(", ");
  const signal = (p: Port): string => `tb.signal(${JSON.stringify(p.name)})`;
  const body = [
    ...buses.map((b) => {
      const used = b.use.some((u) => !u.startsWith("//"));
      return used ? `const ${b.name} = ${b.make};` : `const ${b.name} = ${b.make};\n    void ${b.name}; // to be used`;
    }),
    ...buses.flatMap((b) => (b.check ? [b.check] : [])),
    "",
    ...(reset
      ? [`await tb.reset(${signal(reset)}, { cycles: 4${LOW.test(reset.name) ? ", active: 0" : ""} });`]
      : ["await tb.cycles(4); // the design has no port that is called like a reset"]),
    "",
    `// Stimulus: replace the zeros${inputs.length ? `, for instance by tb.rand.bits(${inputs[0]!.width})` : ""}.`,
    ...inputs.map((p) => `${signal(p)}.big = 0n;`),
    ...buses.flatMap((b) => b.use.filter((u) => u.includes("sendNowait"))),
    "await tb.cycles(100);",
    "",
    "// What is to be seen: replace the messages by expectations.",
    ...outputs.map(
      (p) => `log.info(\`\${${signal(p)}}\`); // expect(${signal(p)}.${p.width > 32 ? "big" : "value"}).toBe(...)`,
    ),
    ...buses.flatMap((b) => b.use.filter((u) => !u.includes("sendNowait"))),
    `expect(tb.cycle).toBeGreaterThan(100);`,
  ];
  if (body.some((l) => /^log\./.test(l))) body.unshift('const log = tb.logger("bench");');
  const imports = sources.some((s) => !s.startsWith("/")) ? 'import { join } from "node:path";\n' : "";
  return `// A bench for ${JSON.stringify(top)}, written from its ports by addernet new-bench. Run it with: npx vitest run
${imports}import { expect, test } from "vitest";
import { type Design, run, simulators } from "addernet-rtl/testbench";

const design: Design = {
  top: ${JSON.stringify(top)},
  sources: [${sources.map(path).join(", ")}],
  clocks: [${periods}],
  // params: { WIDTH: 8 },
};

// ${simulators.join(" and ")}
test.each(simulators)("%s: the design runs", async (sim) => {
  await run(design, { sim, maxCycles: 10_000 }, async (tb) => {
${body.map((l) => (l ? `    ${l}` : "")).join("\n")}
  });
});
`;
}
