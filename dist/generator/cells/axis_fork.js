// One stream for several readers.
import { defineCell, streamPorts } from "./define.js";
export const axisFork = defineCell({
    module: "axis_fork",
    params: { WIDTH: "int", N: "int" },
    // The readers share tdata; each has a handshake.
    ports: (p) => streamPorts(p.WIDTH, p.WIDTH),
    fill: () => 1,
    structure: (p) => ({ logic: { branches: p.N }, ff: p.WIDTH + 1 + p.N }),
});
