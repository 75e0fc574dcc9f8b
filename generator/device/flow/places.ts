// Where the layers and cells of an accelerator are in a flat netlist: the paths of their instances below the top.
import { instanceName, isModule } from "../../7-emit/layer.ts";
import { readMasters } from "../../7-emit/loading.ts";
import { EXPAND, FRAME_ABORT, FRAME_GATE, LOADER, READER, SWAP } from "../../7-emit/verilog.ts";
import type { HwBlock, HwGraph, HwInstance } from "../../ir/hardware.ts";
import { type Module, ownerOfName, ownersOf } from "./netlist.ts";
import type { Place } from "./timing.ts";

/** What loads weights, in tables of layers. */
export const LOADING = "(loader of weights)";

export interface CellPlace {
  readonly block: HwBlock;
  readonly instance: HwInstance;
}

const below = (within: string | undefined, name: string): string => (within ? `${within}.${name}` : name);

/** Layers by path. @param within instance of the accelerator in the top; left out where it is the top. */
export const layerPaths = (hw: HwGraph, within?: string): Map<string, string> =>
  new Map([
    ...hw.blocks.filter(isModule).map((b) => [below(within, `u_${b.name}`), b.name] as const),
    ...[
      ...(hw.weights ? [LOADER, FRAME_GATE] : []),
      ...(hw.weights?.coded ? [EXPAND] : []),
      ...(hw.weights?.swap ? [SWAP] : []),
      ...(hw.weights?.readBack ? [READER] : []),
      ...(hw.weights?.external ? [FRAME_ABORT] : []),
    ].map((cell) => [below(within, `u_${cell}`), LOADING] as const),
    ...(hw.weights?.external ? readMasters(hw.weights.external.ports.length) : []).map(
      (name) => [below(within, name), LOADING] as const,
    ),
  ]);

/** Cells by path, as `layerPaths`. */
export const cellPaths = (hw: HwGraph, within?: string): Map<string, CellPlace> =>
  new Map(
    hw.blocks.flatMap((block) =>
      block.instances.map((instance) => [
        below(within, `u_${block.name}.${instanceName(block, instance)}`),
        { block, instance },
      ]),
    ),
  );

/** Place of a cell as place and route names it. @param beside other instances of the top, by the name to show */
export function placeFinder(m: Module, hw: HwGraph, within?: string, beside: ReadonlyMap<string, string> = new Map()) {
  const places = cellPaths(hw, within);
  const paths = new Map([...places.keys(), ...beside.keys()].map((path) => [path, path] as const));
  const owners = ownersOf(m, paths);
  return (cell: string): Place | undefined => {
    // nextpnr appends to the netlist's names where it packs or adds cells.
    const base = cell.replace(/\$nextpnr.*$/, "").replace(/_(LC|DFFLC|CARRY\w*|RAM|\d+)$/, "");
    const path = owners.get(cell) ?? owners.get(base) ?? ownerOfName(cell, paths);
    if (path === undefined) return undefined;
    const place = places.get(path);
    return place
      ? { layer: place.block.name, module: place.instance.cell }
      : { layer: beside.get(path) ?? "", module: "" };
  };
}
