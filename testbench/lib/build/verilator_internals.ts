import { BuildError } from "../design.ts";
import { WRAPPER } from "./wrapper.ts";

/** A variable below the design's top module, as the generated C++ has it. */
export interface InternalVariable {
  /** Path below the top module. */
  path: string;
  /** C++ expression of the variable in the model's symbol table. */
  at: string;
  /** Bits of an element, and how many bytes of C++ hold it. */
  width: number;
  bytes: number;
  /** Declared bounds of each unpacked dimension. */
  dims: [number, number][];
  constant: boolean;
  forceable: boolean;
}

const ELEMENT: Readonly<Record<string, number>> = { CData: 1, SData: 2, IData: 4, QData: 8 };

// VlUnpacked<VlUnpacked<CData/*3:0*/, 5>, 3> name;
function typeOf(text: string): { width: number; bytes: number; sizes: number[] } | undefined {
  const sizes: number[] = [];
  let t = text.trim();
  for (let m = /^VlUnpacked<(.*),\s*(\d+)>$/.exec(t); m; m = /^VlUnpacked<(.*),\s*(\d+)>$/.exec(t)) {
    sizes.push(Number(m[2]));
    t = m[1]!.trim();
  }
  const m = /^(?:(CData|SData|IData|QData)|VlWide<(\d+)>)\/\*(\d+):(\d+)\*\/$/.exec(t);
  if (!m) return undefined;
  return { width: Number(m[3]) - Number(m[4]) + 1, bytes: m[1] ? ELEMENT[m[1]]! : 4 * Number(m[2]), sizes };
}

/**
 * The variables in what Verilator generated with --public-flat-rw: its table of scopes has their paths and declared
 * bounds, the classes their C++ types. `symbols` is the text of Vmodel__Syms*.cpp, `headers` that of all headers.
 * Throws a BuildError when a version of Verilator writes something else.
 */
export function internalsOf(symbols: string, headers: string, top: string): InternalVariable[] {
  const types = new Map<string, string>();
  for (const m of headers.matchAll(
    /^\s*(?:static constexpr |VL_(?:IN|OUT)\w*\(&?)?((?:VlUnpacked<[^;]*>|[CSIQ]Data|VlWide<\d+>)(?:\/\*\d+:\d+\*\/)?)\s+(\w+)(?:\s*=[^;]*)?;/gm,
  ))
    types.set(m[2]!, m[1]!);
  const members = new Set([...headers.matchAll(/\b(\w+__Vforce(?:En|Val))\b/g)].map((m) => m[1]!));

  const scopes = new Map<string, string>();
  for (const m of symbols.matchAll(
    /(__Vscopep?_\w+)(?:\.configure\(this, name\(\), | = new VerilatedScope\{this, )"([^"]*)"/g,
  ))
    scopes.set(m[1]!, m[2]!);
  const prefix = `${WRAPPER}.${top}`;
  const variables: InternalVariable[] = [];
  let seen = 0;
  // scope.varInsert(__Vfinal,"name", &(TOP.x), false, VLVT_UINT8,VLVD_NODIR|VLVF_PUB_RW,2 ,15,0 ,0,7), or with an arrow.
  const inserts =
    /(__Vscopep?_\w+)(?:\.|->)(?:varInsert|forceableVarInsert)\((?:__Vfinal,)?"([^"]*)", (?:const_cast<void\*>\(static_cast<const void\*>\(&\(([^)]*)\)\)\)|&\(([^)]*)\)), (true|false), \w+,\s*([\w|]+),(.*)\);$/;
  for (const line of symbols.split("\n")) {
    const m = inserts.exec(line.trim().replace(/^\/\/UNSUP /, ""));
    if (!m) continue;
    seen++;
    const scope = scopes.get(m[1]!) ?? "";
    if (scope !== prefix && !scope.startsWith(`${prefix}.`)) continue;
    const name = m[2]!;
    const at = m[3] ?? m[4]!;
    if (/__Vforce(En|Val|Rd)$/.test(name)) continue;
    const member = at.split(".").at(-1)!.split("::").at(-1)!;
    const type = typeOf(types.get(member) ?? "");
    if (!type) continue;
    // The ranges behind the last brace: those of unpacked dimensions come before the packed ones, and 5.006 the other way.
    const numbers = m[7]!.slice(m[7]!.lastIndexOf("}") + 1);
    const ranges = [...numbers.matchAll(/\s,(-?\d+),(-?\d+)/g)].map(
      (r) => [Number(r[1]), Number(r[2])] as [number, number],
    );
    const size = ([l, r]: [number, number]): number => Math.abs(l - r) + 1;
    const n = type.sizes.length;
    const fits = (r: [number, number][]): boolean => r.length === n && r.every((x, k) => size(x) === type.sizes[k]);
    const [front, back] = [ranges.slice(0, n), ranges.slice(ranges.length - n)];
    const newer = m[1]!.startsWith("__Vscopep_");
    const dims =
      n === 0
        ? []
        : fits(newer ? front : back)
          ? newer
            ? front
            : back
          : fits(newer ? back : front)
            ? newer
              ? back
              : front
            : type.sizes.map((s) => [0, s - 1] as [number, number]);
    variables.push({
      path: [
        ...scope
          .slice(prefix.length + 1)
          .split(".")
          .filter(Boolean),
        name,
      ].join("."),
      at,
      width: type.width,
      bytes: type.bytes,
      dims,
      constant: m[5] === "true",
      forceable: members.has(`${member}__VforceEn`) && members.has(`${member}__VforceVal`),
    });
  }
  if (!seen)
    throw new BuildError(
      `the internal signals of ${top} cannot be found in what this version of Verilator writes; Icarus shows them`,
    );
  return variables;
}

/** A table of them for the glue. `S` is the model's symbol table. */
export function internalsTable(variables: readonly InternalVariable[]): string {
  const rows = variables.map((v) => {
    const at = (suffix: string): string => `(void*)&(S.${v.at}${suffix})`;
    const count = v.dims.reduce((n, [l, r]) => n * (Math.abs(l - r) + 1), 1);
    const force = v.forceable ? `${at("__VforceEn")}, ${at("__VforceVal")}` : "nullptr, nullptr";
    return `      {${at("")}, ${force}, ${v.width}u, ${v.bytes}u, ${count}u},`;
  });
  return rows.join("\n");
}
